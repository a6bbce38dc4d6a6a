// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace;

import java.util.Arrays;

/// Blocks in the order in which `leaf-lru` would evict them, and how deep each lies when a prompt
/// asks for it: the stack distance of Mattson et al. (1970).
///
/// A request uses its blocks from the tail to the head, so that the blocks which it used last lie
/// in the stack one below the other, in the order of the path:
///
/// ```
/// stack, youngest first:  | all of request 9 | rest of request 7 | rest of request 4 | ...
/// ```
///
/// What is left to a request is the end of its path. So a stack distance is the number of blocks
/// that younger requests own, from a tree of sums over requests, and a place in a stretch; one look
/// at the tree serves a whole stretch. Memory: 4 B a different block, 24 B a request. For one
/// thread.
public final class PathStack {
  /// By block, the last request that used it, + 1.
  private final IdInts owners = new IdInts();

  /// By request: its own blocks, the depth at which they begin, and sums over ranges of requests.
  private int[] owned = new int[1 << 10];

  private int[] starts = new int[1 << 10];
  private int[] sums = new int[1 << 10];
  private int total;
  private int count;

  /// An empty stack.
  public PathStack() {}

  /// Hears where the known blocks of a path lie in the stack.
  @FunctionalInterface
  public interface Stretches {
    /// Blocks one below the other, as the last request that had them left them.
    ///
    /// @param request that request, from 0
    /// @param depth of the first of them in its path
    /// @param blocks how many
    /// @param above blocks that lie above the first of them; a block more above each further one. A
    ///     cache holds what has fewer above it than it has room for
    void stretch(int request, int depth, int blocks, long above);
  }

  /// The next request uses its blocks.
  ///
  /// @param ids its blocks from the root, from 0 on; equal ids are equal whole prefixes
  /// @param length blocks of it
  /// @param stretches is told of its known blocks, as they lay before it, from the root on
  public void use(long[] ids, int length, Stretches stretches) {
    grow();
    walk(ids, length, stretches);
    owned[count] = length;
    starts[count] = 0;
    change(count, length);
    count++;
    for (int i = 0; i < length; i++) {
      owners.put(ids[i], count);
    }
  }

  private void grow() {
    if (count + 1 >= owned.length) {
      owned = Arrays.copyOf(owned, 2 * owned.length);
      starts = Arrays.copyOf(starts, 2 * starts.length);
      sums = new int[owned.length];
      total = 0;
      for (int request = 0; request < count; request++) {
        change(request, owned[request]);
      }
    }
  }

  /// Finds the known part of a path, and takes it from its owners.
  private void walk(long[] ids, int length, Stretches stretches) {
    int begin = 0;
    while (begin < length && owners.at(ids[begin]) > 0) {
      int owner = owners.at(ids[begin]);
      int end = begin + 1;
      while (end < length && owners.at(ids[end]) == owner) {
        end++;
      }
      take(owner - 1, begin, end, stretches);
      begin = end;
    }
  }

  private void take(int request, int begin, int end, Stretches stretches) {
    // The stretches before this one were younger, and have left their owners for the new request:
    // they are in no sum, but lie above all that is still to come.
    int taken = end - starts[request];
    long above = (long) starts[request] + total - before(request + 1);
    stretches.stretch(request, begin, taken, above);
    starts[request] = end;
    owned[request] -= taken;
    change(request, -taken);
  }

  private void change(int request, int by) {
    total += by;
    for (int i = request; i < sums.length; i |= i + 1) {
      sums[i] += by;
    }
  }

  /// Blocks that the requests before one own.
  private int before(int request) {
    int sum = 0;
    for (int i = request - 1; i >= 0; i = (i & (i + 1)) - 1) {
      sum += sums[i];
    }
    return sum;
  }
}
