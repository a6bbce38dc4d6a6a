// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class ColumnsTest {
  private final StringWriter out = new StringWriter();

  @Test
  void print_widerThanALine_repeatsTheLabels() {
    var wide = "x".repeat(45);
    new Columns().row("a", wide, "1", wide, "2").row("bb", "", "3", "4", "5").print(writer());

    var space = " ".repeat(45);
    assertThat(out.toString())
        .isEqualTo(
            """
            a   %s  1  %s
            bb  %s  3  %s

            a   2
            bb  5
            """
                .formatted(wide, wide, space, " ".repeat(44) + "4"));
  }

  @Test
  void print_cellWiderThanALine_standsAlone() {
    new Columns().row("a", "y".repeat(120), "1").print(writer());

    assertThat(out.toString()).isEqualTo("a  " + "y".repeat(120) + "\n\na  1\n");
  }

  @Test
  void print_noRows_printsNothing() {
    new Columns().print(writer());

    assertThat(out.toString()).isEmpty();
  }

  @Test
  void paragraph_longText_goesOnBelowItself() {
    Paragraph.print("- ", "word ".repeat(25).strip() + " " + "z".repeat(110) + " end", writer());

    assertThat(out.toString())
        .isEqualTo(
            "- %s%n  %s%n  %s%n  end%n"
                .formatted("word ".repeat(19).strip(), "word ".repeat(6).strip(), "z".repeat(110)));
  }

  private PrintWriter writer() {
    return new PrintWriter(out, true);
  }
}
