// SPDX-License-Identifier: Apache-2.0

/// Pools of cached blocks, and the policies that a store can run: metadata in, verdict out.
@NullMarked
package io.incipit.policy;

import org.jspecify.annotations.NullMarked;
