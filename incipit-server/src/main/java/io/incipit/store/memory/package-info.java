// SPDX-License-Identifier: Apache-2.0

/// The memory of the `HOST` tier: preallocated, outside of the heap, values in it by key.
///
/// A [io.incipit.store.memory.HostStore] has one writer at a time, a lane; readers, on event loops,
/// take no lock. A value is reserved, written in parts, committed; read under a pin; and its memory
/// is used again when the last pin is gone. Nothing here knows the wire, or which value is worth
/// keeping: that is asked of [io.incipit.store.memory.Victims].
@NullMarked
package io.incipit.store.memory;

import org.jspecify.annotations.NullMarked;
