// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.guard;

import io.incipit.bench.load.RespClient;
import io.incipit.env.Clock;
import java.io.IOException;
import java.util.List;
import org.HdrHistogram.Histogram;

/// Somebody who asks at a pace, and whose answers are timed. For one thread.
final class Pace {
  private static final long LONGEST_NS = 60_000_000_000L;
  private static final long EVERY_NS = 300_000;

  private final Clock clock = Clock.system();
  private final RespClient client;
  private final List<byte[]> requests;
  private final long expected;

  /// @param expected the number that each reply has
  Pace(RespClient client, List<byte[]> requests, long expected) {
    this.client = client;
    this.requests = requests;
    this.expected = expected;
  }

  /// Asks for a while.
  ///
  /// @return the 99th percentile of the times from a request to its reply, in microseconds
  double p99Us(long durationNs) throws IOException, InterruptedException {
    var tookNs = new Histogram(LONGEST_NS, 3);
    long start = clock.nanoTime();
    for (int i = 0; clock.nanoTime() - start < durationNs; i++) {
      var request = requests.get(i % requests.size());
      long sent = clock.nanoTime();
      client.send(request, request.length);
      long reply = client.reply();
      tookNs.recordValue(Math.min(LONGEST_NS, clock.nanoTime() - sent));
      if (reply != expected) {
        throw new IllegalStateException("answered %d (expected: %d)".formatted(reply, expected));
      }
      clock.sleepNs(EVERY_NS);
    }
    return tookNs.getValueAtPercentile(99) / 1e3;
  }
}
