// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.report;

import static io.incipit.trace.report.Words.whole;

import io.incipit.trace.simulate.tier.TierRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Simulated caches with a disk as cells, as text and page both have them.
final class TierCells {
  private TierCells() {}

  /// A head, and a row for each cache: found and saved in %.
  static List<List<String>> of(List<TierRow> rows) {
    var table = new ArrayList<List<String>>();
    table.add(
        List.of(
            "policy, HOST + DISK",
            "HOST, %",
            "DISK, %",
            "both, %",
            "tokens",
            "saved",
            "written",
            "amplified",
            "reclaims"));
    rows.forEach(row -> table.add(cells(row)));
    return table;
  }

  private static List<String> cells(TierRow row) {
    return List.of(
        "%s, %s + %s".formatted(row.policy(), row.capacity(), row.disk()),
        percent(row.hostBlockHitRate()),
        percent(row.diskBlockHitRate()),
        percent(row.blockHitRate()),
        percent(row.tokenHitRate()),
        percent(row.savedComputeRate()),
        whole(row.moves().written()),
        number(row.writeAmplification()),
        whole(row.moves().reclaims()));
  }

  private static String percent(double rate) {
    return number(100 * rate);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }
}
