// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.disk;

import io.incipit.env.Clock;
import io.incipit.env.RawDisk;

/// What the parts of a store share.
///
/// @param store the number that each of its records has; also the seed of the hash of keys
/// @param direct whether files are opened for direct I/O
record DiskParts(
    DiskConfig config,
    RawDisk disk,
    Clock clock,
    Tenants tenants,
    long store,
    boolean direct,
    Extents extents,
    Ledger ledger,
    Buffers buffers,
    Counters counters,
    Points points,
    DiskFault planted) {}
