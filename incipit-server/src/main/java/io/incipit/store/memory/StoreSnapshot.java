// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.memory;

/// Numbers of a store; each is of some moment.
///
/// @param totalBytes of the pool
/// @param usedBytes of places that are taken, quarantine included
/// @param valueBytes of what lies in them; the difference is waste of size classes
/// @param quarantinedBytes of places kept apart after a wrong checksum
/// @param objects that are reserved, committed, or wait for their last pin
/// @param values that are committed, and can be found
/// @param metadataBytes charged for them
/// @param reservations that are open
/// @param evicted values, because there was no room
/// @param moved values, to make room in one piece
/// @param abandoned reservations that were not committed in time
/// @param expired values whose time had come
/// @param expiring values that have one
/// @param corrupt values found by their checksum
/// @param refusals of reservations, for want of room
public record StoreSnapshot(
    long totalBytes,
    long usedBytes,
    long valueBytes,
    long quarantinedBytes,
    long objects,
    long values,
    long metadataBytes,
    long reservations,
    long evicted,
    long moved,
    long abandoned,
    long expired,
    long expiring,
    long corrupt,
    long refusals) {}
