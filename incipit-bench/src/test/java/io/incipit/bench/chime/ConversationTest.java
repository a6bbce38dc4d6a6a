// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.chime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The conversation trace, against what was measured of the original programs.
final class ConversationTest {
  private static Conversation conversation() throws IOException {
    return new Conversation();
  }

  private static ChimeConfig config(boolean chime, int keyBytes) {
    return (chime ? ChimeConfig.CHIME : ChimeConfig.SHERMAN_CLV).withKeyBytes(keyBytes);
  }

  /// As published, cold. CHIME's gets with 8-byte keys read 8 in 100 fewer bytes than was measured:
  /// many are of one id, and whether its entry takes 19 bytes or, with a replica before it, 30
  /// depends on the hash, which is not the original's. That this is why is a guess.
  @ParameterizedTest
  @CsvSource({
    "true, 8, 1.02, 66.6, 0.02, 3.21, 7, 292",
    "false, 8, 1.02, 1153, 0.02, 3.19, 6, 303",
    "true, 32, 1.02, 151, 0.02, 3.21, 7, 294",
    "false, 32, 1.02, 2791, 0.02, 3.19, 6, 322"
  })
  void cold(
      boolean chime,
      int keyBytes,
      double getTrips,
      double getBytes,
      double getShare,
      double putTrips,
      double putWorst,
      double requestMicros)
      throws IOException {
    var result = conversation().replay(new Rig(config(chime, keyBytes)), false);

    assertThat(result.wrong).isZero();
    assertThat(result.ranges.quantile(0.5)).isEqualTo(3);
    assertThat(result.ranges.quantile(0.9)).isEqualTo(35);
    assertThat(result.ranges.quantile(0.99)).isCloseTo(133, within(1.0));
    assertThat(result.ranges.quantile(1)).isEqualTo(247);
    assertThat(result.gets.mean()).isCloseTo(getTrips, within(0.02 * getTrips));
    assertThat(result.gets.meanBytes()).isCloseTo(getBytes, within(getShare * getBytes));
    assertThat(result.puts.mean()).isCloseTo(putTrips, within(0.02 * putTrips));
    assertThat(result.puts.quantile(0.99)).isEqualTo(putWorst);
    assertThat(result.micros.quantile(0.99)).isCloseTo(requestMicros, within(0.03 * requestMicros));
  }

  /// As published, preloaded in the order of ids; that all were searched once before fits what was
  /// measured. CHIME's gets with 8-byte keys were 26 bytes: see above.
  @ParameterizedTest
  @CsvSource({
    "true, 8, 19.6, 1203",
    "false, 8, 1132, 1771",
    "true, 32, 44, 2623",
    "false, 32, 2741, 4253"
  })
  void preloaded(boolean chime, int keyBytes, double getBytes, double rangeBytes)
      throws IOException {
    double share = 0.02;
    var result = conversation().replay(new Rig(config(chime, keyBytes)), true);

    assertThat(result.wrong).isZero();
    assertThat(result.ranges.quantile(1)).isEqualTo(1);
    assertThat(result.gets.mean()).isEqualTo(1);
    assertThat(result.gets.meanBytes()).isCloseTo(getBytes, within(share * getBytes));
    assertThat(result.ranges.meanBytes()).isCloseTo(rangeBytes, within(share * rangeBytes));
    assertThat(result.requests.quantile(0.99)).isEqualTo(9);
  }

  /// Repaired: what is not there costs no searches.
  @ParameterizedTest
  @CsvSource({
    "true, 8, false", "false, 8, false", "true, 32, false", "false, 32, false",
    "true, 8, true", "false, 8, true", "true, 32, true", "false, 32, true"
  })
  void repaired_isNeverWrong(boolean chime, int keyBytes, boolean batched) throws IOException {
    var repaired = config(chime, keyBytes).withRepaired(true).withBatched(batched);
    var cold = conversation().replay(new Rig(repaired), false);
    var preloaded = conversation().replay(new Rig(repaired), true);

    assertThat(cold.wrong).isZero();
    assertThat(preloaded.wrong).isZero();
    if (!batched) {
      assertThat(cold.ranges.quantile(0.5)).isEqualTo(1);
      assertThat(cold.ranges.quantile(0.99)).isLessThanOrEqualTo(4);
    }
    assertThat(cold.requests.quantile(0.5)).isEqualTo(batched ? 1 : 2);
    assertThat(preloaded.requests.quantile(1)).isEqualTo(batched ? 1 : 24);
  }

  /// As published, in one batch: what is missing is still searched one by one.
  @Test
  void batched_asPublished_isNotWrong() throws IOException {
    var result = conversation().replay(new Rig(ChimeConfig.CHIME.withBatched(true)), false);

    assertThat(result.wrong).isZero();
    assertThat(result.requests.quantile(0.99)).isGreaterThan(100);
  }
}
