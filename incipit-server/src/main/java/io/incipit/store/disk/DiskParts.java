// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.disk;

import io.incipit.env.Clock;
import io.incipit.env.RawDisk;
import io.incipit.store.disk.record.KeyHash;

/// What the parts of a store share.
///
/// @param store the number that each of its records has; also the seed of the hash of keys
/// @param names what stands for a key
/// @param direct whether files are opened for direct I/O
record DiskParts(
    DiskConfig config,
    RawDisk disk,
    Clock clock,
    Tenants tenants,
    long store,
    KeyHash.Names names,
    boolean direct,
    Extents extents,
    Ledger ledger,
    Buffers buffers,
    Counters counters,
    Points points,
    DiskFault planted) {
  /// What stands for a key.
  KeyHash hash(byte[] key) {
    return names.of(store, key);
  }
}
