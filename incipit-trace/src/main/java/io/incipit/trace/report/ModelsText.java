// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.report;

import io.incipit.trace.simulate.KnownModels;
import java.io.PrintWriter;

/// The models that are known by name, for people.
public final class ModelsText {
  private static final double GIGA = 1e9;

  private ModelsText() {}

  /// Prints all models, with what a token of each takes, and where its numbers are from.
  public static void print(PrintWriter out) {
    var table = new Columns().row("model", "10^9 parameters", "KV bytes a token");
    for (var known : KnownModels.ALL) {
      var its = known.model();
      table.row(its.name(), Words.number(its.parameters() / GIGA), Words.whole(its.tokenBytes()));
    }
    table.print(out);
    out.println();
    Paragraph.print(
        "",
        "Parameters are those that a token passes through: of a mixture of experts the active ones."
            + " KV is that of all layers, at 16 bits a value. Looked up in "
            + KnownModels.USUAL_SOURCE
            + ", but where another source is named.",
        out);
    out.println();
    for (var known : KnownModels.ALL) {
      var others = String.join(", ", known.others());
      var also = others.isEmpty() ? "" : " (also " + others + ")";
      var from = known.source().equals(KnownModels.USUAL_SOURCE) ? "" : " (" + known.source() + ")";
      Paragraph.print("- ", known.model().name() + also + ": " + known.shape() + from, out);
    }
  }
}
