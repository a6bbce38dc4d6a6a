// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.runpool;

import io.incipit.block.Hash64;
import java.util.random.RandomGenerator;

/// Random chains that share beginnings: few of them, so that the same come again and again.
final class Forest {
  private final RandomGenerator random;
  private final int roots;
  private final int blocksMax;
  private final int branchEvery;
  final long[] hashes;

  Forest(RandomGenerator random, int roots, int blocksMax, int branchEvery) {
    this.random = random;
    this.roots = roots;
    this.blocksMax = blocksMax;
    this.branchEvery = branchEvery;
    this.hashes = new long[blocksMax];
  }

  /// Draws a chain.
  ///
  /// @return its length
  int draw() {
    long hash = Hash64.mix(random.nextInt(roots) + 1);
    int branch = 0;
    for (int i = 0; i < blocksMax; i++) {
      if (i > 0 && random.nextInt(branchEvery) == 0) {
        branch = random.nextInt(3);
      }
      hash = i == 0 ? hash : Hash64.chain(hash, branch);
      hashes[i] = hash;
    }
    return 1 + random.nextInt(blocksMax);
  }
}
