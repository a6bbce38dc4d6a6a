// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

import io.incipit.block.BlockChain;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/// The blocks of an [OracleIndex] as plain maps. A block is a chain of length 1, the root one of
/// length 0, and a holder `owner << 2 | tier`.
final class OracleTree {
  private final Map<BlockChain, BlockChain> parents = new HashMap<>();
  private final Map<BlockChain, Set<BlockChain>> children = new HashMap<>();
  private final Map<BlockChain, Set<Integer>> holders = new HashMap<>();

  Set<BlockChain> known() {
    return parents.keySet();
  }

  Set<BlockChain> children(BlockChain block) {
    return children.getOrDefault(block, Set.of());
  }

  Set<Integer> holders(BlockChain block) {
    return holders.getOrDefault(block, Set.of());
  }

  /// How many of `blocks` may stand below `parent`: up to the first that is known elsewhere.
  int fitting(BlockChain parent, BlockChain blocks) {
    var above = parent.isEmpty() ? blocks.slice(0, 0) : parent;
    var named = new HashMap<BlockChain, BlockChain>();
    for (int i = 0; i < blocks.length(); i++) {
      var block = blocks.slice(i, i + 1);
      boolean fits = parents.getOrDefault(block, above).equals(above);
      if (!fits || !named.getOrDefault(block, above).equals(above)) {
        return i;
      }
      named.put(block, above);
      above = block;
    }
    return blocks.length();
  }

  /// How many of `blocks` stand below `parent`.
  int known(BlockChain parent, BlockChain blocks) {
    var above = parent.isEmpty() ? blocks.slice(0, 0) : parent;
    int i = 0;
    while (i < blocks.length() && above.equals(parents.get(blocks.slice(i, i + 1)))) {
      above = blocks.slice(i, ++i);
    }
    return i;
  }

  /// Adds a holder to blocks below `parent` that fit there, the first `skip` left out, if any are
  /// left then.
  void hold(BlockChain parent, BlockChain blocks, int skip, int holder) {
    var above = parent.isEmpty() ? blocks.slice(0, 0) : parent;
    for (int i = 0; i < blocks.length() && skip < blocks.length(); i++) {
      var block = blocks.slice(i, i + 1);
      parents.put(block, above);
      children.computeIfAbsent(above, _ -> new HashSet<>()).add(block);
      var set = holders.computeIfAbsent(block, _ -> new HashSet<>());
      if (i >= skip) {
        set.add(holder);
      }
      above = block;
    }
  }

  void drop(IntPredicate which) {
    for (var block : List.copyOf(known())) {
      List.copyOf(holders(block)).stream().filter(which::test).forEach(h -> drop(block, h));
    }
  }

  /// Takes a holder from a block, and drops what is then neither held nor above held blocks.
  boolean drop(BlockChain block, int holder) {
    boolean held = holders(block).contains(holder) && holders(block).remove(holder);
    var at = block;
    while (held && !at.isEmpty() && holders(at).isEmpty() && children(at).isEmpty()) {
      var parent = parents.remove(at);
      children.get(parent).remove(at);
      children.remove(at);
      holders.remove(at);
      at = parent;
    }
    return held;
  }

  /// The blocks from the root to one that is known.
  List<BlockChain> pathTo(BlockChain block) {
    var path = new ArrayDeque<BlockChain>();
    for (var up = block; !up.isEmpty(); up = parents.getOrDefault(up, up.slice(0, 0))) {
      path.addFirst(up);
    }
    return new ArrayList<>(path);
  }

  /// The known blocks from the root over `from` along `next`; null if `from` is not a place.
  @Nullable List<BlockChain> path(Place from, BlockChain next) {
    var root = next.slice(0, 0);
    var at = root;
    if (!from.isRoot()) {
      at =
          known().stream()
              .filter(b -> b.low(0) == from.low() && b.high(0) == from.high())
              .findAny()
              .orElse(root);
    }
    var path = pathTo(at);
    if (path.size() != from.depth()) {
      return null;
    }
    for (int i = 0; i < next.length() && at.equals(parents.get(next.slice(i, i + 1))); i++) {
      at = next.slice(i, i + 1);
      path.add(at);
    }
    return path;
  }

  /// The blocks that follow one, at most `count`, until there are none or several.
  List<BlockChain> unbranched(BlockChain block, int count) {
    var path = new ArrayList<BlockChain>();
    for (var at = block; path.size() < count && children(at).size() == 1; path.add(at)) {
      at = children(at).iterator().next();
    }
    return path;
  }
}
