// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.simulate.tier;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DiskLogTest {
  private static final long KIB = 1024;

  /// An extent of 64 KiB: seven records of 8 KiB and a footer of 4.
  private static final DiskShape SHAPE = new DiskShape(2048 * KIB, 4 * KIB);

  /// Records of an extent, and extents that fit beside the room that is kept for the next.
  private static final int RECORDS = 7;

  private static final long SEALED = RECORDS * 8 * KIB + 4 * KIB;

  private final DiskLog log = new DiskLog(SHAPE);

  @Test
  void append_oneExtent_takesRoomForAllOfItUntilItIsSealed() {
    log.append(0);
    assertThat(log.bytes()).isEqualTo(64 * KIB);
    assertThat(log.writtenBytes()).isEqualTo(8 * KIB);

    append(1, RECORDS + 1);

    assertThat(log.bytes()).isEqualTo(SEALED + 64 * KIB);
    assertThat(log.writtenBytes()).isEqualTo(8 * 8 * KIB + 4 * KIB);
    assertThat(log.blocks()).isEqualTo(8);
  }

  @Test
  void append_untilFull_givesUpTheOldestExtent() {
    int last = fill();

    assertThat(log.reclaims()).isEqualTo(1);
    assertThat(held()).isEqualTo(range(RECORDS, last + 1));
    assertThat(log.records()).isEqualTo(last + 1);
  }

  @Test
  void append_fullAndOldestExtentRead_givesUpTheOldestCold() {
    append(0, RECORDS + 1);
    log.read(3);
    int last = fill();

    var expected = range(0, last + 1);
    expected.removeAll(range(RECORDS, 2 * RECORDS));
    assertThat(held()).isEqualTo(expected);
  }

  @Test
  void append_allExtentsRead_writesWhatWasReadOfTheColdestAgain() {
    int last = last();
    append(0, last);
    for (int extent = 0; extent < last / RECORDS; extent++) {
      log.read((long) RECORDS * extent);
      log.read((long) RECORDS * extent + 1);
    }
    log.append(last);

    var expected = range(0, last + 1);
    expected.removeAll(range(2, RECORDS));
    assertThat(held()).isEqualTo(expected);
    assertThat(log.records()).isEqualTo(last + 3);
    assertThat(log.reclaims()).isEqualTo(1);
  }

  @Test
  void append_allOfAnExtentRead_keepsHalfOfTheRoom() {
    int last = last();
    append(0, last);
    IntStream.range(0, last).forEach(log::read);
    log.append(last);

    // 60 KiB of room without the footer, of which half takes three records.
    var expected = range(0, last + 1);
    expected.removeAll(range(3, RECORDS));
    assertThat(held()).isEqualTo(expected);
  }

  @Test
  void append_keptAndNotReadAgain_isGivenUpWithItsNextExtent() {
    int last = last();
    append(0, last);
    for (int extent = 0; extent < last / RECORDS; extent++) {
      log.read((long) RECORDS * extent);
    }
    append(last, 4 * last);

    assertThat(log.holds(0)).isFalse();
    assertThat(log.bytes()).isLessThanOrEqualTo(SHAPE.capacityBytes());
  }

  @Test
  void append_hotExtents_coolByHalfEachTimeOneIsGivenUp() {
    int last = last();
    append(0, last);
    for (int i = 0; i < 2; i++) {
      log.read(0);
    }
    for (int extent = 1; extent < last / RECORDS; extent++) {
      for (int i = 0; i < 5; i++) {
        log.read((long) RECORDS * extent);
      }
    }

    // The extent of heat 2 goes and leaves its block; of those of heat 5 the oldest goes next.
    log.append(last);
    assertThat(log.holds(1)).isFalse();
    assertThat(log.holds(0)).isTrue();
    append(last + 1, last + 3 * RECORDS);
    assertThat(log.holds(RECORDS + 1)).isFalse();
    assertThat(log.holds(RECORDS)).isTrue();
  }

  @Test
  void append_blockLargerThanAnExtent_hasOneOfItsOwn() {
    var large = new DiskLog(new DiskShape(1024 * KIB, 100 * KIB));
    for (int id = 0; id < 30; id++) {
      assertThat(large.append(id)).isTrue();
      assertThat(large.bytes()).isLessThanOrEqualTo(1024 * KIB);
    }

    // 108 KiB each, and room for an extent of 32 KiB that is made behind each.
    assertThat(large.blocks()).isEqualTo(9);
    assertThat(large.holds(29)).isTrue();
  }

  @Test
  void append_noRoomForOne_refuses() {
    assertThat(new DiskLog(new DiskShape(4 * KIB, 1)).append(0)).isFalse();
    assertThat(new DiskLog(DiskShape.NONE).append(0)).isFalse();
    assertThat(new DiskLog(DiskShape.NONE).holds(0)).isFalse();
  }

  @Test
  void random_programs_giveWhatTheNaiveLogGives() {
    for (int seed = 0; seed < 30; seed++) {
      var random = new Random(seed);
      var shape = new DiskShape((300 + random.nextInt(4000)) * KIB, 1 + random.nextInt(30_000));
      var tried = new DiskLog(shape);
      var oracle = new OracleLog(shape);
      for (int step = 0; step < 3000; step++) {
        int id = random.nextInt(600);
        assertThat(tried.holds(id)).as("seed %d, step %d", seed, step).isEqualTo(oracle.holds(id));
        if (tried.holds(id)) {
          tried.read(id);
          oracle.read(id);
        } else if (random.nextInt(3) == 0) {
          assertThat(tried.append(id)).isEqualTo(oracle.append(id));
        }
        assertThat(tried.bytes()).isEqualTo(oracle.bytes()).isBetween(0L, shape.capacityBytes());
        assertThat(tried.blocks()).isEqualTo(oracle.blocks());
      }
      assertThat(tried.reclaims()).as("seed %d", seed).isPositive().isEqualTo(oracle.reclaims());
    }
  }

  /// Blocks that fill the disk, so that one more gives an extent up.
  private static int last() {
    long extents = 0;
    while (extents * SEALED + 2 * 64 * KIB <= SHAPE.capacityBytes()) {
      extents++;
    }
    return (int) extents * RECORDS;
  }

  /// Appends what is not there until an extent was given up.
  ///
  /// @return the last one
  private int fill() {
    int last = last();
    for (int id = 0; id <= last; id++) {
      if (!log.holds(id)) {
        log.append(id);
      }
    }
    return last;
  }

  private void append(int from, int to) {
    IntStream.range(from, to).forEach(log::append);
  }

  private Set<Integer> held() {
    var held = new TreeSet<Integer>();
    IntStream.range(0, 1000).filter(log::holds).forEach(held::add);
    return held;
  }

  private static Set<Integer> range(int from, int to) {
    return new HashSet<>(IntStream.range(from, to).boxed().toList());
  }
}
