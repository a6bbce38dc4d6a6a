// SPDX-License-Identifier: Apache-2.0
package io.incipit.store;

import io.incipit.block.Namespace;
import io.incipit.store.disk.DiskConfig;
import io.incipit.store.memory.HostStore;
import io.incipit.store.retain.KeepPolicy;
import java.time.Duration;
import java.util.Optional;

/// How a store is made.
///
/// @param hostBytes of memory for values, outside of the heap
/// @param metadataBytes of heap for what is known of them
/// @param policy which values go when there is no room
/// @param readLease for how long a value that was found by `EXISTS` is kept, so that the read that
///     follows finds it too
/// @param verifyAge a value whose last check is older is checked before a client that cannot check
///     it itself is sent it; zero for always
/// @param putTimeout after which a value that is not complete is given up
/// @param scrubBytes that are verified a second in each tier, unread; 0 for none
/// @param disk where values go that leave memory, if anywhere
/// @param durability what a value has outlived when its put is acknowledged
/// @param owner the store's name where it is an owner of blocks
public record StoreOptions(
    long hostBytes,
    long metadataBytes,
    KeepPolicy policy,
    Duration readLease,
    Duration verifyAge,
    Duration putTimeout,
    long scrubBytes,
    Optional<DiskConfig> disk,
    Durability durability,
    String owner) {
  /// Checks.
  public StoreOptions {
    if (hostBytes < 1 << 20) {
      throw new IllegalArgumentException(
          "hostBytes: %d (expected: >= %d)".formatted(hostBytes, 1 << 20));
    }
    Namespace.requireName("owner", owner);
    if (durability == Durability.DISK && disk.isEmpty()) {
      throw new IllegalArgumentException("durability: disk (expected: memory, without a disk)");
    }
  }

  /// Bytes of the pool that a value takes, or those that stand for its part of the metadata, if
  /// that is the greater part: so that what has a part of the pool has no more of either.
  long weight(byte[] key, int length) {
    long poolPerMetadata = 1 + (hostBytes - 1) / metadataBytes;
    return Math.max(
        HostStore.takenBytes(length), HostStore.heapBytes(key.length, length) * poolPerMetadata);
  }
}
