// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.chime;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.bench.pool.Retry;
import java.util.EnumMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Clients whose requests tear and interleave: nobody finds what it may not find. And planted bugs
/// make somebody find it.
final class ConcurrencyTest {
  private static final int KEYS = 240;
  private static final int SEEDS = 4;

  /// Seeds after which a bug that nobody found counts as not found.
  private static final int PLANTED_SEEDS = 60;

  private static ChimeConfig step(int changes, int keyBytes) {
    return ChimeConfig.CHIME.with(changes).withKeyBytes(keyBytes).withRepaired(true);
  }

  /// Two writers and three readers on all six trees, requests in the order of addresses.
  @ParameterizedTest
  @CsvSource({
    "0, 8, true",
    "1, 8, true",
    "2, 8, true",
    "3, 8, true",
    "4, 8, true",
    "5, 8, true",
    "0, 32, false",
    "5, 32, false",
    "5, 8, false"
  })
  void ascending_nothingWrong(int changes, int keyBytes, boolean dense)
      throws InterruptedException {
    var retries = new EnumMap<Retry, Long>(Retry.class);
    for (long seed = 0; seed < SEEDS; seed++) {
      var setting = new Crowd.Setting(step(changes, keyBytes), KEYS, dense, true, false);
      var crowd = new Crowd(setting, ChimeFault.NONE, seed);
      crowd.run(2, 200, 3, 300);
      for (var cause : Retry.values()) {
        retries.merge(cause, crowd.retries(cause), Long::sum);
      }
    }
    assertThat(retries.get(Retry.TORN)).isPositive();
    assertThat(retries.get(Retry.STALE)).isPositive();
    assertThat(retries.get(Retry.LOCK)).isPositive();
    assertThat(retries.get(Retry.WRONG_GUESS) > 0).isEqualTo(changes == 5);
  }

  /// One writer, lines in any order: an unlock may then come before what it travels with, so more
  /// writers would need what CHIME does not have.
  @ParameterizedTest
  @CsvSource({"0, 8", "5, 8", "5, 32"})
  void anyOrder_oneWriter_nothingWrong(int changes, int keyBytes) throws InterruptedException {
    for (long seed = 0; seed < SEEDS; seed++) {
      var setting = new Crowd.Setting(step(changes, keyBytes), KEYS, true, false, false);
      new Crowd(setting, ChimeFault.NONE, seed).run(1, 300, 3, 300);
    }
  }

  /// All on one machine that shares reads and writes: both happen.
  @ParameterizedTest
  @CsvSource({"0", "5"})
  void shared_nothingWrong(int changes) throws InterruptedException {
    long shared = 0;
    for (long seed = 0; seed < SEEDS; seed++) {
      var setting = new Crowd.Setting(step(changes, 8), 24, true, true, true);
      var crowd = new Crowd(setting, ChimeFault.NONE, seed);
      crowd.run(2, 200, 4, 300);
      shared += requireNonNull(crowd.machine()).sharedReads();
    }
    assertThat(shared).isPositive();
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void planted_isFound(ChimeFault fault) throws InterruptedException {
    var failed = firstFailure(fault);
    assertThat(failed).as("seed that finds %s", fault).isBetween(0L, (long) PLANTED_SEEDS - 1);
  }

  /// Bugs show best in a small tree, whose leaves are nearly full; half a split, in a leaf whose
  /// header stands far from its entries, and where there are many splits.
  private static long firstFailure(ChimeFault fault) throws InterruptedException {
    boolean halves = fault == ChimeFault.NO_NODE_VERSION;
    int keys = halves ? 600 : 100;
    int writers = fault == ChimeFault.NO_BITMAP ? 1 : 2;
    int operations = halves ? 200 : 100;
    var setting = new Crowd.Setting(step(halves ? 1 : 5, 8), keys, true, true, false);
    for (long seed = 0; seed < PLANTED_SEEDS; seed++) {
      try {
        new Crowd(setting, fault, seed).run(writers, operations, 4, operations);
      } catch (AssertionError expected) {
        return seed;
      }
    }
    return PLANTED_SEEDS;
  }
}
