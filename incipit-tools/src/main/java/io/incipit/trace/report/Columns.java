// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.report;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/// Rows of a label and some cells, cells aligned to the right.
final class Columns {
  private static final String GAP = "  ";

  private final List<List<String>> rows = new ArrayList<>();

  /// Adds a row; all rows have as many cells.
  Columns row(String... cells) {
    rows.add(List.of(cells));
    return this;
  }

  void print(PrintWriter out) {
    for (var row : rows) {
      var line = new StringBuilder(pad(width(0), row.getFirst(), false));
      for (int column = 1; column < row.size(); column++) {
        line.append(GAP).append(pad(width(column), row.get(column), true));
      }
      out.println(line.toString().stripTrailing());
    }
  }

  private int width(int column) {
    return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
  }

  private static String pad(int width, String cell, boolean right) {
    var space = " ".repeat(width - cell.length());
    return right ? space + cell : cell + space;
  }
}
