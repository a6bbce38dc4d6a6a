// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest;

/// How many events came in the last minute, as of a second ago. One thread counts, any may read.
final class EventRate {
  private static final int SECONDS = 60;
  private static final long EACH_MILLIS = 1_000;

  /// What was counted by then, a second apart.
  private final long[] totals = new long[SECONDS];

  private int samples;
  private long nextMillis;
  private volatile long lastMinute;

  /// @param nowMillis of a clock that never goes back
  /// @param total counted until now
  void note(long nowMillis, long total) {
    if (samples > 0 && nowMillis < nextMillis) {
      return;
    }
    int place = samples % SECONDS;
    long oldest = samples == 0 ? total : samples < SECONDS ? totals[0] : totals[place];
    totals[place] = total;
    samples = samples == 2 * SECONDS - 1 ? SECONDS : samples + 1;
    nextMillis = nowMillis + EACH_MILLIS;
    lastMinute = total - oldest;
  }

  /// Events of the last minute, or since the start if that is less.
  long lastMinute() {
    return lastMinute;
  }
}
