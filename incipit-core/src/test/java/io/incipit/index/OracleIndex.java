// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

import io.incipit.block.BlockChain;
import io.incipit.block.Tier;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// The index as plain maps: slow, and short enough to be believed. Every other index answers like
/// it.
final class OracleIndex implements PrefixIndex {
  private record Identity(long high, long low) {}

  private static final class Node {
    final Identity id;
    final @Nullable Node parent;
    final int depth;
    final int serial;
    final List<Node> children = new ArrayList<>();
    final Map<Integer, Integer> tierMasks = new TreeMap<>();

    Node(Identity id, @Nullable Node parent, int serial) {
      this.id = id;
      this.serial = serial;
      this.parent = parent;
      this.depth = parent == null ? 0 : parent.depth + 1;
    }

    boolean held(Eligible eligible) {
      return tierMasks.entrySet().stream()
          .anyMatch(e -> tiers(eligible, e.getKey(), e.getValue()) != 0);
    }

    static int tiers(Eligible eligible, int owner, int mask) {
      int kept = 0;
      for (int tier = 0; tier < Tier.COUNT; tier++) {
        kept |= eligible.accepts(owner, tier) ? mask & 1 << tier : 0;
      }
      return kept;
    }
  }

  private final Node root = new Node(new Identity(0, 0), null, 0);
  private final Map<Identity, Node> nodes = new HashMap<>();
  private final Map<Integer, Node> bySerial = new HashMap<>();
  private int serials;
  private long conflicts;

  private @Nullable Node find(BlockChain chain, int i) {
    return nodes.get(new Identity(chain.high(i), chain.low(i)));
  }

  @Override
  public boolean store(int owner, Tier tier, BlockChain parent, BlockChain hashes) {
    var above = parent.isEmpty() ? root : find(parent, 0);
    if (above == null) {
      return false;
    }
    for (int i = 0; i < hashes.length(); i++) {
      var node = find(hashes, i);
      if (node == null) {
        node = new Node(new Identity(hashes.high(i), hashes.low(i)), above, ++serials);
        nodes.put(node.id, node);
        bySerial.put(node.serial, node);
        above.children.add(node);
      } else if (node.parent != above) {
        conflicts++;
        break;
      }
      node.tierMasks.merge(owner, tier.mask(), (a, b) -> a | b);
      above = node;
    }
    return true;
  }

  @Override
  public boolean storeChain(int owner, Tier tier, BlockChain chain, int from) {
    return path(root, chain).size() >= from
        && store(
            owner,
            tier,
            chain.slice(Math.max(0, from - 1), from),
            chain.slice(from, chain.length()));
  }

  @Override
  public int remove(int owner, Tier tier, BlockChain hashes) {
    int removed = 0;
    for (int i = 0; i < hashes.length(); i++) {
      var node = find(hashes, i);
      if (node != null && (node.tierMasks.getOrDefault(owner, 0) & tier.mask()) != 0) {
        node.tierMasks.computeIfPresent(
            owner, (_, mask) -> mask == tier.mask() ? null : mask & ~tier.mask());
        removed++;
        prune(node);
      }
    }
    return removed;
  }

  private void prune(Node leaf) {
    for (var node = leaf;
        node.parent != null && node.tierMasks.isEmpty() && node.children.isEmpty();
        node = node.parent) {
      nodes.remove(node.id);
      bySerial.remove(node.serial);
      node.parent.children.remove(node);
    }
  }

  @Override
  public int removeChain(int owner, Tier tier, BlockChain chain, int from) {
    int known = path(root, chain).size();
    return known <= from ? 0 : remove(owner, tier, chain.slice(from, known));
  }

  @Override
  public void clear(int owner, int tierMask) {
    for (var node : nodes.values()) {
      node.tierMasks.computeIfPresent(
          owner, (_, mask) -> (mask & ~tierMask) == 0 ? null : mask & ~tierMask);
    }
  }

  @Override
  public boolean sweep() {
    List.copyOf(nodes.values()).forEach(this::prune);
    return false;
  }

  /// The known blocks of `chain` below `above`, in order.
  private List<Node> path(Node above, BlockChain chain) {
    var path = new ArrayList<Node>();
    for (int i = 0; i < chain.length(); i++) {
      var node = find(chain, i);
      if (node == null || node.parent != (i == 0 ? above : path.getLast())) {
        break;
      }
      path.add(node);
    }
    return path;
  }

  /// All known blocks from the root over `from` along `next`; null if `from` is gone.
  private @Nullable List<Node> path(Place from, BlockChain next) {
    var at = from.isRoot() ? root : bySerial.get(from.run());
    if (at == null || at.depth != from.depth() || at.id.low != from.low()) {
      return null;
    }
    var path = new ArrayDeque<>(path(at, next));
    for (var node = at; node.parent != null; node = node.parent) {
      path.addFirst(node);
    }
    return List.copyOf(path);
  }

  @Override
  public boolean match(
      Place from, BlockChain next, Eligible eligible, int limit, MatchAnswer answer) {
    answer.clear();
    var path = path(from, next);
    if (path == null) {
      return false;
    }
    int blocks = 0;
    while (blocks < path.size() && path.get(blocks).held(eligible)) {
      blocks++;
    }
    answer.blocks(blocks);
    if (blocks > 0) {
      answer.place(path.get(blocks - 1).serial, 1, path.get(blocks - 1).id.low);
    }
    intervals(path.subList(0, blocks), eligible, limit, answer);
    return true;
  }

  private static void intervals(List<Node> path, Eligible eligible, int limit, MatchAnswer answer) {
    var open = new HashMap<List<Integer>, Integer>();
    for (int i = 0; i < path.size(); i++) {
      for (var entry : path.get(i).tierMasks.entrySet()) {
        int tiers = Node.tiers(eligible, entry.getKey(), entry.getValue());
        for (int tier = 0; tier < Tier.COUNT; tier++) {
          var at = open.get(List.of(entry.getKey(), tier));
          if ((tiers >>> tier & 1) == 0) {
            continue;
          }
          if (at != null && answer.to(at) == i) {
            answer.extend(at, i + 1);
          } else {
            open.put(List.of(entry.getKey(), tier), answer.count());
            answer.add(i, i + 1, entry.getKey(), tier);
          }
        }
      }
    }
    answer.sortAndLimit(limit);
  }

  @Override
  public boolean score(Place from, BlockChain next, int owners, int limit, ScoreAnswer answer) {
    answer.clear();
    var path = path(from, next);
    if (path == null) {
      return false;
    }
    var last = path.isEmpty() ? root : path.getLast();
    answer.known(path.size(), last.serial, 1, last.id.low);
    var counts = new HashMap<List<Integer>, Integer>();
    for (int owner = 0; owner < owners; owner++) {
      var held = new Integer[Tier.COUNT];
      for (int tier = 0; tier < Tier.COUNT; tier++) {
        int mask = (2 << tier) - 1;
        int blocks = 0;
        while (blocks < path.size()
            && (path.get(blocks).tierMasks.getOrDefault(owner, 0) & mask) != 0) {
          blocks++;
        }
        held[tier] = blocks;
      }
      counts.merge(List.of(held[3], held[2], held[1], held[0]), 1, Integer::sum);
      answer.add(owner, held[0], held[1], held[2], held[3]);
    }
    var base =
        counts.entrySet().stream()
            .max(
                (a, b) ->
                    a.getValue().equals(b.getValue())
                        ? compare(b.getKey(), a.getKey())
                        : a.getValue() - b.getValue())
            .map(Map.Entry::getKey)
            .orElse(List.of(0, 0, 0, 0));
    for (int tier = 0; tier < Tier.COUNT; tier++) {
      answer.base()[tier] = base.get(Tier.COUNT - 1 - tier);
    }
    for (int i = answer.count() - 1; i >= 0; i--) {
      if (List.of(
              answer.blocks(i, 3), answer.blocks(i, 2), answer.blocks(i, 1), answer.blocks(i, 0))
          .equals(base)) {
        answer.drop(i);
      }
    }
    answer.sortAndLimit(limit);
    return true;
  }

  private static int compare(List<Integer> a, List<Integer> b) {
    return Arrays.compare(a.toArray(new Integer[0]), b.toArray(new Integer[0]));
  }

  @Override
  public BlockChain run(BlockChain hash, int count, MatchAnswer holders) {
    holders.clear();
    var path = new ArrayList<Node>();
    for (var node = find(hash, 0);
        node != null && node.children.size() == 1 && path.size() < count; ) {
      node = node.children.getFirst();
      path.add(node);
    }
    intervals(path, Eligible.ALL, Integer.MAX_VALUE, holders);
    return BlockChain.of(path.stream().mapToLong(node -> node.id.low).toArray());
  }

  @Override
  public void locate(BlockChain hashes, int i, MatchAnswer holders) {
    holders.clear();
    var node = find(hashes, i);
    intervals(node == null ? List.of() : List.of(node), Eligible.ALL, Integer.MAX_VALUE, holders);
  }

  @Override
  public void onShed(IntConsumer listener) {}

  @Override
  public IndexSnapshot snapshot() {
    long holdings = nodes.values().stream().mapToLong(node -> node.tierMasks.size()).sum();
    return new IndexSnapshot(nodes.size(), nodes.size(), holdings, 0, 0, conflicts, 0);
  }
}
