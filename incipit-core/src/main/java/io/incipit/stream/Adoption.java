// SPDX-License-Identifier: Apache-2.0
package io.incipit.stream;

import io.incipit.block.BlockChain;
import io.incipit.index.PrefixIndex;
import java.util.LinkedHashSet;
import java.util.SequencedSet;

/// Parents that have come while children of theirs are parked, and the way of those into the index:
/// a stretch in one go, a bounded number of blocks at a time. What waits is parked still, so what
/// its owner says of it meanwhile holds. For the namespace's writer only.
final class Adoption {
  private static final long IDENTITY_BYTES = 96;

  private final Orphans orphans;

  /// Parents that the index knows, and below which something may wait.
  private final SequencedSet<Orphans.Identity> arrived = new LinkedHashSet<>();

  Adoption(Orphans orphans) {
    this.orphans = orphans;
  }

  /// Memory, in bytes.
  long bytes() {
    return arrived.size() * IDENTITY_BYTES;
  }

  boolean isPending() {
    return !arrived.isEmpty();
  }

  void arrived(BlockChain hashes, int count) {
    for (int i = 0; i < count; i++) {
      long high = hashes.high(i);
      long low = hashes.low(i);
      if (orphans.mayBeBelow(high, low)) {
        arrived.add(new Orphans.Identity(high, low));
      }
    }
  }

  /// See [Orphans#adopt].
  int adopt(PrefixIndex index, int blocksMax) {
    int adopted = 0;
    while (adopted < blocksMax && !arrived.isEmpty()) {
      var parent = arrived.getFirst();
      int entry = orphans.startBelow(parent.high(), parent.low());
      int blocks = entry == 0 ? 0 : adoptStretch(index, entry, blocksMax - adopted);
      if (blocks == 0) {
        arrived.remove(parent);
      }
      adopted += blocks;
    }
    return adopted;
  }

  /// Adopts the stretch that begins at an entry, or its first blocks: as far as they are some that
  /// are not held, then some that are. What follows these waits below the last of them.
  ///
  /// @return how many blocks are parked no more; 0 if their parent is unknown
  private int adoptStretch(PrefixIndex index, int entry, int blocksMax) {
    var holder = orphans.holderOf(entry);
    int block = orphans.blockOf(entry);
    int skip = holder.skip(block);
    int length = skip + holder.heldFrom(block + skip, Math.max(blocksMax - skip, 1));
    var hashes = holder.chain(block, length);
    int stored = index.store(holder.owner, holder.tier, holder.chain(block - 1, 1), hashes, skip);
    if (stored < 0) {
      return 0;
    }
    int taken = Math.min(length, stored + 1);
    orphans.take(entry, taken);
    arrived(hashes, stored);
    return taken;
  }
}
