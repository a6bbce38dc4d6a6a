// SPDX-License-Identifier: Apache-2.0
package io.incipit.env;

import java.util.Locale;
import java.util.function.LongPredicate;

/// A random search for a failure: rounds with a seed each, at least one, until its time is up. So
/// a search ends on any machine, and a slow or loaded one does fewer rounds.
///
/// The first seed is that of `-Dincipit.seed`, or a fresh one; each round has the next. A failure
/// names the seed of its round, which repeats it as the first. Each search prints how many rounds
/// it did, in a line that `checks/test.sh` shows again at its end.
public final class Search {
  /// What takes long for the same reason; each is asked for, and ends, alone.
  public enum Family {
    /// Random calls beside a model.
    PROGRAMS,
    /// Threads that race.
    STRESS,
    /// Model checking, and what else Lincheck does.
    LINCHECK;

    /// Whether the long version was asked for: `-Dincipit.slow.programs=true` and the like.
    public boolean isSlow() {
      return Boolean.getBoolean("incipit.slow." + name().toLowerCase(Locale.ROOT));
    }
  }

  /// One round.
  @FunctionalInterface
  public interface Round {
    /// Fails by throwing.
    void run(long seed) throws Exception;
  }

  private static final long SECOND_NS = 1_000_000_000;

  private final String name;
  private final long durationNs;

  private Search(String name, long durationNs) {
    this.name = name;
    this.durationNs = durationNs;
  }

  /// A search that goes on for `briefS` seconds, in the long version for `slowS`; zero is a single
  /// round.
  ///
  /// @param name of what is searched, for the line printed
  public static Search of(Family family, String name, int briefS, int slowS) {
    return new Search(name, (family.isSlow() ? slowS : briefS) * SECOND_NS);
  }

  /// The seed of `-Dincipit.seed`, or a fresh one.
  public static long seed() {
    var given = System.getProperty("incipit.seed", "");
    return given.isEmpty() ? RandomSource.system().fresh() : Long.parseLong(given);
  }

  /// Runs rounds until time is up.
  ///
  /// @throws AssertionError if one fails, with its seed
  public void run(Round round) {
    rounds(
        seed -> {
          try {
            round.run(seed);
            return false;
          } catch (Exception | AssertionError failure) {
            throw new AssertionError(name + ": -Dincipit.seed=" + seed, failure);
          }
        },
        durationNs);
  }

  /// Runs rounds until one finds what it looks for, without an end of its own: for a planted fault,
  /// which must be found.
  public void runUntil(LongPredicate round) {
    rounds(round, Long.MAX_VALUE);
  }

  private void rounds(LongPredicate round, long forNs) {
    long first = seed();
    long start = System.nanoTime();
    long count = 0;
    boolean found;
    do {
      found = round.test(first + count++);
    } while (!found && System.nanoTime() - start < forNs);
    System.out.printf(
        Locale.ROOT,
        "rounds: %s: %,d in %.0f s%n",
        name,
        count,
        (System.nanoTime() - start) / (double) SECOND_NS);
  }
}
