// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.report;

import java.io.PrintWriter;

/// Text for a terminal, broken between words.
final class Paragraph {
  /// Columns of a line, as in all text reports.
  static final int WIDTH = 100;

  private Paragraph() {}

  /// Prints a label and a text beside it: lines after the first begin below the text. A word wider
  /// than a line has one of its own.
  static void print(String label, String text, PrintWriter out) {
    var line = new StringBuilder(label);
    int empty = label.length();
    for (var word : text.split(" ", -1)) {
      boolean first = line.length() == empty;
      if (!first && line.length() + 1 + word.length() > WIDTH) {
        out.println(line.toString().stripTrailing());
        line.setLength(0);
        line.append(" ".repeat(empty));
        first = true;
      }
      line.append(first ? "" : " ").append(word);
    }
    out.println(line.toString().stripTrailing());
  }
}
