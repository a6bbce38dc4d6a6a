// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.report;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The page of results: prose by hand, and between the marks `<!-- begin NAME -->` and
/// `<!-- end -->` tables from result files, so that no figure is typed.
public final class Page {
  private static final Pattern PART =
      Pattern.compile("(<!-- begin (\\S+) -->\n).*?(<!-- end -->)", Pattern.DOTALL);

  private Page() {}

  /// The names of the results that a page shows.
  public static List<String> names(String page) {
    return PART.matcher(page).results().map(part -> part.group(2)).toList();
  }

  /// The page with the tables of these results; parts whose result is not given stay as they are.
  public static String render(String page, Map<String, Result> results) {
    var lines = new HashMap<String, List<String>>();
    results.forEach((name, result) -> lines.put(name, lines(result)));
    return fill(page, lines);
  }

  /// The page with other lines in its parts; parts that are not given stay as they are.
  public static String fill(String page, Map<String, List<String>> lines) {
    return PART.matcher(page)
        .replaceAll(
            part -> {
              var own = lines.get(part.group(2));
              var text =
                  own == null
                      ? part.group()
                      : part.group(1) + String.join("\n", own) + "\n" + part.group(3);
              return Matcher.quoteReplacement(text);
            });
  }

  /// What a result was measured on and from, as a list of Markdown.
  public static List<String> head(
      String command,
      String date,
      String commit,
      Map<String, String> machine,
      List<String> flags,
      String input) {
    var parts = new ArrayList<String>();
    machine.forEach((name, value) -> parts.add(name + " " + value));
    return List.of(
        "",
        "- command: `" + command + "`",
        "- date and commit: " + date + ", `" + commit + "`",
        "- machine: " + String.join(", ", parts),
        "- flags: `" + String.join(" ", flags) + "`",
        "- input: " + input);
  }

  private static List<String> lines(Result result) {
    var lines =
        new ArrayList<>(
            head(
                result.command(),
                result.date(),
                result.commit(),
                result.machine(),
                result.flags(),
                result.input()));
    goals(result, Goal.of(result.benchmark()), lines);
    cells(result, lines);
    return lines;
  }

  private static void goals(Result result, List<Goal> goals, List<String> lines) {
    var spreads = result.spreads();
    lines.add("");
    lines.add("| goal | result | median (least .. greatest) | to reach | reached | kind |");
    lines.add("| --- | --- | --- | --- | --- | --- |");
    for (var goal : goals) {
      var spread = spreads.get(goal.result());
      if (spread != null) {
        lines.add(
            "| %s | `%s` | %s | %s | %s | measured |"
                .formatted(
                    goal.what(),
                    goal.result(),
                    text(spread),
                    goal.boundText(),
                    goal.isReached(spread) ? "yes" : "**no**"));
      }
    }
    var missed = Goal.missed(goals, spreads);
    lines.add("");
    lines.add(
        missed.isEmpty()
            ? "All goals are reached."
            : "Falls short: " + String.join("; ", missed) + ".");
  }

  private static String text(Spread spread) {
    return "%s (%s .. %s)"
        .formatted(
            Numbers.text(spread.median()), Numbers.text(spread.min()), Numbers.text(spread.max()));
  }

  private static void cells(Result result, List<String> lines) {
    var others = new LinkedHashSet<String>();
    result.samples().values().forEach(systems -> systems.keySet().forEach(others::add));
    others.remove(Samples.OURS);
    lines.add("");
    lines.add("Medians, " + result.unit() + " where systems are compared:");
    lines.add("");
    lines.add("| | ours | " + String.join(" | ", others) + " | kind |");
    lines.add("| --- |" + " --- |".repeat(others.size() + 2));
    result
        .samples()
        .forEach(
            (cell, systems) -> {
              var line =
                  new StringBuilder("| `" + Samples.titleOf(cell, systems) + "` | ")
                      .append(median(systems, Samples.OURS));
              others.forEach(other -> line.append(" | ").append(median(systems, other)));
              lines.add(line + " | measured |");
            });
    lines.add("");
  }

  private static String median(Map<String, List<Double>> systems, String system) {
    var rounds = systems.get(system);
    return rounds == null ? "" : Numbers.text(Spread.of(rounds).median());
  }
}
