// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

import io.incipit.block.BlockChain;
import io.incipit.block.Tier;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Blocks that came before their parent, parked until it comes. Bounded an owner and in all; used
/// by the namespace's writer only.
final class Orphans {
  /// The most blocks parked for one owner.
  static final int OWNER_BLOCKS_MAX = 65_536;

  /// The most blocks parked in one namespace.
  static final int BLOCKS_MAX = 1 << 20;

  /// What makes two hashes the same.
  private record Identity(long high, long low) {
    static Identity of(BlockChain chain, int i) {
      return new Identity(chain.high(i), chain.low(i));
    }

    BlockChain chain() {
      return BlockChain.ofPairs(high, low);
    }
  }

  /// One owner's block below a parent that is not known yet.
  private static final class Orphan {
    final int owner;
    final Identity parent;
    final Identity hash;
    int tierMask;

    Orphan(int owner, Identity parent, Identity hash) {
      this.owner = owner;
      this.parent = parent;
      this.hash = hash;
    }
  }

  private final Map<Integer, Map<Identity, Orphan>> byOwner = new HashMap<>();
  private final Map<Identity, List<Orphan>> byParent = new HashMap<>();
  private int count;

  int count() {
    return count;
  }

  /// Parks `hashes` below `parent`.
  ///
  /// @return whether all of them found room
  boolean park(int owner, Tier tier, BlockChain parent, BlockChain hashes) {
    var mine = byOwner.computeIfAbsent(owner, _ -> new HashMap<>());
    var above = Identity.of(parent, 0);
    for (int i = 0; i < hashes.length(); i++) {
      var hash = Identity.of(hashes, i);
      var orphan = mine.get(hash);
      if (orphan == null) {
        if (mine.size() >= OWNER_BLOCKS_MAX || count >= BLOCKS_MAX) {
          return false;
        }
        orphan = new Orphan(owner, above, hash);
        mine.put(hash, orphan);
        byParent.computeIfAbsent(above, _ -> new ArrayList<>(1)).add(orphan);
        count++;
      }
      orphan.tierMask |= tier.mask();
      above = hash;
    }
    return true;
  }

  /// Forgets a parked block of an owner in a tier; says whether there was one.
  boolean remove(int owner, Tier tier, BlockChain hashes, int i) {
    var mine = byOwner.get(owner);
    var orphan = mine == null ? null : mine.get(Identity.of(hashes, i));
    if (orphan == null || (orphan.tierMask & tier.mask()) == 0) {
      return false;
    }
    orphan.tierMask &= ~tier.mask();
    if (orphan.tierMask == 0) {
      drop(orphan);
    }
    return true;
  }

  /// Forgets all that an owner has parked in the tiers of a mask.
  void clear(int owner, int tierMask) {
    var mine = byOwner.get(owner);
    if (mine == null) {
      return;
    }
    for (var orphan : List.copyOf(mine.values())) {
      orphan.tierMask &= ~tierMask;
      if (orphan.tierMask == 0) {
        drop(orphan);
      }
    }
  }

  private void drop(Orphan orphan) {
    var mine = byOwner.get(orphan.owner);
    if (mine != null && mine.remove(orphan.hash) != null) {
      count--;
      if (mine.isEmpty()) {
        byOwner.remove(orphan.owner);
      }
    }
    byParent.computeIfPresent(
        orphan.parent,
        (_, siblings) -> {
          siblings.remove(orphan);
          return siblings.isEmpty() ? null : siblings;
        });
  }

  /// Stores, in `index`, every parked block that stands below `hashes`, and what stands below it.
  void adopt(PrefixIndex index, BlockChain hashes) {
    if (count == 0) {
      return;
    }
    var parents = new ArrayDeque<Identity>();
    for (int i = 0; i < hashes.length(); i++) {
      var hash = Identity.of(hashes, i);
      if (byParent.containsKey(hash)) {
        parents.add(hash);
      }
    }
    while (!parents.isEmpty()) {
      var parent = parents.remove();
      for (var orphan : List.copyOf(byParent.getOrDefault(parent, List.of()))) {
        drop(orphan);
        storeOne(index, orphan);
        if (byParent.containsKey(orphan.hash)) {
          parents.add(orphan.hash);
        }
      }
    }
  }

  private static void storeOne(PrefixIndex index, Orphan orphan) {
    for (int code = 0; code < Tier.COUNT; code++) {
      if ((orphan.tierMask >>> code & 1) != 0) {
        index.store(orphan.owner, Tier.of(code), orphan.parent.chain(), orphan.hash.chain());
      }
    }
  }
}
