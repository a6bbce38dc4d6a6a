// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.incipit.env.RandomSource;
import org.junit.jupiter.api.Test;

final class SizeClassesTest {
  @Test
  void classes_inOrder_grow() {
    for (int i = 1; i < 230; i++) {
      int units = SizeClasses.units(i);
      assertEquals(i, SizeClasses.floor(units));
      assertEquals(i, SizeClasses.ceiling(units));
      assertTrue(units < SizeClasses.units(i + 1));
      assertEquals(i, SizeClasses.floor(SizeClasses.units(i + 1) - 1));
    }
    assertTrue(SizeClasses.floor(Integer.MAX_VALUE) < SizeClasses.COUNT);
  }

  @Test
  void bytes_ofEachLength_holdItWithLessThanANinthWasted() {
    for (int length = 16 << 10; length <= Places.LENGTH_MAX && length > 0; length += 4099) {
      int bytes = Places.bytes(length);
      assertTrue(bytes >= length && bytes % Places.UNIT == 0);
      assertTrue((bytes - length) * 9L <= bytes + 9L, () -> "bytes: " + bytes);
    }
    for (int length = 0; length <= Slabs.LENGTH_MAX; length++) {
      int bytes = Places.bytes(length);
      assertTrue(bytes >= length && bytes % Slabs.GRAIN == 0);
      assertTrue(length < 64 || (bytes - length) * 8L <= bytes + 64L);
    }
    assertEquals(Places.LENGTH_MAX, Places.bytes(Places.LENGTH_MAX));
  }

  @Test
  void waste_overLogUniformSizes_isATwentieth() {
    var random = RandomSource.seeded(1);
    double taken = 0;
    double used = 0;
    double fractions = 0;
    int n = 200_000;
    for (int i = 0; i < n; i++) {
      int length = (int) (16384 * Math.pow(2, 14 * random.nextDouble()));
      int bytes = Places.bytes(length);
      taken += bytes;
      used += length;
      fractions += 1 - (double) length / bytes;
    }
    System.out.printf(
        "waste of classes: %.2f%% of a value, %.2f%% of bytes%n",
        100 * fractions / n, 100 * (1 - used / taken));
    assertTrue(fractions / n < 0.06);
    assertTrue(1 - used / taken < 0.06);
  }
}
