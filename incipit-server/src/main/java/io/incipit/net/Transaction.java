// SPDX-License-Identifier: Apache-2.0
package io.incipit.net;

import io.incipit.net.limits.MemoryBudget;
import io.incipit.net.value.Upload;
import io.incipit.protocol.Limits;
import io.incipit.protocol.MalformedException;
import io.incipit.protocol.Request;
import io.incipit.protocol.RequestParser;
import java.util.ArrayDeque;
import java.util.Optional;

/// The requests of one connection between `MULTI` and `EXEC`: kept as they came, then handed out
/// one by one to be run as if they came now. Their replies follow each other as they do anyway, so
/// that of `EXEC` is the head of an array, and theirs are its values.
///
/// At most [Limits#ARGUMENTS_MAX] requests of [Limits#FRAME_BYTES_MAX] bytes together are kept, out
/// of the budget that all connections share. For the connection's event loop.
final class Transaction {
  private final MemoryBudget budget;

  /// A request, and the value that was taken apart from it.
  private static final class Kept {
    final byte[] frame;
    final Optional<Upload> upload;

    Kept(byte[] frame, Optional<Upload> upload) {
      this.frame = frame;
      this.upload = upload;
    }
  }

  private final ArrayDeque<Kept> frames = new ArrayDeque<>();
  private final RequestParser parser = new RequestParser();
  private State state = State.NONE;
  private boolean broken;
  private long bytes;

  private enum State {
    /// Requests run as they come.
    NONE,
    /// Requests are kept.
    OPEN,
    /// What was kept is being run.
    RUNNING
  }

  Transaction(MemoryBudget budget) {
    this.budget = budget;
  }

  /// Whether requests are kept, and not run.
  boolean isOpen() {
    return state == State.OPEN;
  }

  /// Requests kept; -1 if none are.
  int count() {
    return isOpen() ? frames.size() : -1;
  }

  void open() {
    state = State.OPEN;
  }

  /// Keeps a copy of a request.
  ///
  /// @param upload the value that was taken apart from it
  /// @return whether there was room; if not, `EXEC` will be refused
  boolean keep(Request request, Optional<Upload> upload) {
    int more = request.frameBytes();
    boolean fits = frames.size() < Limits.ARGUMENTS_MAX && bytes + more <= Limits.FRAME_BYTES_MAX;
    if (fits && budget.take(more)) {
      bytes += more;
      frames.add(new Kept(request.copyFrame(), upload));
      return true;
    }
    broken = true;
    upload.ifPresent(Upload::close);
    return false;
  }

  /// Notes a request that cannot be run: if others are kept, `EXEC` will be refused.
  void spoil() {
    broken |= isOpen();
  }

  /// Begins to run what was kept.
  ///
  /// @return how many requests [#next] will give; -1, and nothing is kept any more, if there was no
  ///     room for one or it was none
  int execute() {
    if (broken) {
      discard();
      return -1;
    }
    state = frames.isEmpty() ? State.NONE : State.RUNNING;
    return frames.size();
  }

  /// Forgets what was kept. Idempotent.
  void discard() {
    frames.forEach(kept -> kept.upload.ifPresent(Upload::close));
    frames.clear();
    budget.give(bytes);
    bytes = 0;
    broken = false;
    state = State.NONE;
  }

  /// Whether [#next] has a request to run.
  boolean isRunning() {
    return state == State.RUNNING;
  }

  /// Puts the next kept request into `request`. Valid if [#isRunning].
  ///
  /// @return the value that was taken apart from it
  Optional<Upload> next(Request request) {
    var kept = frames.remove();
    var frame = kept.frame;
    bytes -= frame.length;
    budget.give(frame.length);
    if (frames.isEmpty()) {
      state = State.NONE;
    }
    try {
      int end = parser.parse(frame, 0, frame.length, request);
      if (end == RequestParser.VALUE) {
        parser.valueTaken();
        end = parser.parse(frame, 0, frame.length, request);
      }
      if (end != frame.length) {
        throw new IllegalStateException(
            "frame: ends at %d (expected: %d)".formatted(end, frame.length));
      }
    } catch (MalformedException impossible) {
      throw new IllegalStateException("frame: was whole when it was kept", impossible);
    }
    return kept.upload;
  }
}
