// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.trace.LeftOut;
import io.incipit.trace.simulate.Capacity;
import io.incipit.trace.simulate.KvModel;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CacheSizesTest {
  /// 2^17 B a token: a block of 512 is 64 MiB.
  private static final KvModel MODEL = KvModel.parse("llama-3-8b");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          1      | 64MiB
          2      | 64MiB, 128MiB
          3      | 64MiB, 128MiB, 256MiB
          16     | 64MiB, 128MiB, 256MiB, 512MiB, 1GiB
          17     | 64MiB, 128MiB, 256MiB, 512MiB, 1GiB, 2GiB
          16384  | 8GiB, 16GiB, 32GiB, 64GiB, 128GiB, 256GiB, 512GiB, 1TiB
          """)
  void of_noSizes_areEightPowersOfTwoUpToAllThatThereIs(long distinct, String sizes) {
    // The machine's memory is as large as the first of them and counts as the same size.
    var first = sizes.split(", ", -1)[0];
    assertThat(texts(first, List.of(), distinct)).isEqualTo(List.of(sizes.split(", ", -1)));
  }

  @Test
  void of_nothingToHold_isOneBlock() {
    assertThat(texts("64MiB", List.of(), 0)).containsExactly("64MiB");
  }

  @Test
  void of_memoryBetween_isInItsPlace() {
    assertThat(texts("192MiB", List.of(), 3))
        .containsExactly("64MiB", "128MiB", "192MiB", "256MiB");
  }

  @Test
  void of_sizes_areThoseAndTheMemoryOnceByBlocks() {
    assertThat(texts("1GiB", List.of("50%", "16", "2GiB", "4"), 16))
        .containsExactly("4", "50%", "1GiB", "2GiB");
  }

  private static List<String> texts(String memory, List<String> sizes, long distinct) {
    var machine = new Machine(1, size(memory), 1, 1);
    var tried = sizes.stream().map(CacheSizesTest::size).toList();
    var none = new TtftSeconds(0, 0, 0);
    return CacheSizes.of(
            new PlanSpec(MODEL, machine, tried, 0.01, 1),
            new Demand(1, 0, 1, 512, distinct, 1, none, LeftOut.NOTHING))
        .stream()
        .map(Capacity::toString)
        .toList();
  }

  private static Capacity size(String text) {
    return Capacity.parse(text, Optional.of(MODEL));
  }
}
