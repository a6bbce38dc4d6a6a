// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.report;

import io.incipit.trace.analyze.Spread;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.stream.Stream;

/// Spreads as rows of a table.
final class SpreadRow {
  private SpreadRow() {}

  /// What stands above them.
  static List<String> head(String label) {
    return List.of(label, "mean", "p10", "p25", "p50", "p75", "p90", "p95", "p99", "max");
  }

  /// One of them.
  static List<String> of(String label, Spread spread, DoubleFunction<String> form) {
    var values =
        Stream.of(
            spread.mean(),
            spread.p10(),
            spread.p25(),
            spread.p50(),
            spread.p75(),
            spread.p90(),
            spread.p95(),
            spread.p99(),
            spread.max());
    return Stream.concat(Stream.of(label), values.map(form::apply)).toList();
  }
}
