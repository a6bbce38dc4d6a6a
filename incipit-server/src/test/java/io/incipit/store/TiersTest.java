// SPDX-License-Identifier: Apache-2.0
package io.incipit.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/// Values that move between memory and disk: none is ever wrong, none is lost while there is room,
/// and what one tier is told the other one holds to.
class TiersTest {
  private static final int KIB = 1 << 10;
  private static final int MIB = 1 << 20;
  private static final int KEYS = 120;

  /// For some of the steps of a program.
  private static final long EXPIRY_NS = 50_000_000;

  /// Programs that are run, and at most to find a bug that was planted.
  private static final int SEEDS = 8;
  private static final int PLANTED_SEEDS = 32;

  @TempDir private Path directory;

  private TierRig rig(String name, long diskBytes, Durability durability, TierFault planted)
      throws IOException {
    return new TierRig(directory.resolve(name), 2 * MIB, diskBytes, durability, planted);
  }

  @Test
  void moreThanMemoryHolds_isAllThere_andAfterARestart() throws IOException {
    fillAndRestart(TierFault.NONE);
  }

  private void fillAndRestart(TierFault planted) throws IOException {
    try (var rig = rig("fill", 64L * MIB, Durability.MEMORY, planted)) {
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
      for (int key = 0; key < 8; key++) {
        // In memory only.
        assertThat(rig.put(key, 10 * KIB)).isTrue();
      }
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
  void wrongValueInMemory_isFoundByTheScrub_andServedFromDisk() throws IOException {
    try (var rig = rig("scrub", 64L * MIB, Durability.DISK, TierFault.NONE)) {
      assertThat(rig.put(0, 200 * KIB)).isTrue();
      rig.flip(0);
      rig.clock.advance(61_000_000_000L);
      TierRig.awaitThat(() -> rig.stat("store-corrupt").orElseThrow() == 1);
      assertThat(rig.read(0)).isTrue();
      assertThat(rig.stat("store-promoted")).hasValue(1);
    }
  }

  @Test
  void whatExpires_isGoneInBothTiers() throws IOException {
    expireBelow(TierFault.NONE);
  }

  private void expireBelow(TierFault planted) throws IOException {
    try (var rig = rig("expiring", 64L * MIB, Durability.MEMORY, planted)) {
      rig.put(0, 40 * KIB, rig.clock.nanoTime() + 3_600_000_000_000L);
      for (int key = 2; rig.store.isInMemory(TierRig.key(0)) && key < KEYS; key++) {
        // Each is of another prompt.
        rig.clock.advance(1_000_000_000);
        assertThat(rig.put(key, 40 * KIB)).isTrue();
        awaitRoom(rig);
      }
      assertThat(rig.store.isInMemory(TierRig.key(0))).isFalse();
      rig.clock.advance(3_600_000_000_000L);
      assertThat(rig.read(0)).isFalse();
    }
  }

  @Test
  void whatIsReplacedByWhatExpires_isGoneInBothTiers() throws IOException {
    replaceBelow(TierFault.NONE);
  }

  private void replaceBelow(TierFault planted) throws IOException {
    try (var rig = rig("replaced", 64L * MIB, Durability.DISK, planted)) {
      assertThat(rig.put(0, 40 * KIB)).isTrue();
      assertThat(rig.put(0, 40 * KIB, rig.clock.nanoTime() + EXPIRY_NS)).isTrue();
      rig.clock.advance(EXPIRY_NS);
      assertThat(rig.read(0)).isFalse();
    }
  }

  @Test
  void whatOneTierIsTold_theOtherHoldsTo() throws IOException {
    for (int seed = 0; seed < SEEDS; seed++) {
      run(seed, TierFault.NONE);
    }
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
  void plantedBug_isFound(TierFault planted) {
    assertThatThrownBy(
            () -> {
              fillAndRestart(planted);
              expireBelow(planted);
              replaceBelow(planted);
              for (int seed = 0; seed < PLANTED_SEEDS; seed++) {
                run(seed, planted);
              }
            })
        .isInstanceOf(AssertionError.class);
  }

  private void run(int seed, TierFault planted) throws IOException {
    boolean roomy = seed % 2 == 0;
    var durability = seed % 4 < 2 ? Durability.MEMORY : Durability.DISK;
    try (var rig = rig("seed-" + seed, (roomy ? 64L : 4L) * MIB, durability, planted)) {
      run(rig, new Random(seed), roomy);
    }
  }

  private static void run(TierRig rig, Random random, boolean roomy) throws IOException {
    int lost = 0;
    for (int step = 0; step < 1_000; step++) {
      int key = random.nextInt(KEYS);
      switch (roomy ? 2 + random.nextInt(40) : random.nextInt(42)) {
        case 0 -> rig.expire(key, EXPIRY_NS);
        case 1 -> rig.put(key, 1 + random.nextInt(60 * KIB), rig.clock.nanoTime() + EXPIRY_NS);
        case 2 -> rig.remove(key);
        case 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 -> {
          rig.putFamily(key, 1 + random.nextInt(60 * KIB));
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
          rig.checkFamily(key);
        }
      }
      rig.clock.advance(10);
      if (step % 397 == 396) {
        rig.restart();
      }
      if (step % 601 == 600) {
        rig.clear();
        assertThat(rig.store.keys()).isZero();
        assertThat(keys(rig)).isEmpty();
      }
    }
  }
}
