// SPDX-License-Identifier: Apache-2.0

/// The prefix index: which owner holds which blocks, as a path-compressed tree of runs. Memory
/// only; no input or output.
@NullMarked
package io.incipit.index;

import org.jspecify.annotations.NullMarked;
