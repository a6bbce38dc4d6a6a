// SPDX-License-Identifier: Apache-2.0
package io.incipit.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.incipit.block.Hint;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// What hints about paths do to a pool that runs [Hazard], in pools so small that all leaves are
/// compared.
class PathHintsTest {
  private static final long SECOND = 1_000_000_000;
  private static final int PATH = 10;

  private final BlockPool pool = new BlockPool(PoolConfig.of(50, 512), Hazard::new);

  /// Path `p` has nothing in common with others.
  private static long[] path(int p) {
    return LongStream.range(100L * p, 100L * p + PATH).toArray();
  }

  /// The first `shared` blocks of path `p`, and others behind them.
  private static long[] fork(int p, int shared, int number) {
    var ids = path(p);
    for (int i = shared; i < PATH; i++) {
      ids[i] = 10_000 + 100L * number + i;
    }
    return ids;
  }

  private int offer(int second, long... ids) {
    return pool.offer(second * SECOND, ids, ids.length, ids.length * 512);
  }

  private void hint(int second, Hint hint, long... ids) {
    pool.hint(second * SECOND, ids, ids.length, hint);
  }

  private int held(long... ids) {
    return (int) LongStream.of(ids).filter(pool::holds).count();
  }

  private static Hint back(double seconds) {
    return new Hint.Back((long) (seconds * SECOND));
  }

  private void offerPaths(int from, int to, int second) {
    for (int p = from; p < to; p++) {
      offer(second + p - from, path(p));
    }
  }

  @Test
  void hint_done_goesBeforeAllOthers() {
    offerPaths(0, 5, 0);
    hint(10, Hint.DONE, path(3));
    offer(11, path(8));

    assertThat(held(path(3))).isZero();
    assertThat(pool.blocks()).isEqualTo(50);
  }

  @Test
  void hint_doneAndAskedForAgain_isTakenBack() {
    offerPaths(0, 5, 0);
    hint(10, Hint.DONE, path(3));
    assertThat(offer(11, path(3))).isEqualTo(PATH);
    offer(12, path(8));

    assertThat(held(path(3))).isEqualTo(PATH);
  }

  @Test
  void hint_noneAfterDone_takesItBack() {
    offerPaths(0, 5, 0);
    hint(10, Hint.DONE, path(4));
    hint(10, Hint.NONE, path(4));
    offer(11, path(8));

    assertThat(held(path(4))).isEqualTo(PATH);
  }

  /// What another path has used since, or had before, stays.
  @Test
  void hint_doneOfOneOfTwo_leavesWhatTheyShare() {
    offer(0, path(0));
    offer(1, fork(0, 4, 1));
    offerPaths(2, 5, 2);
    hint(10, Hint.DONE, path(0));
    hint(10, Hint.DONE, fork(0, 4, 1));
    offer(11, path(8));
    offer(12, LongStream.range(900, 906).toArray());

    assertThat(held(path(0))).isEqualTo(4);
    assertThat(held(fork(0, 4, 1))).isEqualTo(4);
    assertThat(pool.blocks()).isEqualTo(50);
  }

  @Test
  void hint_doneLate_afterALongerPromptCame_isIgnored() {
    offerPaths(0, 4, 0);
    var longer = LongStream.range(300, 312).toArray();
    offer(5, longer);
    hint(6, Hint.DONE, path(3));
    offer(7, LongStream.range(900, 918).toArray());

    assertThat(held(longer)).isEqualTo(longer.length);
  }

  /// Each second a path that is used again a second later, and then never: the pool learns that.
  private void stream(int from, int to) {
    for (int p = from; p < to; p++) {
      offer(p, path(p));
      offer(p, path(p - 1));
    }
  }

  @Test
  void hint_back_staysAsLongAsPromised() {
    stream(1, 1_000);
    hint(1_000, back(60), path(998));
    for (int p = 1_000; p < 1_060; p++) {
      stream(p, p + 1);
      assertThat(held(path(998))).as("path %d", p).isEqualTo(PATH);
    }
    assertThat(held(path(1_050))).isZero();
  }

  /// What a promise is worth, how that halves, and that it is void a quarter of its time later.
  @Test
  void say_back_isWorthACertainReturnUntilItIsLate() {
    var ring = new RequestRing();
    ring.add(0, PATH);
    var hints = new PathHints(ring);
    hints.begin(0, 4);
    assertThat(hints.promises(0, 9, 1)).isFalse();
    hints.say(0, 10, back(40));

    assertThat(hints.promises(0, 4, 60)).isTrue();
    assertThat(hints.promises(0, 3, 60)).isFalse();
    assertThat(hints.promises(0, 4, 60.1)).isFalse();
    assertThat(hints.worth(0, 10)).isEqualTo(1 / 40.0);
    assertThat(hints.worth(0, 30)).isEqualTo(1 / 20.0);
    assertThat(hints.worth(0, 55)).isEqualTo(1 / 5.0);
    hints.say(0, 30, back(20));
    assertThat(hints.worth(0, 30)).isEqualTo(1 / 40.0);
    hints.taken(0, 4);
    assertThat(hints.promises(0, 9, 30)).isTrue();
    hints.taken(0, 5);
    assertThat(hints.promises(0, 9, 30)).isFalse();
    hints.say(0, 30, Hint.NONE);
    assertThat(hints.promises(0, 4, 30)).isFalse();
    hints.say(0, 30, back(0));
    assertThat(hints.worth(0, 30)).isEqualTo(1 / 0.5 / 4);
    assertThat(hints.promises(0, 4, 31)).isTrue();
    assertThat(hints.promises(0, 4, 31.1)).isFalse();
  }

  /// Whoever promises again and again, and never comes, keeps nothing for long.
  @Test
  void hint_backRenewedForEver_pinsNothing() {
    stream(1, 1_000);
    for (int p = 1_000; p < 1_100; p++) {
      hint(p, back(20), path(998));
      stream(p, p + 1);
    }
    assertThat(held(path(998))).isZero();
    assertThat(pool.blocks()).isEqualTo(50);
  }

  /// All that is said to be done comes back, and soon nobody listens.
  @Test
  void hint_doneOfWhatReturns_losesItsSay() {
    assertThat(lies(true)).isGreaterThan(lies(false) * 8 / 10);
  }

  /// Three paths in turn, and others between them that never return.
  private static int lies(boolean told) {
    var its = new BlockPool(PoolConfig.of(50, 512), Hazard::new);
    int hits = 0;
    for (int i = 0; i < 6_000; i++) {
      boolean returns = i % 2 == 0;
      var ids = path(returns ? i / 2 % 3 : 10 + i);
      int found = its.offer(i * SECOND, ids, PATH, PATH * 512);
      hits += returns && i > 3_000 ? found : 0;
      if (told && returns) {
        its.hint(i * SECOND, ids, PATH, Hint.DONE);
      }
    }
    return hits;
  }

  @Test
  void hint_aboutNothingKnown_changesNothing() {
    hint(0, Hint.DONE, path(0));
    hint(0, Hint.DONE);
    offerPaths(0, 5, 0);
    hint(6, Hint.DONE, path(9));
    hint(6, back(10), fork(0, 4, 3));

    assertThat(pool.blocks()).isEqualTo(50);
    assertThatThrownBy(() -> new Hint.Back(-1))
        .hasMessage("afterNs: -1 (expected: 0 to 86400000000000)");
  }

  @Test
  void hint_backWithoutClock_isIgnored() {
    var timeless =
        new BlockPool(new PoolConfig(50, 512, PoolConfig.Timing.TOUCHES, 1), Hazard::new);
    for (int p = 0; p < 5; p++) {
      timeless.offer(0, path(p), PATH, PATH * 512);
    }
    timeless.hint(0, path(0), PATH, back(1));
    for (int p = 5; p < 20; p++) {
      timeless.offer(0, path(p), PATH, PATH * 512);
    }

    assertThat(timeless.holds(0)).isFalse();
  }
}
