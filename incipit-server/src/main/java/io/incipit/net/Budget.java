// SPDX-License-Identifier: Apache-2.0
package io.incipit.net;

import java.util.concurrent.atomic.AtomicLong;

/// A number of bytes that connections share. Thread-safe.
final class Budget {
  private final long max;
  private final AtomicLong used = new AtomicLong();

  Budget(long max) {
    this.max = max;
  }

  /// Takes `bytes`, if there are that many left.
  boolean take(long bytes) {
    if (used.addAndGet(bytes) <= max) {
      return true;
    }
    used.addAndGet(-bytes);
    return false;
  }

  void give(long bytes) {
    used.addAndGet(-bytes);
  }

  long used() {
    return used.get();
  }
}
