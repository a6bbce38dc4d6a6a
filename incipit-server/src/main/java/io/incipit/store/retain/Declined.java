// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.retain;

import io.incipit.store.memory.Family;
import io.incipit.store.memory.Handle;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/// Values of blocks that the policy gave up before they came, and that came all the same. They go
/// before all others, and the policy hears of them again when somebody asks for them.
///
/// For one thread. A call costs O(members of a block).
final class Declined {
  /// Blocks that are passed over for one victim.
  private static final int PASSED_MAX = 16;

  /// Takes values over.
  interface Taker {
    /// A value by its handle.
    void take(long handle, int length);
  }

  private static final class Block {
    /// Lengths of values by their handles.
    final LinkedHashMap<Long, Integer> members = new LinkedHashMap<>();

    /// When it could not go.
    @Nullable Long keptNs;
  }

  /// By id; what could not go is put last.
  private final LinkedHashMap<Long, Block> blocks = new LinkedHashMap<>();

  private final Map<Long, Long> ids = new HashMap<>();

  /// What [#next] filled in.
  private long offered;

  boolean isEmpty() {
    return blocks.isEmpty();
  }

  boolean has(long id) {
    return blocks.containsKey(id);
  }

  /// The block that a value is a member of; null if none of these.
  @Nullable Long idOf(long handle) {
    return ids.get(handle);
  }

  void add(long id, long handle, int length) {
    blocks.computeIfAbsent(id, _ -> new Block()).members.put(handle, length);
    ids.put(handle, id);
  }

  /// Forgets a value.
  ///
  /// @return whether it was the last of its block
  boolean remove(long id, long handle) {
    ids.remove(handle);
    var block = blocks.get(id);
    if (block == null || block.members.remove(handle) == null || !block.members.isEmpty()) {
      return false;
    }
    blocks.remove(id);
    return true;
  }

  /// Hands a block over to somebody, who is told of each of its values before that is forgotten
  /// here.
  void hand(long id, Taker taker) {
    var block = blocks.get(id);
    while (block != null && !block.members.isEmpty()) {
      var first = block.members.firstEntry();
      taker.take(first.getKey(), first.getValue());
      remove(id, first.getKey());
    }
  }

  /// Fills in a block that may go.
  ///
  /// @param skips blocks that are not to go now
  /// @param againNs how long one that could not go is let alone
  /// @return whether there is one
  boolean next(long nowNs, long againNs, LongPredicate skips, Family family) {
    int passed = 0;
    for (var entry : blocks.entrySet()) {
      var kept = entry.getValue().keptNs;
      if ((kept == null || nowNs - kept >= againNs) && !skips.test(entry.getKey())) {
        offered = entry.getKey();
        fill(entry.getValue(), family);
        return true;
      }
      passed++;
      if (passed == PASSED_MAX) {
        break;
      }
    }
    return false;
  }

  /// The block that [#next] filled in cannot go now.
  void kept(long nowNs) {
    var block = blocks.remove(offered);
    if (block != null) {
      block.keptNs = nowNs;
      blocks.put(offered, block);
    }
  }

  /// Fills in the members of a block, if there are any.
  void fill(long id, Family family) {
    var block = blocks.get(id);
    if (block != null) {
      fill(block, family);
    }
  }

  private static void fill(Block block, Family family) {
    block.members.keySet().forEach(handle -> family.add(Handle.slot(handle)));
  }
}
