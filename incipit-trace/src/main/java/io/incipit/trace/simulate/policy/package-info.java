// SPDX-License-Identifier: Apache-2.0

/// Policies that only simulations run, and the names of all.
@NullMarked
package io.incipit.trace.simulate.policy;

import org.jspecify.annotations.NullMarked;
