// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.env.RandomSource;
import java.util.HashMap;
import org.junit.jupiter.api.Test;

class BlockNumbersTest {
  private static final long SEED = 5;

  @Test
  void number_idsInOrderThenOthers_countsAsFirstSeen() {
    var numbers = new BlockNumbers();

    assertThat(numbers.number(0)).isZero();
    assertThat(numbers.number(1)).isEqualTo(1);
    assertThat(numbers.number(9)).isEqualTo(2);
    assertThat(numbers.number(2)).isEqualTo(3);
    assertThat(numbers.number(3)).isEqualTo(4);
    assertThat(numbers.number(-1)).isEqualTo(5);
    assertThat(numbers.number(1)).isEqualTo(1);
    assertThat(numbers.number(2)).isEqualTo(3);
    assertThat(numbers.count()).isEqualTo(6);
  }

  @Test
  void number_anyIds_agreesWithAMap() {
    var random = RandomSource.seeded(SEED);
    var numbers = new BlockNumbers();
    var expected = new HashMap<Long, Integer>();
    for (int i = 0; i < 100_000; i++) {
      long id = i < 5000 ? random.nextInt(expected.size() + 1) : random.nextInt(40_000) - 100;
      int next = expected.size();
      expected.putIfAbsent(id, next);
      assertThat(numbers.number(id)).as("id %d, seed %d", id, SEED).isEqualTo(expected.get(id));
    }
    assertThat(numbers.count()).isEqualTo(expected.size());
  }
}
