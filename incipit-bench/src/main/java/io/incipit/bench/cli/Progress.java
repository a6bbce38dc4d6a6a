// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.cli;

import io.incipit.env.Clock;
import java.io.PrintWriter;
import java.util.function.Consumer;

/// Says what is being done, and since when, a line each.
final class Progress implements Consumer<String> {
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  private final PrintWriter out;
  private final Clock clock = Clock.system();
  private final long startNs = clock.nanoTime();

  Progress(PrintWriter out) {
    this.out = out;
  }

  @Override
  public void accept(String step) {
    out.printf("  %3d s  %s ...%n", (clock.nanoTime() - startNs) / NANOS_PER_SECOND, step);
    out.flush();
  }
}
