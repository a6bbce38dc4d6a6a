// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.evaluate;

import io.incipit.bench.pool.CostModel;
import java.io.PrintWriter;
import java.util.Locale;

/// Rows for a terminal, each as soon as it is there.
final class EvaluateText {
  private static final String RED = "\u001b[31m";
  private static final String PLAIN = "\u001b[0m";

  private static final int COLUMNS = 100;
  private static final String P = "mean/p50/p99";

  private final PrintWriter out;
  private final CostModel model;
  private final boolean colours;

  EvaluateText(PrintWriter out, CostModel model, boolean colours) {
    this.out = out;
    this.model = model;
    this.colours = colours;
  }

  void head() {
    line("", "", "wrong", "trips", "NIC", "bytes", "modelled us", "measured us", "CPU", "B/");
    line("system", "", "", "50/99", "reqs", "", P, "p50/p99", "us", "block");
  }

  void row(Row row) {
    var lookups = row.lookups();
    boolean counted = lookups.counted();
    double cpu = row.serverCpuUs() > 0 ? row.serverCpuUs() : lookups.cpuUs().mean();
    boolean wrong = colours && row.wrongAnswers() > 0;
    out.print(wrong ? RED : "");
    line(
        row.system(),
        row.phase() == Row.Phase.COLD ? "cold" : "pre",
        Long.toString(row.wrongAnswers()),
        lookups.bytes().sum() > 0 ? two(lookups.roundTrips()) : "-",
        counted ? text(lookups.nicRequests().mean()) : "-",
        lookups.bytes().sum() > 0 ? text(lookups.bytes().mean()) : "-",
        counted ? text(lookups.modelledUs().mean()) + "/" + two(lookups.modelledUs()) : "-",
        two(lookups.measuredUs()),
        text(cpu),
        text(row.bytesPerBlock()));
    out.print(wrong ? PLAIN : "");
    out.flush();
  }

  private void line(Object... cells) {
    out.printf(Locale.ROOT, "%-26s %-4s %5s %6s %6s %6s %14s %10s %5s %5s%n", cells);
    out.flush();
  }

  /// What the figures are.
  void legend() {
    out.println();
    out.println("Cold: from empty systems. Pre: preloaded, all blocks put before.");
    out.println("Counted: round trips (trips), and means of NIC requests and bytes a request.");
    out.println("Modelled, not measured: what the network would take, without any CPU time:");
    var line = new StringBuilder();
    for (var parameter : model.parameters().entrySet()) {
      var next = "  " + parameter.getKey() + " " + text(parameter.getValue());
      if (line.length() + next.length() > COLUMNS) {
        out.println(line);
        line.setLength(0);
      }
      line.append(next);
    }
    out.println(line);
    out.println(
        "Measured: time of the call in this process; of servers, over the loopback interface.");
    out.println("CPU: of the calling thread; of servers, of the server's process.");
  }

  private static String two(Distribution all) {
    return text(all.quantile(0.5)) + "/" + text(all.quantile(0.99));
  }

  private static String text(double value) {
    if (value >= 100_000) {
      return String.format(Locale.ROOT, "%.0fk", value / 1000);
    }
    return value >= 100 || value == Math.rint(value)
        ? String.format(Locale.ROOT, "%.0f", value)
        : String.format(Locale.ROOT, value < 1 ? "%.3f" : "%.1f", value);
  }
}
