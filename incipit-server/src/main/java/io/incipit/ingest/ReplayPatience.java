// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest;

/// How long a replay may say nothing until it is taken to have broken off: twice as long each time
/// it was waited for in vain, since an engine that is busy is not helped by being asked again. Time
/// in which this process itself stood still hardly counts. For one thread.
final class ReplayPatience {
  /// What one look after another counts at most.
  private static final long LOOK_MILLIS_MAX = 1_000;

  private static final int DOUBLINGS_MAX = 4;

  private final long leastMillis;
  private int doublings;
  private long lookedMillis;
  private long silentMillis;

  /// @param leastMillis what is waited for the first time
  ReplayPatience(long leastMillis) {
    this.leastMillis = leastMillis;
  }

  /// A replay was asked for.
  void asked(long nowMillis) {
    lookedMillis = nowMillis;
    silentMillis = 0;
  }

  /// Something of the replay has come.
  void heard(long nowMillis) {
    asked(nowMillis);
    doublings = 0;
  }

  /// Looks whether it has taken too long; the next may take longer then.
  boolean isOver(long nowMillis) {
    silentMillis += Math.min(nowMillis - lookedMillis, LOOK_MILLIS_MAX);
    lookedMillis = nowMillis;
    boolean over = silentMillis > limitMillis();
    if (over) {
      doublings = Math.min(doublings + 1, DOUBLINGS_MAX);
    }
    return over;
  }

  /// For how long the replay that is waited for may say nothing.
  long limitMillis() {
    return leastMillis << doublings;
  }
}
