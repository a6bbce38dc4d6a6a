// SPDX-License-Identifier: Apache-2.0

/// What connections may take: how many there are, from where, how much memory and time they have,
/// and how they end.
@NullMarked
package io.incipit.net.limits;

import org.jspecify.annotations.NullMarked;
