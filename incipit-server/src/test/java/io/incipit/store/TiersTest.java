// SPDX-License-Identifier: Apache-2.0
package io.incipit.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.env.RawDisk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Values that move between memory and disk: none is ever wrong, none is lost while there is room,
/// and what one tier is told the other one holds to.
class TiersTest {
  private static final int KIB = 1 << 10;
  private static final int MIB = 1 << 20;
  private static final int KEYS = 120;

  @TempDir private Path directory;

  private TierRig rig(int hostBytes, long diskBytes, Durability durability) throws IOException {
    return new TierRig(directory, RawDisk.system(), hostBytes, diskBytes, durability);
  }

  @Test
  void moreThanMemoryHolds_isAllThere_andAfterARestart() throws IOException {
    try (var rig = rig(2 * MIB, 64L * MIB, Durability.MEMORY)) {
      for (int key = 0; key < KEYS; key++) {
        assertThat(rig.put(key, 40 * KIB)).isTrue();
        awaitRoom(rig);
      }
      for (int key = 0; key < KEYS; key++) {
        assertThat(rig.read(key)).as("key %d", key).isTrue();
        awaitRoom(rig);
      }
      assertThat(rig.stat("store-dropped")).hasValue(0);
      assertThat(rig.stat("store-demoted").orElseThrow()).isPositive();
      assertThat(rig.stat("store-promoted").orElseThrow()).isPositive();
      assertThat(rig.store.keys()).isEqualTo(KEYS);
      rig.restart();
      assertThat(rig.store.keys()).isEqualTo(KEYS);
      for (int key = KEYS - 1; key >= 0; key--) {
        assertThat(rig.read(key)).as("key %d", key).isTrue();
        awaitRoom(rig);
      }
      assertThat(keys(rig)).hasSize(KEYS);
    }
  }

  /// Waits until memory has room again: what is put faster than disk takes it goes without a copy.
  private static void awaitRoom(TierRig rig) {
    long limit = Demotion.limit(rig.store.totalBytes());
    TierRig.awaitThat(
        () -> {
          rig.clock.advance(1_000_000);
          return rig.store.usedBytes() <= limit;
        });
  }

  private static Set<String> keys(TierRig rig) {
    var keys = new HashSet<String>();
    long cursor = 0;
    do {
      cursor =
          rig.store.scan(cursor, 10, key -> keys.add(new String(key, StandardCharsets.US_ASCII)));
    } while (cursor != 0);
    return keys;
  }

  @Test
  void whatOneTierIsTold_theOtherHoldsTo() throws IOException {
    for (int seed = 0; seed < 8; seed++) {
      var durability = seed % 2 == 0 ? Durability.MEMORY : Durability.DISK;
      try (var rig =
          new TierRig(
              directory.resolve("seed-" + seed),
              RawDisk.system(),
              2 * MIB,
              (seed < 4 ? 64L : 4L) * MIB,
              durability)) {
        run(rig, new Random(seed), seed < 4);
      }
    }
  }

  private static void run(TierRig rig, Random random, boolean roomy) throws IOException {
    int lost = 0;
    for (int step = 0; step < 1_600; step++) {
      int key = random.nextInt(KEYS);
      switch (roomy ? 2 + random.nextInt(40) : random.nextInt(42)) {
        case 0 -> rig.expire(key, 1_000);
        case 1 -> {
          if (rig.put(key, 1 + random.nextInt(60 * KIB), rig.clock.nanoTime() + 50)) {
            assertThat(rig.read(key)).isTrue();
          }
        }
        case 2 -> rig.remove(key);
        case 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 -> {
          // Both ranks, as engines write them.
          int length = 1 + random.nextInt(60 * KIB);
          rig.put(key, length);
          rig.put(key ^ 1, length);
          if (roomy) {
            awaitRoom(rig);
          }
        }
        default -> {
          // It was dropped for lack of time, gave way on disk, has expired, or a relative has.
          lost += !rig.read(key) && rig.expects(key) ? 1 : 0;
          if (roomy && lost > 0) {
            assertThat(rig.dropped()).as("of which %d are lost", lost).isPositive();
          }
        }
      }
      rig.clock.advance(10);
      if (step % 997 == 996) {
        rig.restart();
      }
      if (step % 1_501 == 1_500) {
        rig.clear();
        assertThat(rig.store.keys()).isZero();
        assertThat(keys(rig)).isEmpty();
      }
    }
  }
}
