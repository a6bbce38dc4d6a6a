// SPDX-License-Identifier: Apache-2.0

/// Which values a store keeps: the policies of the simulator over blocks that have members.
///
/// [io.incipit.store.retain.Retention] is told of what is asked for, put and gone, and says what
/// goes when there is no room. It knows ids and handles, never bytes or keys.
@NullMarked
package io.incipit.store.retain;

import org.jspecify.annotations.NullMarked;
