// SPDX-License-Identifier: Apache-2.0

/// Indexes of other projects beside ours: the same blocks are stored in all of them, in processes
/// of their own that speak one protocol, and what they answer is compared.
@NullMarked
package io.incipit.bench.rivals;

import org.jspecify.annotations.NullMarked;
