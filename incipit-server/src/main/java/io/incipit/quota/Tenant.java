// SPDX-License-Identifier: Apache-2.0
package io.incipit.quota;

/// One namespace as quotas see it: what it may take, and how fast it asks. Thread-safe.
public final class Tenant {
  private final Limits limits;
  private final TokenBucket publishes;
  private final TokenBucket lookups;

  Tenant(Limits limits, long nowNs) {
    this.limits = limits;
    this.publishes = new TokenBucket(nowNs);
    this.lookups = new TokenBucket(nowNs);
  }

  /// Its quotas and floors.
  public Limits limits() {
    return limits;
  }

  /// Counts a publish, unless there were too many.
  ///
  /// @return 0 if it was counted; else for how long there are too many
  long publish(long nowNs) {
    return take(publishes, limits.publishes(), nowNs);
  }

  /// Counts a look-up, unless there were too many.
  ///
  /// @return as [#publish]
  long lookUp(long nowNs) {
    return take(lookups, limits.lookups(), nowNs);
  }

  /// Whether it may ask for as much as one that is new.
  boolean isRested(long nowNs) {
    return publishes.isFull(nowNs) && lookups.isFull(nowNs);
  }

  private static long take(TokenBucket bucket, long perSecond, long nowNs) {
    return perSecond == Limits.ENDLESS ? 0 : bucket.take(nowNs, perSecond);
  }
}
