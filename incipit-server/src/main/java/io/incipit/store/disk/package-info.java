// SPDX-License-Identifier: Apache-2.0

/// The tier `DISK`: values by key in append-only extent files.
///
/// A [io.incipit.store.disk.DiskStore] has one thread that writes and any number that read. What is
/// put is appended, made durable together with what waits beside it, and then found; what is found
/// is proved by its header and its checksums before a byte of it is given away. Space is made by
/// giving up a whole extent. Nothing here knows the wire, or which value is worth keeping: that is
/// asked of [io.incipit.store.disk.Tenants].
@NullMarked
package io.incipit.store.disk;

import org.jspecify.annotations.NullMarked;
