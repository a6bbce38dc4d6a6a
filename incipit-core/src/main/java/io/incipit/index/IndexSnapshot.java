// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

/// Sizes and counters of an index at one moment.
///
/// @param blocks known blocks
/// @param runs runs they stand in
/// @param holdings pairs of a holder and an interval
/// @param bytes memory that is charged for it, which [IndexConfig#bytesMax] limits: what is in use,
///     and at least half of what it takes from the heap
/// @param treeBytes memory of runs, holders and the table of heads
/// @param byHashBytes memory of the table for look-up and removal by bare hash; 0 without one
/// @param conflicts stores cut short because a hash was known in another place
/// @param shedBlocks blocks dropped because memory ran out
public record IndexSnapshot(
    long blocks,
    long runs,
    long holdings,
    long bytes,
    long treeBytes,
    long byHashBytes,
    long conflicts,
    long shedBlocks) {}
