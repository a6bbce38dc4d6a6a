// SPDX-License-Identifier: Apache-2.0
package io.incipit.policy;

import io.incipit.env.RandomSource;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// Random requests over one prefix tree, in which block b hangs below block (b - 1) / 3; paths end
/// at any depth, some are asked for much more often than others, and time goes in leaps.
public final class PoolProgram {
  /// Tokens of a block.
  public static final int BLOCK_TOKENS = 16;

  private final List<Request> requests = new ArrayList<>();

  /// A program of random requests.
  ///
  /// @param blocks different ones, the empty prefix included
  public PoolProgram(long seed, int requests, int blocks) {
    var random = RandomSource.seeded(seed);
    long timeNs = 0;
    for (int i = 0; i < requests; i++) {
      timeNs += random.nextInt(4) == 0 ? random.nextLong(20_000_000_000L) : 0;
      this.requests.add(new Request(timeNs, path(tip(random, blocks))));
    }
  }

  private static int tip(RandomGenerator random, int blocks) {
    return random.nextInt(3) == 0 ? random.nextInt(blocks / 10) : random.nextInt(blocks);
  }

  /// Ids from the root to a block; empty for block 0.
  static List<Long> path(long tip) {
    var path = new ArrayList<Long>();
    for (long block = tip; block > 0; block = parent(block)) {
      path.addFirst(block);
    }
    return path;
  }

  /// The block that a block hangs below.
  public static long parent(long block) {
    return (block - 1) / 3;
  }

  /// Its requests, in order.
  public List<Request> requests() {
    return requests;
  }

  /// A request.
  ///
  /// @param path ids from the root
  public record Request(long timeNs, List<Long> path) {
    /// Offers itself, its last block being half full.
    public int offerTo(BlockPool pool) {
      var ids = path.stream().mapToLong(id -> id).toArray();
      int tokens = Math.max(0, BLOCK_TOKENS * ids.length - BLOCK_TOKENS / 2);
      return pool.offer(timeNs, ids, ids.length, tokens);
    }
  }
}
