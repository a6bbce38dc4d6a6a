// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.evaluate;

import io.incipit.bench.report.Page;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The tables of a page from the file that an evaluation wrote, so that no figure is typed.
public final class EvaluationTables {
  private static final List<String> SHARES = List.of("mean", "p50", "p99");

  private final JsonNode result;
  private final List<String> lines = new ArrayList<>();

  private EvaluationTables(JsonNode result) {
    this.result = result;
  }

  /// Lines of Markdown.
  ///
  /// @param json what `incipit evaluate --json` wrote
  public static List<String> of(String json) {
    var tables = new EvaluationTables(JsonMapper.shared().readTree(json));
    tables.head();
    tables.lookups("cold", "Look-ups, cold");
    tables.lookups("preloaded", "Look-ups, preloaded");
    tables.puts();
    return tables.lines;
  }

  /// The paper's findings alone, as lines of Markdown.
  ///
  /// @param json what `incipit evaluate --json` wrote
  public static List<String> findingsOf(String json) {
    var tables = new EvaluationTables(JsonMapper.shared().readTree(json));
    tables.findings();
    return tables.lines;
  }

  private void head() {
    var machine = new LinkedHashMap<String, String>();
    result
        .path("machine")
        .properties()
        .forEach(field -> machine.put(field.getKey(), field.getValue().asString()));
    var flags = new ArrayList<String>();
    result.path("flags").forEach(flag -> flags.add(flag.asString()));
    lines.addAll(
        Page.head(
            result.path("command").asString(),
            result.path("date").asString(),
            result.path("commit").asString(),
            machine,
            flags,
            result.path("input").asString()));
    result.path("skipped").forEach(line -> lines.add("- skipped: " + line.asString()));
  }

  private void title(String title, List<String> heads) {
    lines.add("");
    lines.add("**" + title + "**");
    lines.add("");
    lines.add("| " + String.join(" | ", heads) + " |");
    lines.add("|" + " --- |".repeat(heads.size()));
  }

  private void lookups(String phase, String title) {
    title(title + " (a prompt; mean / p50 / p99)", EvaluatePage.LOOKUP_HEAD);
    for (var rows : List.of("rows", "published")) {
      for (var row : result.path(rows)) {
        if (row.path("phase").asString().equals(phase)) {
          lines.add("| " + String.join(" | ", lookup(row)) + " |");
        }
      }
    }
  }

  private static List<String> lookup(JsonNode row) {
    var server = row.path("serverCpuMicrosPerRequest");
    double cpu =
        server.isNumber()
            ? server.asDouble()
            : row.path("cpuMicrosPerRequest").path("mean").asDouble();
    var bound = row.path("nodeBoundLookupsPerSecond");
    boolean moved = row.path("bytesPerRequest").path("max").asDouble() > 0;
    return List.of(
        row.path("system").asString(),
        row.path("wrongAnswers").asString(),
        moved ? three(row.path("roundTripsPerRequest")) : "-",
        three(row.path("nicRequestsPerRequest")),
        moved ? three(row.path("bytesPerRequest")) : "-",
        three(row.path("modelledMicros")),
        three(row.path("measuredMicros")),
        EvaluatePage.text(cpu),
        EvaluatePage.text(row.path("bytesPerBlock").asDouble()),
        bound.isNumber() ? EvaluatePage.text(bound.asDouble()) : "-");
  }

  private static String three(JsonNode summary) {
    if (summary.isMissingNode()) {
      return "-";
    }
    return String.join(
        " / ",
        SHARES.stream().map(share -> EvaluatePage.text(summary.path(share).asDouble())).toList());
  }

  private void puts() {
    title(
        "Puts, cold (all that a prompt adds; mean / p50 / p99)",
        List.of("system", "round trips", "NIC requests", "bytes", "modelled us"));
    for (var row : result.path("rows")) {
      var puts = row.path("puts");
      if (puts.has("modelledMicros")) {
        lines.add(
            "| %s | %s | %s | %s | %s |"
                .formatted(
                    row.path("system").asString(),
                    three(puts.path("roundTripsPerRequest")),
                    three(puts.path("nicRequestsPerRequest")),
                    three(puts.path("bytesPerRequest")),
                    three(puts.path("modelledMicros"))));
      }
    }
  }

  private void findings() {
    boolean head = true;
    lines.add("");
    for (var finding : result.path("findings")) {
      var cells = new ArrayList<String>();
      finding.forEach(cell -> cells.add(cell.asString()));
      lines.add("| " + String.join(" | ", cells) + " |");
      if (head) {
        lines.add("|" + " --- |".repeat(cells.size()));
      }
      head = false;
    }
  }
}
