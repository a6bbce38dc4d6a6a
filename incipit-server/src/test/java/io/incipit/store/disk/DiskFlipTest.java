// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.incipit.env.Search;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("programs")
final class DiskFlipTest {
  private static final int FLIPS = Search.Family.PROGRAMS.isSlow() ? 1_000_000 : 20_000;
  private static final int TIMES = 50;

  @Test
  void flips_ofEveryRegion_areNeverServed() throws Exception {
    Map<DiskImage.Region, Integer> flips = new EnumMap<>(DiskImage.Region.class);
    long missed = 0;
    long stale = 0;
    int images = 0;
    for (long seed = Search.seed(); sum(flips) < FLIPS; seed++) {
      boolean clean = images++ % 2 == 0;
      var image = new DiskImage(seed, clean);
      try {
        image.flip(TIMES, DiskFault.NONE);
      } catch (Exception | AssertionError failure) {
        throw new AssertionError("-Dincipit.seed=" + seed + " clean=" + clean, failure);
      }
      image.flips.forEach((region, count) -> flips.merge(region, count, Integer::sum));
      assertEquals(0, clean ? image.stale : 0);
      missed += image.missed;
      stale += image.stale;
    }
    System.out.printf(
        "rounds: flips of disk files: %,d on %,d images, %,d values missed, %,d stale %s%n",
        sum(flips), images, missed, stale, flips);
  }

  private static int sum(Map<DiskImage.Region, Integer> flips) {
    return flips.values().stream().mapToInt(count -> count).sum();
  }

  @ParameterizedTest
  @EnumSource(
      value = DiskFault.class,
      names = {"TRUST_PAYLOADS", "TRUST_FOOTERS"})
  void flips_withAPlantedBug_catchIt(DiskFault fault) {
    Search.of(Search.Family.PROGRAMS, "flips with " + fault, 0, 0)
        .runUntil(
            seed -> {
              try {
                new DiskImage(seed, true).flip(TIMES, fault);
                return false;
              } catch (Exception | AssertionError caught) {
                return true;
              }
            });
  }
}
