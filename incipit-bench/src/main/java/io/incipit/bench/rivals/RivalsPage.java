// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.rivals;

import io.incipit.bench.report.Page;
import io.incipit.bench.report.Samples;
import io.incipit.bench.report.Spread;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The tables of a page from the file that `incipit evaluate rivals --json` wrote, so that no
/// figure is typed. What a rival does for less than ours, or answers otherwise, is in bold.
public final class RivalsPage {
  private static final String BYTES = "bytesPerBlock";

  /// Questions, and the heads of their columns.
  private static final Map<String, String> QUESTIONS = new LinkedHashMap<>();

  static {
    QUESTIONS.put("arrival", "arrival, ns");
    QUESTIONS.put("full", "full, ns");
    QUESTIONS.put("store", "store, ns a block");
    QUESTIONS.put("remove", "remove, ns a block");
    QUESTIONS.put(BYTES, "bytes a block");
  }

  private final JsonNode result;
  private final List<String> lines = new ArrayList<>();

  private RivalsPage(JsonNode result) {
    this.result = result;
  }

  /// Lines of Markdown.
  ///
  /// @param section `holes` or `servers`; any other: what the result is of, and the indexes
  public static List<String> of(String json, String section) {
    var page = new RivalsPage(JsonMapper.shared().readTree(json));
    switch (section) {
      case "holes" -> page.holes();
      case "servers" -> page.servers();
      default -> page.indexes();
    }
    page.lines.add("");
    return page.lines;
  }

  private void indexes() {
    lines.addAll(Page.head(result));
    lines.add("- it took %s s, builds apart".formatted(result.path("tookSeconds").asString()));
    versions();
    Map<String, List<JsonNode>> workloads = new LinkedHashMap<>();
    for (var row : result.path("rows")) {
      var title =
          String.format(
              Locale.ROOT,
              "%s, workers: %d, distinct blocks: %,d",
              row.path("workload").asString(),
              row.path("workers").asInt(),
              row.path("blocks").asLong());
      workloads.computeIfAbsent(title, _ -> new ArrayList<>()).add(row);
    }
    workloads.forEach(this::workload);
  }

  private void versions() {
    Set<String> versions = new TreeSet<>();
    for (var parts : List.of(result.path("versions"), result.path("servers"))) {
      for (var part : parts) {
        var version = part.isObject() ? part.path("version").asString() : part.asString();
        if (!version.equals(result.path("commit").asString())) {
          versions.add(version);
        }
      }
    }
    lines.add("- versions: " + String.join("; ", versions));
  }

  private void workload(String title, List<JsonNode> rows) {
    lines.add("");
    lines.add(title);
    lines.add("");
    lines.add("| median (times ours) | " + String.join(" | ", QUESTIONS.values()) + " | answers |");
    lines.add("| --- |" + " ---: |".repeat(QUESTIONS.size()) + " --- |");
    var rivals = new LinkedHashSet<String>();
    rows.forEach(row -> rivals.add(row.path("rival").asString()));
    for (var rival : rivals) {
      var cells = new ArrayList<String>();
      var differs = new ArrayList<String>();
      for (var question : QUESTIONS.keySet()) {
        var cell = "-";
        for (var row : rows) {
          if (row.path("rival").asString().equals(rival)
              && row.path("question").asString().equals(question)) {
            cell = cell(row, rival);
            if (row.path("checksum").asString().equals("differs")) {
              differs.add(question);
            }
          }
        }
        cells.add(cell);
      }
      cells.add(differs.isEmpty() ? "equal" : "**differ: " + String.join(", ", differs) + "**");
      lines.add("| " + rival + " | " + String.join(" | ", cells) + " |");
    }
  }

  private static String cell(JsonNode row, String rival) {
    var median = RivalsTable.number(median(row));
    var ratio = row.path("ratioToIncipit").path("median");
    return ratio.isNumber() ? median + " (" + bold(ratio.asDouble(), rival) + ")" : median;
  }

  private static double median(JsonNode row) {
    var samples = new ArrayList<Double>();
    row.path("samples").forEach(sample -> samples.add(sample.asDouble()));
    return Spread.of(samples).median();
  }

  private static String bold(double ratio, String rival) {
    var text = RivalsTable.number(ratio);
    return ratio < 1 && !rival.startsWith(Samples.OURS) ? "**" + text + "**" : text;
  }

  private void servers() {
    lines.addAll(Page.head(result));
    versions();
    lines.add("");
    lines.add("| server CPU us, median | question | blocks | in flight | CPU us | times ours |");
    lines.add("| --- | --- | ---: | ---: | ---: | ---: |");
    for (var row : result.path("servers")) {
      var rival = row.path("rival").asString();
      var ratio = row.path("ratioToIncipit");
      var times =
          ratio.isObject()
              ? "%s (%s .. %s)"
                  .formatted(
                      bold(ratio.path("median").asDouble(), rival),
                      RivalsTable.number(ratio.path("min").asDouble()),
                      RivalsTable.number(ratio.path("max").asDouble()))
              : "";
      lines.add(
          "| %s | %s | %s | %s | %s | %s |"
              .formatted(
                  rival,
                  row.path("question").asString(),
                  row.path("blocks").asString(),
                  row.path("inFlight").asString(),
                  RivalsTable.number(median(row)),
                  times));
    }
  }

  private void holes() {
    var rivals = new LinkedHashSet<String>();
    for (var hole : result.path("holes")) {
      hole.path("answers").propertyNames().forEach(rivals::add);
    }
    lines.add("");
    lines.add("| case | truth | " + String.join(" | ", rivals) + " |");
    lines.add("| --- | --- |" + " --- |".repeat(rivals.size()));
    for (var hole : result.path("holes")) {
      var cells = new ArrayList<String>();
      for (var rival : rivals) {
        var answer = hole.path("answers").path(rival);
        var text = answer.path("wrong").asBoolean() ? answer.path("text").asString() : "right";
        cells.add(text.equals("right") ? text : "**" + text + "**");
      }
      lines.add(
          "| %s | %s | %s |"
              .formatted(
                  hole.path("title").asString(),
                  hole.path("truth").asString(),
                  String.join(" | ", cells)));
    }
  }
}
