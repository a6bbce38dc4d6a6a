// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.report;

import io.incipit.trace.simulate.LruCurve;
import io.incipit.trace.simulate.SimReport;
import io.incipit.trace.simulate.SimRow;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/// Simulated caches for people: for each trace and rate a table, policies down, capacities across.
public final class SimText {
  private final SimReport report;

  /// A text that is not printed yet.
  public SimText(SimReport report) {
    this.report = report;
  }

  /// Prints it.
  public void print(PrintWriter out) {
    var rows = report.rows();
    for (var trace : rows.stream().map(SimRow::trace).distinct().toList()) {
      var its = rows.stream().filter(row -> row.trace().equals(trace)).toList();
      out.println("%s, admit %s".formatted(trace, its.getFirst().admit()));
      Optional.ofNullable(report.leftOut().get(trace))
          .map(Words::leftOut)
          .ifPresent(sentences -> sentences.forEach(out::println));
      Optional.ofNullable(report.hints().get(trace)).map(Words::hints).ifPresent(out::println);
      out.println();
      table("block hit rate, %", its, SimRow::blockHitRate).print(out);
      out.println();
      table("token hit rate, %", its, SimRow::tokenHitRate).print(out);
      out.println();
      table("saved compute, %", its, SimRow::savedComputeRate).print(out);
      out.println();
      tiers(trace, out);
      Optional.ofNullable(report.curves().get(trace)).ifPresent(curve -> print(curve, out));
    }
    out.flush();
  }

  private void tiers(String trace, PrintWriter out) {
    var rows = report.tiers().stream().filter(row -> row.trace().equals(trace)).toList();
    if (!rows.isEmpty()) {
      var table = new Columns();
      TierCells.of(rows).forEach(table::row);
      table.print(out);
      out.println();
    }
  }

  private static void print(LruCurve curve, PrintWriter out) {
    var table = new Columns().row("leaf-lru, capacity", "block hit rate, %", "error");
    for (var point : curve.points()) {
      table.row(
          String.format(Locale.ROOT, "%,d", point.capacityBlocks()),
          percent(point.blockHitRate()),
          percent(point.error()));
    }
    table.print(out);
    out.println();
  }

  private static Columns table(String title, List<SimRow> rows, ToDoubleFunction<SimRow> rate) {
    var head = new ArrayList<String>(List.of(title));
    rows.stream().map(SimText::size).distinct().forEach(head::add);
    var table = new Columns().row(head.toArray(String[]::new));
    for (var policy : rows.stream().map(SimRow::policy).distinct().toList()) {
      var line = new ArrayList<String>(List.of(policy));
      rows.stream()
          .filter(row -> row.policy().equals(policy))
          .limit(head.size() - 1)
          .forEach(row -> line.add(percent(rate.applyAsDouble(row))));
      table.row(line.toArray(String[]::new));
    }
    return table;
  }

  /// What was asked for, and beside it the blocks if that was something else.
  private static String size(SimRow row) {
    boolean plain = Character.isDigit(row.capacity().charAt(row.capacity().length() - 1));
    boolean inBlocks = plain || row.capacity().matches(".*[kM]");
    return inBlocks
        ? row.capacity()
        : row.capacity() + String.format(Locale.ROOT, " = %,d", row.capacityBlocks());
  }

  private static String percent(double rate) {
    return String.format(Locale.ROOT, "%.2f", 100 * rate);
  }
}
