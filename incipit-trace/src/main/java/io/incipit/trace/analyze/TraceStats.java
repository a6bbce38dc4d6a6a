// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.analyze;

import io.incipit.trace.TraceReader;
import java.io.IOException;
import java.util.function.IntConsumer;

/// Everything that is measured of a trace; each part says how in its own comment.
///
/// Rates and shares are in `[0, 1]`.
public record TraceStats(
    SizeStats size,
    HitStats hits,
    SequenceStats sequence,
    RandomnessStats randomness,
    ReuseStats reuse,
    PositionStats position,
    TreeStats tree,
    WorkingSetStats workingSet,
    RateStats rates,
    SessionStats sessions,
    HeatStats heat) {
  /// Whether anything follows about reuse.
  public boolean tellsSharing() {
    return !size.notes().sharingUnknown();
  }

  /// Whether anything follows about time.
  public boolean tellsTimes() {
    return !size.notes().timesUnknown();
  }

  /// Reads a trace to its end and measures it. Keeps it in memory: about 30 B for each request and
  /// distinct block, 8 B for each run, and twice that while it measures.
  ///
  /// @param progress hears how many requests were read
  public static TraceStats of(TraceReader reader, IntConsumer progress) throws IOException {
    var table = TraceTable.read(reader, progress);
    return new TraceStats(
        SizeStats.of(table),
        HitStats.of(table),
        SequenceStats.of(table),
        RandomnessStats.of(table),
        ReuseStats.of(table),
        PositionStats.of(table),
        TreeStats.of(table),
        WorkingSetStats.of(table),
        RateStats.of(table),
        SessionStats.of(table),
        HeatStats.of(table));
  }
}
