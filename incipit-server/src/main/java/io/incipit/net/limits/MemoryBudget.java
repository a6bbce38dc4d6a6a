// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.limits;

import java.util.concurrent.atomic.AtomicLong;

/// The bytes that all connections hold together: of requests that wait or are not complete, and
/// of replies that their clients have not taken. Thread-safe.
///
/// Replies get at most three quarters of it, and a connection gets more for them only while it
/// holds at most three times what would then be left of that. So one client that never reads gets
/// nine sixteenths of the whole, and there is always some left for the next (dynamic thresholds,
/// Choudhury and Hahne, 1998).
public final class MemoryBudget {
  private static final int SHARE = 3;

  private final long max;
  private final long repliesMax;
  private final AtomicLong used = new AtomicLong();
  private final AtomicLong replies = new AtomicLong();

  /// @param max bytes
  public MemoryBudget(long max) {
    this.max = max;
    this.repliesMax = max / 4 * 3;
  }

  /// Takes `bytes` for a request, if there are that many left.
  public boolean take(long bytes) {
    if (used.addAndGet(bytes) <= max) {
      return true;
    }
    used.addAndGet(-bytes);
    return false;
  }

  /// Gives back what was taken.
  public void give(long bytes) {
    used.addAndGet(-bytes);
  }

  /// Whether a connection may have `more` bytes for replies beside the `charged` that it has. One
  /// reply of any size finds its place where there is no other.
  public boolean admits(long charged, long more) {
    long all = replies.get();
    if (all == 0 && more <= max - used.get()) {
      return true;
    }
    long left = Math.min(repliesMax - all, max - used.get()) - more;
    return left >= 0 && charged + more <= SHARE * left;
  }

  /// Takes `more` bytes for replies, if [#admits] says so.
  public boolean takeForReplies(long charged, long more) {
    if (!admits(charged, more)) {
      return false;
    }
    changeForReplies(more);
    return true;
  }

  /// Takes bytes for replies that are there already, whatever is left; gives some back if negative.
  public void changeForReplies(long bytes) {
    replies.addAndGet(bytes);
    used.addAndGet(bytes);
  }

  /// Bytes taken now.
  public long used() {
    return used.get();
  }
}
