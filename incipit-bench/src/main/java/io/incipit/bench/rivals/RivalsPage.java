// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.rivals;

import io.incipit.bench.report.Page;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/// The tables of a page from the file that `incipit evaluate rivals --json` wrote, so that no
/// figure is typed. What a rival does for less than ours, or answers otherwise, is in bold.
public final class RivalsPage {
  /// Questions, and the heads of their columns.
  private static final Map<String, String> QUESTIONS = new LinkedHashMap<>();

  static {
    QUESTIONS.put("arrival", "arrival, ns");
    QUESTIONS.put("full", "full, ns");
    QUESTIONS.put("store", "store, ns a block");
    QUESTIONS.put("remove", "remove, ns a block");
    QUESTIONS.put("bytesPerBlock", "bytes a block");
  }

  private final RivalsResult result;
  private final List<String> lines = new ArrayList<>();

  private RivalsPage(RivalsResult result) {
    this.result = result;
  }

  /// Lines of Markdown.
  ///
  /// @param section `holes` or `servers`; any other: what the result is of, and the indexes
  public static List<String> of(String json, String section) {
    var page = new RivalsPage(RivalsResult.parse(json));
    switch (section) {
      case "holes" -> page.holes();
      case "servers" -> page.servers();
      default -> page.indexes();
    }
    page.lines.add("");
    return page.lines;
  }

  private void head() {
    lines.addAll(
        Page.head(
            result.command(),
            result.date(),
            result.commit(),
            result.machine(),
            result.flags(),
            result.input()));
    result.skipped().forEach(line -> lines.add("- skipped: " + line));
  }

  private void versions() {
    var versions = new TreeSet<>(result.versions().values());
    result.servers().forEach(row -> versions.add(row.version()));
    versions.remove(result.commit());
    lines.add("- versions: " + String.join("; ", versions));
  }

  private void indexes() {
    head();
    lines.add("- it took %d s, builds apart".formatted(result.tookSeconds()));
    versions();
    Map<RivalsTable.Heading, List<RivalsResult.Row>> workloads = new LinkedHashMap<>();
    for (var row : result.rows()) {
      var heading = RivalsTable.Heading.of(row);
      workloads.computeIfAbsent(heading, _ -> new ArrayList<>()).add(row);
    }
    workloads.forEach(this::workload);
  }

  private void workload(RivalsTable.Heading heading, List<RivalsResult.Row> rows) {
    lines.add("");
    lines.add(
        String.format(
            Locale.ROOT,
            "%s, workers: %d, distinct blocks: %,d",
            heading.workload(),
            heading.workers(),
            heading.blocks()));
    lines.add("");
    lines.add("| median (times ours) | " + String.join(" | ", QUESTIONS.values()) + " | answers |");
    lines.add("| --- |" + " ---: |".repeat(QUESTIONS.size()) + " --- |");
    Map<String, Map<String, RivalsResult.Row>> rivals = new LinkedHashMap<>();
    for (var row : rows) {
      rivals.computeIfAbsent(row.rival(), _ -> new HashMap<>()).put(row.question(), row);
    }
    rivals.forEach(this::rival);
  }

  private void rival(String rival, Map<String, RivalsResult.Row> rows) {
    var cells = new ArrayList<String>();
    var differs = new ArrayList<String>();
    for (var question : QUESTIONS.keySet()) {
      var row = rows.get(question);
      cells.add(row == null ? "-" : cell(row));
      if (row != null && row.checksum().equals("differs")) {
        differs.add(question);
      }
    }
    cells.add(differs.isEmpty() ? "equal" : "**differ: " + String.join(", ", differs) + "**");
    lines.add("| " + rival + " | " + String.join(" | ", cells) + " |");
  }

  private static String cell(RivalsResult.Row row) {
    var median = RivalsTable.number(row.spread().median());
    var ratio = row.ratioToIncipit();
    return ratio == null ? median : median + " (" + median(ratio, row.rival()) + ")";
  }

  private static String median(RivalsResult.Ratio ratio, String rival) {
    var text = RivalsTable.number(ratio.median());
    return RivalsTable.isWon(rival, ratio) ? "**" + text + "**" : text;
  }

  private void servers() {
    head();
    versions();
    lines.add("");
    lines.add("| server CPU us, median | question | blocks | in flight | CPU us | times ours |");
    lines.add("| --- | --- | ---: | ---: | ---: | ---: |");
    for (var row : result.servers()) {
      var ratio = row.ratioToIncipit();
      var times =
          ratio == null
              ? ""
              : "%s (%s .. %s)"
                  .formatted(
                      median(ratio, row.rival()),
                      RivalsTable.number(ratio.min()),
                      RivalsTable.number(ratio.max()));
      lines.add(
          "| %s | %s | %d | %d | %s | %s |"
              .formatted(
                  row.rival(),
                  row.question(),
                  row.blocks(),
                  row.inFlight(),
                  RivalsTable.number(row.spread().median()),
                  times));
    }
  }

  private void holes() {
    var rivals = new LinkedHashSet<String>();
    result.holes().forEach(hole -> rivals.addAll(hole.answers().keySet()));
    lines.add("");
    lines.add("| case | truth | " + String.join(" | ", rivals) + " |");
    lines.add("| --- | --- |" + " --- |".repeat(rivals.size()));
    for (var hole : result.holes()) {
      var cells = new ArrayList<String>();
      for (var rival : rivals) {
        var answer = hole.answers().get(rival);
        cells.add(answer != null && answer.wrong() ? "**" + answer.text() + "**" : "right");
      }
      lines.add(
          "| " + hole.title() + " | " + hole.truth() + " | " + String.join(" | ", cells) + " |");
    }
  }
}
