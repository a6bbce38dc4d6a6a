// SPDX-License-Identifier: Apache-2.0

/// Workloads, and the loops that put targets under them and read the clocks.
@NullMarked
package io.incipit.bench.load;

import org.jspecify.annotations.NullMarked;
