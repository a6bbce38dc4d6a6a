// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli.option;

import io.incipit.env.Clock;
import io.incipit.trace.TraceReader;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.IntConsumer;

/// A bar that shows how far a command has come, on one line of a terminal; closed, it leaves the
/// line as it was. Not thread-safe.
public final class ProgressBar implements AutoCloseable {
  private static final int WIDTH = 40;
  private static final long REDRAW_NS = 100_000_000;
  private static final String CLEAR_LINE = "\r\u001b[K";

  private final PrintWriter out;
  private final Clock clock;
  private final boolean shown;
  private long drawnNs;
  private boolean drawn;

  /// A bar that is not drawn yet.
  ///
  /// @param shown whether somebody watches; it is never drawn otherwise
  ProgressBar(PrintWriter out, Clock clock, boolean shown) {
    this.out = out;
    this.clock = clock;
    this.shown = shown;
    this.drawnNs = clock.nanoTime();
  }

  /// What is told how many requests of a trace are read.
  public IntConsumer of(TraceReader reader) {
    return requests -> reached(reader.progress(), requests);
  }

  /// A part of the work is done. At most ten times a second the bar is drawn anew.
  ///
  /// @param share of the work, in `[0, 1]`
  public void reached(double share, long requests) {
    if (!shown) {
      return;
    }
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

  @Override
  public void close() {
    clear();
  }

  /// Leaves the line as it was.
  public void clear() {
    if (drawn) {
      drawn = false;
      out.print(CLEAR_LINE);
      out.flush();
    }
  }
}
