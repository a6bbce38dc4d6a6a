// SPDX-License-Identifier: Apache-2.0
package io.incipit.index.table;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class OwnersTest {
  private final Owners owners = new Owners();

  private int[] sorted(int... added) {
    owners.clear();
    for (int owner : added) {
      owners.add(owner);
    }
    owners.sort();
    return IntStream.range(0, owners.count()).map(owners::get).toArray();
  }

  @Test
  void sort_none_isEmpty() {
    assertArrayEquals(new int[0], sorted());
  }

  /// Close together, far apart, and up to the largest number there is.
  @ParameterizedTest
  @ValueSource(ints = {1_000, 100_000, Integer.MAX_VALUE})
  void sort_anyOrder_isByNumber(int end) {
    var random = new SplittableRandom(1);
    for (int count = 1; count <= 512; count *= 2) {
      int[] some = random.ints(2L * count, 0, end).distinct().limit(count).toArray();
      var expected = some.clone();
      Arrays.sort(expected);
      assertArrayEquals(expected, sorted(some));
      assertArrayEquals(expected, sorted(expected));
      Arrays.setAll(some, i -> expected[expected.length - 1 - i]);
      assertArrayEquals(expected, sorted(some));
    }
    assertArrayEquals(new int[] {0, Integer.MAX_VALUE}, sorted(Integer.MAX_VALUE, 0));
  }
}
