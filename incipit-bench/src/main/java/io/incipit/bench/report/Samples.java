// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What was measured, round by round: by cell (a question on a workload) and by system. For one
/// thread.
public final class Samples {
  /// Our name among the systems of a cell.
  public static final String OURS = "incipit";

  private final Map<String, Map<String, List<Double>>> bySystem = new LinkedHashMap<>();

  /// No samples.
  public Samples() {}

  /// Adds what a system took, or gave, in one round: a finite number.
  public void add(String cell, String system, double sample) {
    if (!Double.isFinite(sample)) {
      throw new IllegalArgumentException(
          "%s of %s: %s (expected: a number; was there any work?)".formatted(cell, system, sample));
    }
    bySystem
        .computeIfAbsent(cell, _ -> new LinkedHashMap<>())
        .computeIfAbsent(system, _ -> new ArrayList<>())
        .add(sample);
  }

  /// All samples: cell, system, rounds.
  public Map<String, Map<String, List<Double>>> all() {
    return bySystem;
  }

  /// For each cell and other system, what it took divided by what we took in the same round; for
  /// each cell of ours alone, what we gave. Keys are `cell.system` and `cell`; in a cell with a
  /// star, the system takes its place.
  public Map<String, Spread> ratios() {
    var ratios = new LinkedHashMap<String, Spread>();
    bySystem.forEach(
        (cell, systems) -> {
          var ours = systems.get(OURS);
          if (ours != null && systems.size() == 1) {
            ratios.put(cell, Spread.of(ours));
          } else if (ours != null) {
            systems.forEach(
                (system, theirs) -> {
                  if (!system.equals(OURS)) {
                    ratios.put(nameOf(cell, system), Spread.of(divide(theirs, ours)));
                  }
                });
          }
        });
    return ratios;
  }

  /// A cell's name for people: without its star, where only one other system is compared.
  static String titleOf(String cell, Map<String, List<Double>> systems) {
    var others = systems.keySet().stream().filter(system -> !system.equals(OURS)).toList();
    return others.size() == 1 ? cell.replace("*", others.getFirst()) : cell;
  }

  private static String nameOf(String cell, String system) {
    return cell.contains("*") ? cell.replace("*", system) : cell + "." + system;
  }

  private static List<Double> divide(List<Double> theirs, List<Double> ours) {
    var ratios = new ArrayList<Double>();
    for (int i = 0; i < Math.min(theirs.size(), ours.size()); i++) {
      ratios.add(theirs.get(i) / ours.get(i));
    }
    return ratios;
  }
}
