// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.replay;

import io.incipit.trace.LeftOut;
import java.util.Optional;

/// What a replay found.
///
/// @param blocks blocks asked for, partial ones included
/// @param blockHits of them, leading blocks that were found
/// @param tokens tokens of all prompts
/// @param tokenHits of them, in leading blocks that were found
/// @param distinctBlocks blocks that differ
/// @param leftOut of the trace
/// @param elapsedSeconds the whole replay, reading included
/// @param lookupsPerSecond look-ups, each with the publish after it, per second spent in the
///     target, of all clients together
/// @param latencyMicros of look-ups; paced, from the moment at which a request was due
/// @param traffic what was moved, if blocks have bytes
public record ReplayReport(
    long requests,
    long blocks,
    long blockHits,
    long tokens,
    long tokenHits,
    long distinctBlocks,
    LeftOut leftOut,
    double elapsedSeconds,
    double lookupsPerSecond,
    Latency latencyMicros,
    HitRates hitRates,
    Footprint footprint,
    Optional<BlockTraffic> traffic) {
  /// Share of the blocks asked for that were found; 0 without requests.
  public double blockHitRate() {
    return share(blockHits, blocks);
  }

  /// Share of the tokens that were found; 0 without requests.
  public double tokenHitRate() {
    return share(tokenHits, tokens);
  }

  private static double share(long part, long whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }
}
