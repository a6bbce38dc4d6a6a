// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.report;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Results as lines of text for a terminal.
public final class Table {
  private Table() {}

  /// Prints what each system took in each cell, then the goals, and at last what falls short.
  ///
  /// @param unitBySuffix tables to print: the end of their cells' names, and the unit in words; the
  ///     table for the empty end has the cells that compare systems only
  public static void print(
      PrintWriter out, Samples samples, Map<String, String> unitBySuffix, List<Goal> goals) {
    unitBySuffix.forEach(
        (suffix, unit) -> {
          out.println();
          out.println(unit);
          samples
              .all()
              .forEach(
                  (cell, systems) -> {
                    if (cell.endsWith(suffix) && (systems.size() > 1 || !suffix.isEmpty())) {
                      out.println("  " + cell(cell, systems));
                    }
                  });
        });
    var results = samples.ratios();
    out.println();
    out.println("Goals: median (least .. greatest) of what others take by what ours takes, or of");
    out.println("what ours says");
    goals.forEach(goal -> out.println("  " + goal(goal, results)));
    var missed = Goal.missed(goals, results);
    out.println();
    out.println(missed.isEmpty() ? "All goals reached." : "Falls short:");
    missed.forEach(line -> out.println("  " + line));
    out.flush();
  }

  private static String cell(String cell, Map<String, List<Double>> systems) {
    var line = new StringBuilder();
    line.append(String.format(Locale.ROOT, "%-30s", Samples.titleOf(cell, systems)));
    line.append(entry(Samples.OURS, systems.getOrDefault(Samples.OURS, List.of(0.0))));
    systems.forEach(
        (system, rounds) -> {
          if (!system.equals(Samples.OURS)) {
            line.append(entry(system, rounds));
          }
        });
    return line.toString();
  }

  private static String entry(String system, List<Double> rounds) {
    return String.format(
        Locale.ROOT, " %10s %-7s", system, Numbers.text(Spread.of(rounds).median()));
  }

  private static String goal(Goal goal, Map<String, Spread> results) {
    var spread = results.get(goal.result());
    if (spread == null) {
      return String.format(Locale.ROOT, "%-38s not measured", goal.result());
    }
    return String.format(
        Locale.ROOT,
        "%-38s %8s (%s .. %s), goal %s: %s",
        goal.result(),
        Numbers.text(spread.median()),
        Numbers.text(spread.min()),
        Numbers.text(spread.max()),
        goal.boundText(),
        goal.isReached(spread) ? "reached" : "MISSED");
  }
}
