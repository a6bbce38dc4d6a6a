// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.load;

import io.incipit.bench.target.ServerProcess;
import io.incipit.env.Clock;
import java.io.IOException;
import java.util.List;
import org.HdrHistogram.Histogram;

/// One way to ask one server: encoded requests that are sent one after the other, over and over.
///
/// @param system the word for it in results
/// @param requests each as many bytes as it needs, all alike in what they ask for
/// @param replies how many replies each gets
/// @param expected the number that each reply has
record Exchange(
    String system,
    ServerProcess server,
    Caller client,
    List<byte[]> requests,
    int replies,
    long expected) {
  private static final long LONGEST_NS = 60_000_000_000L;

  /// What a while of asking gave, a request.
  ///
  /// @param count requests
  /// @param cpuUs CPU time of the server but for just-in-time compilers
  /// @param wallUs time passed
  /// @param p50Us from the moment a request, or the batch it is in, is sent until its reply is read
  /// @param p99Us likewise
  record Outcome(long count, double cpuUs, double wallUs, double p50Us, double p99Us) {}

  /// Asks for about `durationNs`, `depth` requests at a time: all are sent at once, then all their
  /// replies are read.
  Outcome run(int depth, long durationNs) throws IOException {
    var clock = Clock.system();
    var tookNs = new Histogram(LONGEST_NS, 3);
    int longest = requests.stream().mapToInt(request -> request.length).max().orElse(0);
    var batch = new byte[depth * longest];
    long cpu = server.compiledCpuNs();
    long start = clock.nanoTime();
    long now = start;
    for (int next = 0; now - start < durationNs; next += depth) {
      client.send(batch, fill(batch, next, depth));
      long sent = now;
      for (int i = 0; i < depth; i++) {
        takeReplies();
        now = clock.nanoTime();
        tookNs.recordValue(Math.min(LONGEST_NS, now - sent));
      }
    }
    long count = tookNs.getTotalCount();
    return new Outcome(
        count,
        (server.compiledCpuNs() - cpu) / 1e3 / count,
        (now - start) / 1e3 / count,
        tookNs.getValueAtPercentile(50) / 1e3,
        tookNs.getValueAtPercentile(99) / 1e3);
  }

  private int fill(byte[] batch, int next, int depth) {
    int length = 0;
    for (int i = 0; i < depth; i++) {
      var request = requests.get((next + i) % requests.size());
      System.arraycopy(request, 0, batch, length, request.length);
      length += request.length;
    }
    return length;
  }

  private void takeReplies() throws IOException {
    for (int i = 0; i < replies; i++) {
      long reply = client.reply();
      if (reply != expected) {
        throw new IllegalStateException(
            "%s: answered %d (expected: %d)".formatted(system, reply, expected));
      }
    }
  }
}
