// SPDX-License-Identifier: Apache-2.0
package io.incipit.net;

import io.incipit.net.redis.ServerView.CommandTotals;
import io.incipit.net.redis.ServerView.Totals;
import io.incipit.protocol.Command;
import java.util.ArrayDeque;

/// How fast counts have grown of late: over the last minute, or since the start if that is less.
/// Thread-safe.
final class Pulse {
  /// How often to call [#sample].
  static final int EVERY_MILLIS = 5_000;

  private static final long KEPT_NS = 60_000_000_000L;
  private static final double NS_PER_SECOND = 1e9;

  private final ArrayDeque<Sample> samples = new ArrayDeque<>();

  /// What was counted at a moment.
  private record Sample(
      long atNs, long requests, long matches, long publishes, long received, long sent) {
    static Sample of(long atNs, Totals totals) {
      return new Sample(
          atNs,
          totals.requests(),
          calls(totals, Command.MATCH),
          calls(totals, Command.PUBLISH),
          totals.receivedBytes(),
          totals.sentBytes());
    }

    private static long calls(Totals totals, Command command) {
      return totals.commands().stream()
          .filter(its -> its.command() == command)
          .mapToLong(CommandTotals::calls)
          .sum();
    }
  }

  /// Counts a second.
  ///
  /// @param seconds over which they were taken, at least 1
  record Rates(
      double seconds,
      double requests,
      double matches,
      double publishes,
      double receivedBytes,
      double sentBytes) {}

  /// Begins with nothing counted.
  Pulse(long nowNs) {
    samples.add(new Sample(nowNs, 0, 0, 0, 0, 0));
  }

  /// Notes what was counted so far, and forgets what is older than a minute.
  synchronized void sample(long nowNs, Totals totals) {
    samples.add(Sample.of(nowNs, totals));
    while (nowNs - samples.getFirst().atNs() > KEPT_NS) {
      samples.removeFirst();
    }
  }

  /// The rates up to now.
  synchronized Rates rates(long nowNs, Totals totals) {
    var from = samples.getFirst();
    var to = Sample.of(nowNs, totals);
    double seconds = Math.max(1, (nowNs - from.atNs()) / NS_PER_SECOND);
    return new Rates(
        seconds,
        (to.requests() - from.requests()) / seconds,
        (to.matches() - from.matches()) / seconds,
        (to.publishes() - from.publishes()) / seconds,
        (to.received() - from.received()) / seconds,
        (to.sent() - from.sent()) / seconds);
  }
}
