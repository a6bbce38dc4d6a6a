// SPDX-License-Identifier: Apache-2.0
package io.incipit.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.incipit.policy.Answer.Ending;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// What [Hazard] is for, on requests made for it.
class HazardTest {
  private static final long SECOND = 1_000_000_000;
  private static final int CAPACITY = 100;

  /// Prompts whose answers end with a call return after 200 s, others never, and they are alike but
  /// for that.
  @Test
  void answered_callsReturnAndTurnsDoNot_keepsTheCalls() {
    assertThat(callHits(true)).isGreaterThan(callHits(false) * 3 / 2);
  }

  private static int callHits(boolean told) {
    var pool = new BlockPool(PoolConfig.of(CAPACITY, 512), Hazard::new);
    int hits = 0;
    for (int i = 0; i < 20_000; i++) {
      boolean call = i % 4 == 0;
      boolean again = call && i % 80 >= 40;
      long first = 100L * (again ? i - 40 : i);
      long[] ids = {first, first + 1, first + 2, first + 3};
      hits += pool.offer(i * (5 * SECOND), ids, ids.length, 4 * 512);
      if (told) {
        var ending = call && !again ? Ending.CALL : Ending.TURN;
        pool.answered(pool.lastRequest(), new Answer(100, ending));
      }
    }
    return hits;
  }

  @Test
  void answered_unknownRequest_changesNothing() {
    var pool = new BlockPool(PoolConfig.of(CAPACITY, 512), Hazard::new);
    pool.answered(7, new Answer(0, Ending.TURN));

    assertThat(pool.lastRequest()).isEqualTo(-1);
    assertThat(pool.offer(0, new long[] {1}, 1, 512)).isZero();
    assertThat(pool.lastRequest()).isZero();
    assertThatThrownBy(() -> new Answer(-1, Ending.CALL))
        .hasMessage("tokens: -1 (expected: at least 0)");
  }

  /// Documents that are asked about, each question behind the document alone: the question goes
  /// first, and not the end of the document with it.
  @Test
  void offer_questionsBehindDocuments_documentsStayWhole() {
    var pool = new BlockPool(PoolConfig.of(44, 512), Hazard::new);
    int hits = 0;
    for (int i = 0; i < 4_000; i++) {
      long document = i % 4;
      var ids = LongStream.range(100 * document, 100 * document + 14).toArray();
      for (int j = 10; j < ids.length; j++) {
        ids[j] = 1_000 + 10L * i + j;
      }
      int found = pool.offer(i * (10 * SECOND), ids, ids.length, 14 * 512);
      hits += i < 2_000 ? 0 : found;
    }
    assertThat(hits).isGreaterThan(2_000 * 10 * 95 / 100);
  }

  /// A few short prompts return after far more blocks than the pool holds, among long ones that
  /// never do: the pool has to remember more than it holds to learn so.
  @Test
  void offer_smallPoolAndLongAbsences_keepsWhatReturns() {
    var pool = new BlockPool(PoolConfig.of(120, 512), Hazard::new);
    int hits = 0;
    int asked = 0;
    for (int i = 0; i < 8_000; i++) {
      boolean returns = i % 10 == 0;
      long first = returns ? 100L * (i / 10 % 25) : 10_000 + 100L * i;
      var ids = LongStream.range(first, first + (returns ? 4 : 16)).toArray();
      int found = pool.offer(i * (5 * SECOND), ids, ids.length, ids.length * 512);
      if (returns && i >= 4_000) {
        asked += ids.length;
        hits += found;
      }
    }
    assertThat(hits).isGreaterThan(asked / 2);
  }
}
