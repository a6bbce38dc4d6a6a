// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.simulate;

import io.incipit.trace.LeftOut;
import io.incipit.trace.simulate.tier.TierRow;
import java.util.List;
import java.util.Map;

/// What a simulation found.
///
/// @param rows by trace, then policy, then capacity, as they were asked for
/// @param curves of `leaf-lru`, by trace; empty if not asked for
/// @param leftOut by trace
/// @param hints by trace, if any were asked for
/// @param tiers by trace, then policy, capacity and disk; empty if no disk was asked for
public record SimReport(
    List<SimRow> rows,
    Map<String, LruCurve> curves,
    Map<String, LeftOut> leftOut,
    Map<String, HintCounts> hints,
    List<TierRow> tiers) {
  /// A report without disks.
  public SimReport(
      List<SimRow> rows,
      Map<String, LruCurve> curves,
      Map<String, LeftOut> leftOut,
      Map<String, HintCounts> hints) {
    this(rows, curves, leftOut, hints, List.of());
  }
}
