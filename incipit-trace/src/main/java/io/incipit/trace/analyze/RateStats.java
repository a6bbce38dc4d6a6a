// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.analyze;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// How fast requests and tokens arrive.
///
/// @param windows peaks over windows of growing length
public record RateStats(
    double requestsPerSecond, double inputTokensPerSecond, List<Window> windows) {
  private static final int[] WINDOW_SECONDS = {1, 10, 60};
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  /// Keeps a list that nobody changes.
  public RateStats {
    windows = List.copyOf(windows);
  }

  /// Windows of so many seconds, side by side from the first arrival on; an incomplete last one is
  /// left out.
  ///
  /// @param peakRequestsPerSecond in the fullest window
  /// @param dispersion variance of the requests a window over their mean; 1 if they are independent
  /// @param peakInputTokensPerSecond in the fullest window
  public record Window(
      int seconds,
      double peakRequestsPerSecond,
      double dispersion,
      double peakInputTokensPerSecond) {}

  static RateStats of(TraceTable table) {
    long tokens = 0;
    for (int r = 0; r < table.requests(); r++) {
      tokens += table.inputTokens(r);
    }
    double seconds = table.spanNs() / 1e9;
    var windows = new ArrayList<Window>();
    for (int length : WINDOW_SECONDS) {
      windows.add(window(table, length));
    }
    return new RateStats(
        seconds == 0 ? 0 : table.requests() / seconds,
        seconds == 0 ? 0 : tokens / seconds,
        windows);
  }

  private static Window window(TraceTable table, int seconds) {
    int count = (int) (table.spanNs() / NANOS_PER_SECOND / seconds);
    var requests = new long[count];
    var tokens = new long[count];
    for (int r = 0; r < table.requests(); r++) {
      long sinceNs = table.timeNs(r) - table.timeNs(0);
      int window = (int) (sinceNs / NANOS_PER_SECOND / seconds);
      if (window < count) {
        requests[window]++;
        tokens[window] += table.inputTokens(r);
      }
    }
    return new Window(
        seconds, max(requests) / seconds, dispersion(requests), max(tokens) / seconds);
  }

  private static double max(long[] values) {
    return Arrays.stream(values).max().orElse(0);
  }

  private static double dispersion(long[] values) {
    double mean = Arrays.stream(values).average().orElse(0);
    if (mean == 0) {
      return 0;
    }
    double squares = 0;
    for (long value : values) {
      squares += (value - mean) * (value - mean);
    }
    return squares / values.length / mean;
  }
}
