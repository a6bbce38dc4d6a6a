// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli.option;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.env.Clock;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class ProgressBarTest {
  private final StringWriter out = new StringWriter();
  private long now;
  private final ProgressBar bar = new ProgressBar(new PrintWriter(out), new StoppedClock(), true);

  @Test
  void reached_moreThanTenTimesASecond_drawsOnce() {
    now = 100_000_000;
    bar.reached(0.5, 6_015);
    now += 99_999_999;
    bar.reached(0.6, 7_000);

    assertThat(out.toString())
        .isEqualTo("\r[" + "#".repeat(20) + " ".repeat(20) + "]  50%  6,015 requests");
  }

  @Test
  void close_somethingDrawn_emptiesTheLine() {
    now = 100_000_000;
    bar.reached(1, 1);
    bar.close();

    assertThat(out.toString()).endsWith("\r\u001b[K");
  }

  @Test
  void close_nothingDrawn_printsNothing() {
    bar.reached(1, 1);
    bar.close();

    assertThat(out.toString()).isEmpty();
  }

  /// Goes on when the test says so.
  private final class StoppedClock implements Clock {
    @Override
    public long nanoTime() {
      return now;
    }

    @Override
    public long wallMillis() {
      return 0;
    }

    @Override
    public void sleepNs(long durationNs) {}
  }
}
