// SPDX-License-Identifier: Apache-2.0
package io.incipit.quota;

import java.util.concurrent.atomic.AtomicLong;

/// A token bucket that holds the tokens of one second, full at first. Thread-safe.
///
/// It keeps one number, the time at which it will be full again (as the generic cell rate algorithm
/// of ATM does), so that nothing has to fill it up.
final class TokenBucket {
  private static final long SECOND_NS = 1_000_000_000L;

  private final AtomicLong fullAtNs;

  TokenBucket(long nowNs) {
    fullAtNs = new AtomicLong(nowNs);
  }

  /// Whether it has all of its tokens.
  boolean isFull(long nowNs) {
    return fullAtNs.get() - nowNs <= 0;
  }

  /// Takes a token, if there is one.
  ///
  /// @param perSecond tokens that come a second, positive
  /// @return 0 if it was taken; else how long until there is one
  long take(long nowNs, long perSecond) {
    long eachNs = Math.max(1, SECOND_NS / perSecond);
    while (true) {
      long full = fullAtNs.get();
      long since = full - nowNs > 0 ? full : nowNs;
      long waitNs = since + eachNs - nowNs - SECOND_NS;
      if (waitNs > 0) {
        return waitNs;
      }
      if (fullAtNs.compareAndSet(full, since + eachNs)) {
        return 0;
      }
    }
  }
}
