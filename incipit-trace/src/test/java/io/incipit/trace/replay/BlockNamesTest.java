// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.trace.BlockIds;
import java.util.HashSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class BlockNamesTest {
  @Test
  void chain_denseIds_givesDistinctHalvesOfWhichHalfTheBitsAreSet() {
    int count = 100_000;
    var chain = BlockNames.chain(LongStream.range(0, count).toArray(), count);
    var lows = new HashSet<Long>();
    var highs = new HashSet<Long>();
    long bits = 0;
    for (int i = 0; i < count; i++) {
      lows.add(chain.low(i));
      highs.add(chain.high(i));
      bits += Long.bitCount(chain.low(i)) + Long.bitCount(chain.high(i));
    }

    assertThat(chain.hashBytes()).isEqualTo(ReplayTarget.HASH_BYTES);
    assertThat(lows).hasSize(count);
    assertThat(highs).hasSize(count);
    assertThat((double) bits / count).isBetween(63.5, 64.5);
  }

  @Test
  void chain_ofIdsOrOfAnArray_isTheSameInEveryRun() {
    var chain = BlockNames.chain(BlockIds.of(0, 182_789));

    assertThat(chain).isEqualTo(BlockNames.chain(new long[] {0, 182_789, 7}, 2));
    assertThat(Long.toHexString(chain.low(0))).isEqualTo("e220a8397b1dcdaf");
    assertThat(Long.toHexString(chain.high(1))).isEqualTo("eddbd439980656d3");
  }
}
