// SPDX-License-Identifier: Apache-2.0
package io.incipit.net;

import io.incipit.net.limits.MemoryBudget;
import io.netty.buffer.ByteBuf;

/// The bytes of one connection that no request was made of yet.
///
/// What arrives goes into an array that all connections of an event loop share, since mostly all of
/// it is used up before another connection has its turn; only the rest of it gets memory of its
/// own, which is taken from a budget, and goes back to the front of the shared array when more
/// arrives. A request that is longer than that grows where it is.
final class ReceiveBuffer {
  private static final int OWN_BYTES_MIN = 1_024;
  private static final byte[] NONE = new byte[0];

  private final byte[] shared;
  private final MemoryBudget budget;

  /// Memory of this connection alone; of no bytes while there is none.
  private byte[] own = NONE;

  /// Whether the bytes are in `own`.
  private boolean owned;

  private int start;
  private int end;

  ReceiveBuffer(byte[] shared, MemoryBudget budget) {
    this.shared = shared;
    this.budget = budget;
  }

  byte[] bytes() {
    return owned ? own : shared;
  }

  /// Where the bytes start that no request was made of.
  int start() {
    return start;
  }

  int end() {
    return end;
  }

  boolean isEmpty() {
    return start == end;
  }

  /// Everything before `start` has been used.
  void start(int start) {
    this.start = start;
  }

  /// Drops `count` bytes from place `from` on; what follows moves up.
  void cut(int from, int count) {
    System.arraycopy(bytes(), from + count, bytes(), from, end - from - count);
    end -= count;
  }

  /// Takes as many bytes as there is room for: all, or half a shared array full.
  ///
  /// @param most bytes, positive
  /// @return whether there was memory for them
  boolean take(ByteBuf from, int most) {
    int more = Math.min(Math.min(from.readableBytes(), most), shared.length / 2);
    int kept = end - start;
    if (owned && own.length - end < more && kept + more <= shared.length) {
      System.arraycopy(own, start, shared, 0, kept);
      owned = false;
      start = 0;
      end = kept;
    } else if (owned && !reserve(more)) {
      return false;
    }
    from.readBytes(bytes(), end, more);
    end += more;
    return true;
  }

  /// Makes room for `more` bytes behind a long request; moving it each time would cost too much.
  private boolean reserve(int more) {
    if (own.length - end >= more) {
      return true;
    }
    int kept = end - start;
    int wanted = Math.max(kept + more, 2 * kept);
    if (!budget.take(wanted)) {
      return false;
    }
    var larger = new byte[wanted];
    System.arraycopy(own, start, larger, 0, kept);
    budget.give(own.length);
    own = larger;
    start = 0;
    end = kept;
    return true;
  }

  /// Leaves the shared array to the next connection: moves what is left to memory of its own.
  ///
  /// @return whether there was memory for it; if not, the bytes are still in the shared array
  boolean unshare() {
    if (start == end) {
      release();
      return true;
    }
    if (owned) {
      return true;
    }
    int kept = end - start;
    if (own.length < kept) {
      int wanted = Math.max(OWN_BYTES_MIN, kept + kept / 2);
      budget.give(own.length);
      own = NONE;
      if (!budget.take(wanted)) {
        return false;
      }
      own = new byte[wanted];
    }
    System.arraycopy(shared, start, own, 0, kept);
    owned = true;
    start = 0;
    end = kept;
    return true;
  }

  /// Drops all bytes and gives their memory back.
  void release() {
    budget.give(own.length);
    own = NONE;
    owned = false;
    start = 0;
    end = 0;
  }
}
