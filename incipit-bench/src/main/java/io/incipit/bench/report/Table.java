// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Results as lines of text for a terminal.
public final class Table {
  private Table() {}

  /// Each cell: what each system took, the median, and how many times what we took.
  public static List<String> cells(Samples samples) {
    var lines = new ArrayList<String>();
    samples
        .all()
        .forEach(
            (cell, systems) -> {
              var ours = systems.get(Samples.OURS);
              if (ours == null || systems.size() == 1) {
                return;
              }
              double mine = Spread.of(ours).median();
              var line = new StringBuilder();
              line.append(String.format(Locale.ROOT, "%-28s", cell));
              line.append(String.format(Locale.ROOT, " incipit %9s", Numbers.text(mine)));
              systems.forEach(
                  (system, rounds) -> {
                    if (!system.equals(Samples.OURS)) {
                      double median = Spread.of(rounds).median();
                      line.append(
                          String.format(Locale.ROOT, "   %s %s", system, Numbers.text(median)));
                    }
                  });
              lines.add(line.toString());
            });
    return lines;
  }

  /// Each result with its goal, if it has one, and whether it is reached.
  public static List<String> results(Map<String, Spread> results, List<Goal> goals) {
    var lines = new ArrayList<String>();
    results.forEach(
        (name, spread) -> {
          var goal = goals.stream().filter(g -> g.result().equals(name)).findFirst();
          var verdict =
              goal.map(g -> g.boundText() + (g.isReached(spread) ? "  reached" : "  MISSED"));
          lines.add(
              String.format(
                      Locale.ROOT,
                      "%-36s %9s  (%s .. %s)",
                      name,
                      Numbers.text(spread.median()),
                      Numbers.text(spread.min()),
                      Numbers.text(spread.max()))
                  + verdict.map(text -> "   " + text).orElse(""));
        });
    return lines;
  }
}
