// SPDX-License-Identifier: Apache-2.0
package io.incipit.net;

import io.incipit.net.limits.Deadlines;
import io.incipit.net.limits.MemoryBudget;
import io.incipit.net.value.Upload;
import io.incipit.protocol.MalformedException;
import io.incipit.protocol.Request;
import io.incipit.protocol.RequestParser;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/// Makes requests of the bytes of one connection, one at a time. For its event loop.
final class Intake {
  private final MemoryBudget budget;
  private final Deadlines deadlines;
  private final ReceiveBuffer buffer;
  private final RequestParser parser = new RequestParser();
  private final Request request = new Request();
  private long receivedBytes;

  /// Whether there was a request.
  private boolean begun;

  /// Whether the request has bytes of its own, from the budget.
  private boolean kept;

  Intake(byte[] shared, MemoryBudget budget, Deadlines deadlines) {
    this.budget = budget;
    this.deadlines = deadlines;
    this.buffer = new ReceiveBuffer(shared, budget);
  }

  /// Takes as many bytes as there is room for.
  ///
  /// @param most bytes, positive
  /// @return whether there was memory for them
  boolean take(ByteBuf bytes, int most) {
    int before = bytes.readableBytes();
    boolean taken = buffer.take(bytes, most);
    receivedBytes += before - bytes.readableBytes();
    return taken;
  }

  /// Bytes taken so far.
  long receivedBytes() {
    return receivedBytes;
  }

  /// Whether there are no bytes that no request was made of.
  boolean isEmpty() {
    return buffer.isEmpty();
  }

  /// Bytes that are here and that no request was made of.
  int waitingBytes() {
    return buffer.end() - buffer.start();
  }

  /// The request that was made last.
  Request request() {
    return request;
  }

  /// Makes the next request of the bytes that are there.
  ///
  /// @return whether it is complete
  boolean next() throws MalformedException {
    int next = parser.parse(buffer.bytes(), buffer.start(), buffer.end(), request);
    if (next == RequestParser.INCOMPLETE || next == RequestParser.VALUE) {
      deadlines.incomplete(!buffer.isEmpty());
      return false;
    }
    buffer.start(next);
    deadlines.complete();
    begun |= request.count() > 0;
    return true;
  }

  /// Whether the next bytes are those of a large value, which is to be taken apart from its
  /// request; [#request] has the words before it.
  boolean awaitsValue() {
    return parser.awaitsValue();
  }

  /// Bytes of that value.
  int valueBytes() {
    return parser.valueBytes();
  }

  /// Hands the bytes of the value that are here over.
  void give(Upload value) {
    int from = buffer.start() + parser.valueOffset();
    int given = value.take(buffer.bytes(), from, buffer.end());
    buffer.cut(from, given);
  }

  /// Hands bytes that arrive over to a value.
  void give(Upload value, ByteBuf bytes) {
    int before = bytes.readableBytes();
    value.take(bytes);
    receivedBytes += before - bytes.readableBytes();
    deadlines.progress();
  }

  /// The value is whole.
  void endValue() {
    parser.valueTaken();
  }

  /// Looks at what comes next for what is plainly no RESP, before any of it is run.
  ///
  /// @return null if it may be RESP
  @Nullable Foreign foreign() {
    if (buffer.isEmpty()) {
      return null;
    }
    byte[] bytes = buffer.bytes();
    var byFirst = begun ? null : Foreign.ofByte(bytes[buffer.start()]);
    return byFirst == null ? Foreign.ofLine(bytes, buffer.start(), buffer.end(), !begun) : byFirst;
  }

  /// Gives the request bytes of its own, so that it can wait.
  ///
  /// @return whether there was memory for them
  boolean keep() {
    if (!kept && budget.take(request.frameBytes())) {
      request.detach();
      kept = true;
    }
    return kept;
  }

  /// The request waits no more.
  void unkeep() {
    if (kept) {
      kept = false;
      budget.give(request.frameBytes());
    }
  }

  /// Leaves the memory that all connections share to the next one.
  ///
  /// @return whether there was other memory for what is left
  boolean unshare() {
    boolean unshared = buffer.unshare();
    if (buffer.isEmpty() && !kept) {
      request.shrink();
    }
    return unshared;
  }

  /// Drops everything.
  void release() {
    unkeep();
    buffer.release();
  }
}
