// SPDX-License-Identifier: Apache-2.0
package io.incipit.net;

import io.incipit.block.Op;
import io.incipit.block.Reply;
import io.incipit.block.Value;
import io.incipit.service.Service;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// The engines that are followed, as the front page shows them.
final class SourceTable {
  /// Sources with a row of their own.
  static final int ROWS_MAX = 50;

  private static final int ERROR_MAX = 200;

  private static final String HEAD =
      """
      <h2>Engines</h2>
        <div class="scroll" tabindex="0"><table>
          <tr><th>owner</th><th>state</th><th>held</th><th>events, last minute</th>
            <th>last message</th><th>gaps</th><th>replays</th><th>waiting</th>
            <th>beyond capacity</th></tr>
      """;

  private SourceTable() {}

  /// The table, as HTML; nothing if nobody is followed.
  static String html(Service service) {
    var reply = service.answer(new Op.Engines(0, ROWS_MAX + 1));
    if (!(reply instanceof Reply.Rows(var rows)) || rows.isEmpty()) {
      return "";
    }
    var more =
        rows.size() > ROWS_MAX
            ? "<p class=\"soft\">Shown are the first %d; <code>KVC.ENGINES</code> has all.</p>"
                .formatted(ROWS_MAX)
            : "";
    return rows.stream()
        .limit(ROWS_MAX)
        .map(SourceTable::row)
        .collect(Collectors.joining("\n", HEAD, "</table></div>" + more));
  }

  private static String row(Map<String, Value> row) {
    var cells =
        List.of(
            text(row, "owner"),
            text(row, "state"),
            count(row, "held"),
            count(row, "last-minute"),
            age(number(row, "silent-ms")),
            count(row, "gaps"),
            count(row, "replays"),
            count(row, "waiting"),
            drift(row));
    int columns = cells.size();
    return cells.stream()
            .map(FrontFacts::escaped)
            .collect(Collectors.joining("</td><td>", "<tr><td>", "</td></tr>"))
        + below(columns, text(row, "last-error"))
        + below(columns, text(row, "warning"));
  }

  private static String below(int columns, String text) {
    return text.isEmpty()
        ? ""
        : "<tr><td class=\"warning\" colspan=\"%d\">%s</td></tr>"
            .formatted(columns, FrontFacts.escaped(cut(text)));
  }

  private static String cut(String text) {
    return text.length() <= ERROR_MAX ? text : text.substring(0, ERROR_MAX) + "...";
  }

  private static String text(Map<String, Value> row, String name) {
    return row.get(name) instanceof Value.Text(var text) ? text : "";
  }

  private static long number(Map<String, Value> row, String name) {
    return row.get(name) instanceof Value.Whole(long number) ? number : 0;
  }

  private static String count(Map<String, Value> row, String name) {
    return String.format(Locale.ROOT, "%,d", number(row, name));
  }

  /// What goes beyond the capacity, if that is known, and what was dropped for it.
  private static String drift(Map<String, Value> row) {
    return number(row, "capacity") <= 0
        ? "–"
        : "%s of %s, %s aged"
            .formatted(count(row, "drift"), count(row, "capacity"), count(row, "aged"));
  }

  /// How long ago; a dash if never.
  private static String age(long millis) {
    return millis < 0 ? "–" : String.format(Locale.ROOT, "%.1f s ago", millis / 1e3);
  }
}
