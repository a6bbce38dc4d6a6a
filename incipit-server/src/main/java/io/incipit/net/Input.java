// SPDX-License-Identifier: Apache-2.0
package io.incipit.net;

import io.netty.buffer.ByteBuf;

/// The bytes of one connection that no request was made of yet.
///
/// What arrives goes into an array that all connections of an event loop share, since mostly all of
/// it is used up before another connection has its turn; only the rest of it gets memory of its
/// own, which is taken from a budget.
final class Input {
  private static final int OWN_BYTES_MIN = 1_024;

  private final byte[] shared;
  private final Budget budget;
  private byte[] bytes;

  /// Whether `bytes` is not the shared array.
  private boolean owned;

  private int start;
  private int end;

  Input(byte[] shared, Budget budget) {
    this.shared = shared;
    this.budget = budget;
    this.bytes = shared;
  }

  byte[] bytes() {
    return bytes;
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

  /// Takes as many bytes as there is room for: all, or one shared array full.
  ///
  /// @return whether there was memory for them
  boolean take(ByteBuf from) {
    int more = Math.min(from.readableBytes(), shared.length);
    if (owned && !reserve(more)) {
      return false;
    }
    from.readBytes(bytes, end, more);
    end += more;
    return true;
  }

  private boolean reserve(int more) {
    if (bytes.length - end >= more) {
      return true;
    }
    int kept = end - start;
    if (bytes.length - kept >= more && start >= kept) {
      System.arraycopy(bytes, start, bytes, 0, kept);
    } else {
      int wanted = Math.max(kept + more, 2 * kept);
      if (!budget.take(wanted - bytes.length)) {
        return false;
      }
      var larger = new byte[wanted];
      System.arraycopy(bytes, start, larger, 0, kept);
      bytes = larger;
    }
    start = 0;
    end = kept;
    return true;
  }

  /// Leaves the shared array to the next connection: moves what is left to memory of its own.
  ///
  /// @return whether there was memory for it
  boolean settle() {
    if (start == end) {
      release();
      return true;
    }
    if (owned) {
      return true;
    }
    int kept = end - start;
    int wanted = Math.max(OWN_BYTES_MIN, kept);
    if (!budget.take(wanted)) {
      start = 0;
      end = 0;
      return false;
    }
    var own = new byte[wanted];
    System.arraycopy(shared, start, own, 0, kept);
    bytes = own;
    owned = true;
    start = 0;
    end = kept;
    return true;
  }

  /// Drops all bytes and gives their memory back.
  void release() {
    if (owned) {
      budget.give(bytes.length);
      bytes = shared;
      owned = false;
    }
    start = 0;
    end = 0;
  }
}
