// SPDX-License-Identifier: Apache-2.0
package io.incipit.index.table;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Records are cut and put in order in a number of steps that no order of theirs can raise.
final class RecordsTest {
  private static final int RECORDS = 1 << 16;

  /// In how many steps a record is compared with those of a heap of so many.
  private static int steps(int most) {
    return 2 * (Integer.SIZE - Integer.numberOfLeadingZeros(most)) + 2;
  }

  private static Records records(int count, IntUnaryOperator value) {
    var records = new Records(2);
    for (int i = 0; i < count; i++) {
      int at = records.add();
      records.words()[at] = Integer.toUnsignedLong(value.applyAsInt(i));
      records.words()[at + 1] = ~records.words()[at];
    }
    return records;
  }

  private static void assertSorted(IntUnaryOperator value, int most) {
    var records = records(RECORDS, value);
    records.sort(0, most);

    var expected =
        IntStream.range(0, RECORDS)
            .map(value)
            .mapToLong(Integer::toUnsignedLong)
            .sorted()
            .limit(most)
            .flatMap(word -> LongStream.of(word, ~word));
    var found = IntStream.range(0, 2 * records.count()).mapToLong(i -> records.words()[i]);
    assertArrayEquals(expected.toArray(), found.toArray());
    assertEquals(RECORDS - records.count(), records.cut());
    assertTrue(
        records.compared() <= (long) RECORDS * steps(most),
        () -> "%d comparisons for %d".formatted(records.compared(), most));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 10, 1_000, RECORDS, Integer.MAX_VALUE})
  void sort_anyOrder_takesBoundedSteps(int most) {
    var random = new SplittableRandom(1).ints(RECORDS).toArray();
    assertSorted(i -> i, most);
    assertSorted(i -> RECORDS - i, most);
    assertSorted(i -> random[i], most);
    assertSorted(i -> (i & 1) == 0 ? i / 2 : RECORDS / 2 + i / 2, most);
    assertSorted(i -> i % 3, most);
  }

  @Test
  void sort_partOnly_leavesWhatIsBefore() {
    var records = records(40, i -> 100 - i);
    records.sort(30, 5);
    assertEquals(35, records.count());
    assertEquals(100, records.words()[0]);
    assertEquals(61, records.words()[60]);
    assertEquals(65, records.words()[68]);
    assertEquals(5, records.cut());
    records.sort(0, 40);
    assertEquals(0, records.cut());
    assertEquals(61, records.words()[0]);
  }
}
