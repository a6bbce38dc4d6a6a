// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.chime;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.env.RandomSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What operations on single keys cost, against what was measured of the original programs.
final class PointGoldenTest {
  private static final int KEYS = 400_000;
  private static final int OPERATIONS = 20_000;
  private static final double INSERT = 0.05;
  private static final double EXACT = 0.02;

  private static ChimeConfig config(boolean chime, int keyBytes) {
    return (chime ? ChimeConfig.CHIME : ChimeConfig.SHERMAN_CLV).withKeyBytes(keyBytes);
  }

  @ParameterizedTest
  @CsvSource({
    "true, 8, 3.27, 367, 195",
    "false, 8, 3.20, 1259, 103",
    "true, 32, 3.27, 823, 422",
    "false, 32, 3.20, 3039, 238"
  })
  void randomInsert(boolean chime, int keyBytes, double trips, double read, double written) {
    var rig = new Rig(config(chime, keyBytes));

    rig.cost(KEYS, i -> rig.index.put(Rig.scattered(i), i + 1))
        .isAbout(trips, read, written, INSERT);
  }

  @ParameterizedTest
  @CsvSource({"true, 3.22, 330, 233", "false, 3.19, 1243, 135"})
  void ascendingInsert(boolean chime, double trips, double read, double written) {
    var rig = new Rig(config(chime, 8));

    rig.cost(KEYS, i -> rig.index.put(i + 1, i + 1)).isAbout(trips, read, written, INSERT);
  }

  /// Right guesses of the original were 14 in 100 gets, and (as its bytes say) 22 in 100 updates;
  /// so many keys are made hot first.
  @Test
  void chime_getsAndUpdates() {
    var rig = loaded(ChimeConfig.CHIME);
    var random = RandomSource.seeded(3);
    heat(rig, 0.115);
    rig.cost(OPERATIONS, i -> search(rig, random.nextInt(KEYS))).isAbout(1, 145, 0, EXACT);
    heat(rig, 0.165);
    rig.cost(OPERATIONS, i -> update(rig, random.nextInt(KEYS), i + 1))
        .isAbout(3, 132, 28.7, EXACT);
    rig.cost(OPERATIONS, i -> rig.index.search(Rig.scattered(KEYS + 1L + i)))
        .isAbout(1, 164.5, 0, EXACT);
  }

  /// In 200,000 gets of 5,000 keys, of which 20 in 100 were hot before.
  @Test
  void chime_hotSet() {
    var rig = loaded(ChimeConfig.CHIME);
    var random = RandomSource.seeded(3);
    heat(rig, 0.20);

    rig.cost(200_000, i -> search(rig, random.nextInt(5_000))).isAbout(1, 23.5, 0, EXACT);
  }

  @ParameterizedTest
  @CsvSource({"8, 1132, 25", "32, 2741, 50"})
  void shermanClv_getsAndUpdates(int keyBytes, double read, double written) {
    var rig = loaded(config(false, keyBytes));
    var random = RandomSource.seeded(3);

    rig.cost(OPERATIONS, i -> search(rig, random.nextInt(KEYS))).isAbout(1, read, 0, EXACT);
    rig.cost(OPERATIONS, i -> update(rig, random.nextInt(KEYS), i + 1))
        .isAbout(3, read, written, EXACT);
    rig.cost(OPERATIONS, i -> rig.index.search(Rig.scattered(KEYS + 1L + i)))
        .isAbout(1, read, 0, EXACT);
    rig.cost(OPERATIONS, i -> rig.index.delete(Rig.scattered(i))).isAbout(3, read, written, EXACT);
    assertThat(rig.index.search(Rig.scattered(7))).isZero();
  }

  /// 235 bytes of the original are 40 right guesses in 100.
  @Test
  void chime32_update() {
    var rig = loaded(config(true, 32));
    var random = RandomSource.seeded(3);
    heat(rig, 0.38);

    rig.cost(OPERATIONS, i -> update(rig, random.nextInt(KEYS), i + 1)).isAbout(3, 235, 53, EXACT);
  }

  /// A cold client reads where the root is, three inner nodes and a neighbourhood.
  @Test
  void chime_coldSearch() {
    var rig = loaded(ChimeConfig.CHIME);
    var cost =
        rig.cost(
            100,
            i -> {
              var cold = ChimeIndex.open(rig.client, rig.config);
              assertThat(cold.search(Rig.scattered(i))).isPositive();
            });

    cost.isAbout(5, 8 + 3 * 1148 + 164.5, 0, EXACT);
  }

  private static Rig loaded(ChimeConfig config) {
    var rig = new Rig(config);
    for (int i = 0; i < KEYS; i++) {
      rig.index.put(Rig.scattered(i), i + 1);
    }
    rig.index.warm();
    return rig;
  }

  private static void heat(Rig rig, double share) {
    for (int i = 0; i < KEYS; i++) {
      if ((LeafLayout.hash(i) & 1023) < share * 1024) {
        search(rig, i);
      }
    }
  }

  private static void search(Rig rig, int number) {
    assertThat(rig.index.search(Rig.scattered(number)) == 0).isFalse();
  }

  private static void update(Rig rig, int number, long value) {
    assertThat(rig.index.update(Rig.scattered(number), value)).isTrue();
  }
}
