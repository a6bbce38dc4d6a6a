// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.chime;

import io.incipit.env.RandomSource;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Inner nodes that a client keeps, sorted by where they end and, of those that end there, the
/// narrowest first. A copy may be older than the node; whoever uses it finds out and drops it.
/// Beyond the budget the less used of two random ones goes. For one thread.
final class TreeCache {
  private static final long SEED = 11;
  private static final int FIRST = 64;

  private final InnerLayout layout;
  private final long budget;
  private final RandomGenerator random = RandomSource.seeded(SEED);
  private Inner[] nodes = new Inner[FIRST];
  private int[] uses = new int[FIRST];
  private int count;
  private long bytes;

  TreeCache(InnerLayout layout, long budget) {
    this.layout = layout;
    this.budget = budget;
  }

  long bytes() {
    return bytes;
  }

  /// The first node that ends after a key, if the key belongs there.
  ///
  /// A wider node that covers it is found only if no other ends before that: after a node in the
  /// middle of the tree was dropped, a client goes by the root.
  @Nullable Inner lookup(long key) {
    int at = firstAfter(key);
    if (at == count || !nodes[at].covers(key)) {
      return null;
    }
    uses[at]++;
    return nodes[at];
  }

  /// The first node above leaves that ends after a key, wherever it begins.
  ///
  /// @return null if there is none
  @Nullable Inner nextAboveLeaves(long key) {
    int at = firstAfter(key);
    while (at < count && nodes[at].level() > 1) {
      at++;
    }
    if (at == count) {
      return null;
    }
    uses[at]++;
    return nodes[at];
  }

  private int firstAfter(long key) {
    int from = 0;
    int to = count;
    while (from < to) {
      int middle = (from + to) >>> 1;
      if (Long.compareUnsigned(nodes[middle].high(), key) <= 0) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return from;
  }

  /// Where a node with these bounds is, or would be.
  private int position(long low, long high) {
    int from = 0;
    int to = count;
    while (from < to) {
      int middle = (from + to) >>> 1;
      int order = Long.compareUnsigned(nodes[middle].high(), high);
      if (order == 0) {
        order = Long.compareUnsigned(low, nodes[middle].low());
      }
      if (order < 0) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return from;
  }

  /// Keeps a node, instead of one with the same bounds.
  void add(Inner node) {
    int at = position(node.low(), node.high());
    if (at < count && nodes[at].low() == node.low() && nodes[at].high() == node.high()) {
      bytes += layout.cachedBytes(node) - layout.cachedBytes(nodes[at]);
      nodes[at] = node;
    } else {
      if (count == nodes.length) {
        nodes = Arrays.copyOf(nodes, 2 * count);
        uses = Arrays.copyOf(uses, 2 * count);
      }
      System.arraycopy(nodes, at, nodes, at + 1, count - at);
      System.arraycopy(uses, at, uses, at + 1, count - at);
      nodes[at] = node;
      uses[at] = 1;
      count++;
      bytes += layout.cachedBytes(node);
    }
    while (bytes > budget && count > 1) {
      int one = random.nextInt(count);
      int other = random.nextInt(count);
      remove(uses[one] < uses[other] ? one : other);
    }
  }

  /// Forgets all.
  void clear() {
    nodes = new Inner[FIRST];
    uses = new int[FIRST];
    count = 0;
    bytes = 0;
  }

  /// Forgets a copy, if it is still the one that is kept.
  void drop(Inner node) {
    int at = position(node.low(), node.high());
    if (at < count && nodes[at] == node) {
      remove(at);
    }
  }

  private void remove(int at) {
    bytes -= layout.cachedBytes(nodes[at]);
    count--;
    System.arraycopy(nodes, at + 1, nodes, at, count - at);
    System.arraycopy(uses, at + 1, uses, at, count - at);
  }
}
