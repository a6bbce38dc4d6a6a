// SPDX-License-Identifier: Apache-2.0

/// Simulated caches: what any policy at any capacity would find in a trace.
@NullMarked
package io.incipit.trace.simulate;

import org.jspecify.annotations.NullMarked;
