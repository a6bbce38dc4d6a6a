// SPDX-License-Identifier: Apache-2.0

/// Synthetic traces, the same for the same seed.
@NullMarked
package io.incipit.trace.generate;

import org.jspecify.annotations.NullMarked;
