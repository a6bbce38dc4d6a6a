// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.runpool;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// That an answer with wrong holders is not taken for a right one.
final class PoolAnswerTest {
  private static PoolAnswer answer(int blocks, int... intervals) {
    var answer = new PoolAnswer();
    for (int i = 0; i < intervals.length; i += 4) {
      answer.add(intervals[i], intervals[i + 1], intervals[i + 2], intervals[i + 3]);
    }
    answer.blocks(blocks);
    return answer;
  }

  @Test
  void isOf_wantsEachBlockOnceFromThatOwner() {
    assertThat(answer(0).isOf(0, 0)).isTrue();
    assertThat(answer(5, 3, 5, 0, 0, 0, 3, 0, 0).isOf(0, 0)).isTrue();
    assertThat(answer(4, 0, 2, 0, 0, 1, 3, 0, 0).isOf(0, 0)).isFalse();
    assertThat(answer(4, 0, 3, 0, 0).isOf(0, 0)).isFalse();
    assertThat(answer(4, 0, 5, 0, 0).isOf(0, 0)).isFalse();
    assertThat(answer(4, 0, 4, 1, 0).isOf(0, 0)).isFalse();
    assertThat(answer(4, 0, 4, 0, 1).isOf(0, 0)).isFalse();
  }
}
