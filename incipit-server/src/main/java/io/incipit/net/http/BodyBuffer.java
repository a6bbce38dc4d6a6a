// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.http;

import io.incipit.net.limits.MemoryBudget;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/// The body of a request while it comes. Takes memory as bytes come, not as they are announced, so
/// that who announces much and sends nothing has nothing. For one event loop.
final class BodyBuffer {
  private static final int FIRST_BYTES = 16 << 10;

  private final MemoryBudget budget;
  private final int length;
  private byte[] bytes = new byte[0];
  private int count;

  /// @param length bytes of the whole body
  BodyBuffer(MemoryBudget budget, int length) {
    this.budget = budget;
    this.length = length;
  }

  /// Takes a part, of which there are never more bytes than announced.
  ///
  /// @return whether there was memory for it
  boolean add(ByteBuf part) {
    int more = part.readableBytes();
    if (more > bytes.length - count && !grow(count + more)) {
      return false;
    }
    part.readBytes(bytes, count, more);
    count += more;
    return true;
  }

  /// At last to [#length] exactly.
  private boolean grow(int least) {
    int size = (int) Math.min(length, Math.max(2L * bytes.length, Math.max(FIRST_BYTES, least)));
    if (!budget.take(size)) {
      return false;
    }
    int before = bytes.length;
    bytes = Arrays.copyOf(bytes, size);
    budget.give(before);
    return true;
  }

  /// The bytes, not copied, when all have come.
  byte[] bytes() {
    return bytes;
  }

  /// Gives the memory back.
  void release() {
    budget.give(bytes.length);
    bytes = new byte[0];
    count = 0;
  }
}
