// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.report;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/// Rows of a label and some cells, cells aligned to the right. What is wider than a line is printed
/// as several tables, each with the labels.
final class Columns {
  private static final String GAP = "  ";

  private final List<List<String>> rows = new ArrayList<>();

  /// Adds a row; all rows have as many cells.
  Columns row(String... cells) {
    return row(List.of(cells));
  }

  /// Adds a row, as above.
  Columns row(List<String> cells) {
    rows.add(List.copyOf(cells));
    return this;
  }

  void print(PrintWriter out) {
    int from = 1;
    do {
      int to = fitting(from);
      print(from, to, out);
      from = to;
      if (from < cells()) {
        out.println();
      }
    } while (from < cells());
  }

  private int cells() {
    return rows.isEmpty() ? 0 : rows.getFirst().size();
  }

  /// The end of the columns that fit beside the labels: at least one does.
  private int fitting(int from) {
    int wide = width(0);
    int to = from;
    while (to < cells()) {
      wide += GAP.length() + width(to);
      if (to > from && wide > Paragraph.WIDTH) {
        break;
      }
      to++;
    }
    return to;
  }

  private void print(int from, int to, PrintWriter out) {
    for (var row : rows) {
      var line = new StringBuilder(pad(width(0), row.getFirst(), false));
      for (int column = from; column < to; column++) {
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
