// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.rivals;

import io.incipit.bench.report.Samples;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/// A result as lines of text for a terminal.
public final class RivalsTable {
  private static final String RED = "\u001b[31m";
  private static final String PLAIN = "\u001b[0m";
  private static final List<String> QUESTIONS =
      List.of("arrival", "full", "store", "remove", "bytesPerBlock");

  private final PrintWriter out;
  private final boolean colours;

  /// @param colours whether wrong answers are red; they are marked besides
  public RivalsTable(PrintWriter out, boolean colours) {
    this.out = out;
    this.colours = colours;
  }

  /// Prints everything.
  public void print(RivalsResult result) {
    var workloads = new LinkedHashSet<Heading>();
    result.rows().forEach(row -> workloads.add(Heading.of(row)));
    for (var heading : workloads) {
      out.println();
      out.println(heading.text());
      printWorkload(result.rows().stream().filter(row -> Heading.of(row).equals(heading)).toList());
    }
    printServers(result);
    printHoles(result);
    printWins(result);
    result.skipped().forEach(line -> out.println("skipped: " + line));
    out.flush();
  }

  /// What the rows of one table have in common.
  record Heading(String workload, int workers, long blocks) {
    static Heading of(RivalsResult.Row row) {
      return new Heading(row.workload(), row.workers(), row.blocks());
    }

    String text() {
      return String.format(Locale.ROOT, "%s, workers: %d, blocks: %,d", workload, workers, blocks);
    }
  }

  private void printWorkload(List<RivalsResult.Row> rows) {
    out.printf(
        Locale.ROOT,
        "  %-22s %18s %18s %18s %18s %16s  %s%n",
        "CPU ns, median (x ours)",
        "arrival",
        "full",
        "store, a block",
        "remove, a block",
        "bytes a block",
        "answers");
    var names = new LinkedHashSet<String>();
    rows.forEach(row -> names.add(row.rival()));
    for (var name : names) {
      var line = new StringBuilder(String.format(Locale.ROOT, "  %-22s", name));
      var differs = new ArrayList<String>();
      for (var question : QUESTIONS) {
        var row =
            rows.stream()
                .filter(one -> one.rival().equals(name) && one.question().equals(question))
                .findFirst();
        int width = question.equals("bytesPerBlock") ? 16 : 18;
        line.append(' ').append(pad(row.map(RivalsTable::cell).orElse("-"), width));
        row.filter(one -> one.checksum().equals("differs")).ifPresent(_ -> differs.add(question));
      }
      out.println(line + "  " + (differs.isEmpty() ? "equal" : red("differ: " + differs)));
    }
  }

  private void printServers(RivalsResult result) {
    if (result.servers().isEmpty()) {
      return;
    }
    out.println();
    out.println("Servers over loopback: CPU us of the server a request, median (x ours)");
    for (var row : result.servers()) {
      var ratio = row.ratioToIncipit();
      out.printf(
          Locale.ROOT,
          "  %-40s %-32s blocks: %3d  in flight: %2d  %s%n",
          row.rival(),
          row.question(),
          row.blocks(),
          row.inFlight(),
          number(row.spread().median())
              + (ratio == null ? "" : " (" + number(ratio.median()) + ")"));
    }
  }

  private static String pad(String text, int width) {
    return " ".repeat(Math.max(0, width - text.length())) + text;
  }

  static String cell(RivalsResult.Row row) {
    var ratio = row.ratioToIncipit();
    var median = number(row.spread().median());
    return ratio == null ? median : median + " (" + number(ratio.median()) + ")";
  }

  static String number(double value) {
    if (value >= 100) {
      return String.format(Locale.ROOT, "%,.0f", value);
    }
    return String.format(Locale.ROOT, value >= 10 ? "%.1f" : "%.2f", value);
  }

  private String red(String text) {
    return colours ? RED + text + PLAIN : text;
  }

  private void printHoles(RivalsResult result) {
    if (result.holes().isEmpty()) {
      return;
    }
    out.println();
    out.println(
        "Holes: blocks 0..99 are stored unless said. A wrong answer has an exclamation mark.");
    for (var hole : result.holes()) {
      out.println("  " + hole.title() + ": " + hole.truth());
      hole.answers()
          .forEach(
              (rival, answer) -> {
                if (answer.wrong()) {
                  out.println("      " + red("! " + rival + ": " + answer.text()));
                }
              });
    }
    for (var rival : result.versions().keySet()) {
      long asked =
          result.holes().stream().filter(hole -> hole.answers().containsKey(rival)).count();
      long wrong =
          result.holes().stream()
              .map(hole -> hole.answers().get(rival))
              .filter(Objects::nonNull)
              .filter(RivalsResult.Answer::wrong)
              .count();
      if (asked > 0) {
        out.printf(Locale.ROOT, "  %-22s wrong: %d of %d%n", rival, wrong, asked);
      }
    }
  }

  private void printWins(RivalsResult result) {
    out.println();
    var wins = wins(result);
    out.println(wins.isEmpty() ? "No rival wins a row." : "Rivals win:");
    wins.forEach(line -> out.println("  " + line));
  }

  /// Whether another's row is one in which it takes less than ours does.
  static boolean isWon(String rival, RivalsResult.Ratio ratio) {
    return ratio.median() < 1 && !rival.startsWith(Samples.OURS);
  }

  /// The rows in which a rival takes less than ours does, a line each.
  static List<String> wins(RivalsResult result) {
    var lines = new ArrayList<String>();
    for (var row : result.rows()) {
      var ratio = row.ratioToIncipit();
      if (ratio != null && isWon(row.rival(), ratio)) {
        lines.add(
            "%s, %s, workers: %d, %s: %s of ours (%s .. %s)%s"
                .formatted(
                    row.rival(),
                    row.workload(),
                    row.workers(),
                    row.question(),
                    number(ratio.median()),
                    number(ratio.min()),
                    number(ratio.max()),
                    row.checksum().equals("differs") ? ", with other answers" : ""));
      }
    }
    for (var row : result.servers()) {
      var ratio = row.ratioToIncipit();
      if (ratio != null && isWon(row.rival(), ratio)) {
        lines.add(
            "%s, %s, blocks: %d, in flight: %d: %s of ours (%s .. %s)"
                .formatted(
                    row.rival(),
                    row.question(),
                    row.blocks(),
                    row.inFlight(),
                    number(ratio.median()),
                    number(ratio.min()),
                    number(ratio.max())));
      }
    }
    return lines;
  }
}
