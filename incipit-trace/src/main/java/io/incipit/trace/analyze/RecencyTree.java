// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.analyze;

import java.util.Arrays;

/// How many different blocks were used since a block was used last: its LRU stack distance.
///
/// A Fenwick tree over the moments of use, of which each block keeps its last; when they run out,
/// the moments in use move to the front. O(log n) a use, 12 B for each block. For one thread.
final class RecencyTree {
  /// The distance of a block that was never used.
  static final int NEVER = -1;

  private static final int FREE = -1;

  private final int[] moments;
  private final int[] users;
  private final int[] sums;
  private int next;
  private int alive;

  /// A tree for blocks `[0, blocks)`.
  RecencyTree(int blocks) {
    this.moments = new int[blocks];
    Arrays.fill(moments, FREE);
    this.users = new int[2 * blocks + 1];
    this.sums = new int[users.length + 1];
  }

  /// Different blocks used since `block` was; [#NEVER] if it was not. Now it is the last one used.
  int use(int block) {
    int moment = moments[block];
    int distance = NEVER;
    if (moment == FREE) {
      alive++;
    } else {
      distance = alive - upTo(moment);
      add(moment, -1);
      users[moment] = FREE;
      moments[block] = FREE;
    }
    if (next == users.length) {
      compact();
    }
    moments[block] = next;
    users[next] = block;
    add(next, 1);
    next++;
    return distance;
  }

  private int upTo(int moment) {
    int sum = 0;
    for (int i = moment + 1; i > 0; i &= i - 1) {
      sum += sums[i];
    }
    return sum;
  }

  private void add(int moment, int change) {
    for (int i = moment + 1; i < sums.length; i += i & -i) {
      sums[i] += change;
    }
  }

  private void compact() {
    int kept = 0;
    for (int moment = 0; moment < next; moment++) {
      int block = users[moment];
      if (block != FREE) {
        users[kept] = block;
        moments[block] = kept;
        kept++;
      }
    }
    Arrays.fill(sums, 0);
    for (int moment = 0; moment < kept; moment++) {
      add(moment, 1);
    }
    next = kept;
  }
}
