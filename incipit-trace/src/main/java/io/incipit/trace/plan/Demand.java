// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.plan;

import io.incipit.trace.LeftOut;
import io.incipit.trace.TraceReader;
import java.io.IOException;
import java.util.BitSet;
import java.util.function.IntConsumer;

/// What a trace asks for when there is no cache.
///
/// @param durationSeconds from the first arrival to the last; 0 if the trace does not tell
/// @param inputTokens of all prompts
/// @param distinctBlocks different full blocks: what a cache that never forgets would hold
/// @param prefillSeconds to compute all prompts, one after the other
public record Demand(
    long requests,
    double durationSeconds,
    long inputTokens,
    int blockTokens,
    long distinctBlocks,
    double prefillSeconds,
    TtftSeconds ttft,
    LeftOut leftOut) {
  private static final double NANOS = 1e9;

  /// Reads a trace to its end.
  ///
  /// @param progress is told how many requests are read
  static Demand of(TraceReader reader, PrefillTime time, IntConsumer progress) throws IOException {
    var seen = new BitSet();
    var ttft = new TtftSeconds.Meter();
    long requests = 0;
    long tokens = 0;
    long firstNs = 0;
    long lastNs = 0;
    double seconds = 0;
    for (var next = reader.next(); next.isPresent(); next = reader.next()) {
      var request = next.get();
      int full = request.fullBlocks();
      for (int i = 0; i < full; i++) {
        seen.set(Math.toIntExact(request.ids().id(i)));
      }
      double its = time.seconds(request.inputTokens(), 0);
      ttft.add(its);
      seconds += its;
      tokens += request.inputTokens();
      firstNs = requests == 0 ? request.timeNs() : firstNs;
      lastNs = request.timeNs();
      requests++;
      progress.accept((int) Math.min(Integer.MAX_VALUE, requests));
    }
    var leftOut = LeftOut.of(reader);
    return new Demand(
        requests,
        leftOut.notes().timesUnknown() ? 0 : (lastNs - firstNs) / NANOS,
        tokens,
        reader.blockTokens(),
        seen.cardinality(),
        seconds,
        ttft.percentiles(),
        leftOut);
  }
}
