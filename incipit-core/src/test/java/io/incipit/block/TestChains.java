// SPDX-License-Identifier: Apache-2.0
package io.incipit.block;

import java.util.stream.LongStream;

/// Chains whose hashes people can read.
public final class TestChains {
  private TestChains() {}

  /// Hashes `seed * 1000 + from` up to, not including, `seed * 1000 + to`.
  public static BlockChain chain(int seed, int from, int to) {
    return BlockChain.of(LongStream.range(from, to).map(i -> seed * 1000L + i).toArray());
  }

  /// One chain, and behind it another; both of 8-byte hashes.
  public static BlockChain join(BlockChain first, BlockChain second) {
    return BlockChain.of(
        LongStream.concat(
                LongStream.range(0, first.length()).map(i -> first.low((int) i)),
                LongStream.range(0, second.length()).map(i -> second.low((int) i)))
            .toArray());
  }
}
