// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli;

import io.incipit.env.Clock;
import io.incipit.trace.replay.ReplayProgress;
import java.io.PrintWriter;
import java.util.Locale;

/// A bar that shows how far a replay has come, on one line of a terminal. Not thread-safe.
final class ProgressBar implements ReplayProgress {
  private static final int WIDTH = 40;
  private static final long REDRAW_NS = 100_000_000;
  private static final String CLEAR_LINE = "\r\u001b[K";

  private final PrintWriter out;
  private final Clock clock;
  private long drawnNs;
  private boolean drawn;

  ProgressBar(PrintWriter out, Clock clock) {
    this.out = out;
    this.clock = clock;
    this.drawnNs = clock.nanoTime();
  }

  @Override
  public void reached(double share, long requests) {
    long now = clock.nanoTime();
    if (now - drawnNs < REDRAW_NS) {
      return;
    }
    drawnNs = now;
    drawn = true;
    int full = (int) (share * WIDTH);
    out.printf(
        Locale.ROOT,
        "\r[%s%s] %3.0f%%  %,d requests",
        "#".repeat(full),
        " ".repeat(WIDTH - full),
        100 * share,
        requests);
    out.flush();
  }

  /// Leaves the line as it was.
  void clear() {
    if (drawn) {
      drawn = false;
      out.print(CLEAR_LINE);
      out.flush();
    }
  }
}
