// SPDX-License-Identifier: Apache-2.0
package io.incipit.net;

import io.incipit.net.RequestRunner.Outcome;
import io.incipit.net.limits.ConnectionConfig;
import io.incipit.net.value.Upload;
import io.incipit.protocol.Command;
import io.incipit.protocol.MalformedException;
import io.incipit.protocol.RespBuffer;
import io.netty.buffer.ByteBuf;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Runs the requests of one connection, one after the other, and keeps the one that has to wait.
/// For its event loop.
final class RequestLoop {
  /// What is done with requests.
  enum State {
    /// One after the other is taken.
    READING,
    /// One is complete and waits for the replies to those before it, or for its turn.
    AWAITS_ORDER,
    /// One is complete and waits for its lane to have room.
    AWAITS_ROOM,
    /// One is complete and waits for memory for its reply.
    AWAITS_MEMORY,
    /// One is complete and waits for the store.
    AWAITS_STORE,
    /// One is not complete: its value is large and waits for a place.
    AWAITS_PLACE,
    /// One is not complete: its value is coming in.
    RECEIVING,
    /// No more are taken; what is on the way is answered.
    DRAINING,
    /// Nothing is read or answered.
    CLOSED
  }

  /// Why a connection ends, and what its client is told; both are empty if it asked for it.
  record Ending(String reason, String words) {
    static final Ending ASKED_FOR = new Ending("", "");
    static final Ending UNKNOWN = new Ending("unknown-large", "NOAUTH Authentication required.");
    static final Ending CORRUPT = new Ending("corrupt-value", "");
    static final Ending NO_MEMORY =
        new Ending(
            "buffer-limit",
            "BUSY the server holds too much of other requests; this one was not read");
  }

  /// Bytes of a request of somebody who has not said who he is, where he has to.
  private static final int UNKNOWN_BYTES_MAX = 16 << 10;

  private final ServerContext context;
  private final ConnectionConfig config;
  private final Intake intake;
  private final Outflow outflow;
  private final RespBuffer out;
  private final PendingReplies replies;
  private final RequestRunner runner;
  private final Turn turn;
  private final Runnable yieldTurn;
  private State state = State.READING;

  /// When the request began to wait.
  private long waitsSinceNs;

  /// Bytes of the reply that the request waits for.
  private long wantedBytes;

  private @Nullable Ending ending;

  /// The large value that is coming in.
  private @Nullable Upload upload;

  /// @param yieldTurn called when a turn is over; [Turn#begin] is to follow when others had theirs
  RequestLoop(
      ServerContext context,
      Intake intake,
      Outflow outflow,
      PendingReplies replies,
      RequestRunner runner,
      Turn turn,
      Runnable yieldTurn) {
    this.context = context;
    this.config = context.config();
    this.intake = intake;
    this.outflow = outflow;
    this.out = outflow.out();
    this.replies = replies;
    this.runner = runner;
    this.turn = turn;
    this.yieldTurn = yieldTurn;
  }

  State state() {
    return state;
  }

  /// Whether requests are taken, or wait to be.
  boolean takes() {
    return state == State.READING || isWaiting() || awaitsValue();
  }

  private boolean awaitsValue() {
    return state == State.AWAITS_PLACE || state == State.RECEIVING;
  }

  /// Whether a request is complete and waits.
  boolean isWaiting() {
    return switch (state) {
      case AWAITS_ORDER, AWAITS_ROOM, AWAITS_MEMORY, AWAITS_STORE -> true;
      case READING, AWAITS_PLACE, RECEIVING, DRAINING, CLOSED -> false;
    };
  }

  /// Whether the next request is waited for.
  boolean isReading() {
    boolean more = state == State.READING || state == State.RECEIVING;
    return more && !turn.isOver() && outflow.isOpen();
  }

  /// Whether a request waits for its lane, or the store.
  boolean awaitsOthers() {
    return switch (state) {
      case AWAITS_ROOM, AWAITS_STORE, AWAITS_PLACE -> true;
      case AWAITS_ORDER, AWAITS_MEMORY, READING, RECEIVING, DRAINING, CLOSED -> false;
    };
  }

  /// Where the next bytes of a large value belong, of `lengthMax` at most; empty if none is coming
  /// in, or the rest of it and what follows it fit into one usual read.
  Optional<ByteBuf> place(int lengthMax) {
    if (upload == null || state != State.RECEIVING) {
      return Optional.empty();
    }
    boolean large = upload.missing() >= EventLoopContext.READ_BYTES;
    return large ? upload.place(lengthMax) : Optional.empty();
  }

  /// Takes bytes of a large value.
  ///
  /// @return false if none is coming in
  boolean receive(ByteBuf bytes) {
    if (upload == null || state != State.RECEIVING) {
      return false;
    }
    intake.give(upload, bytes);
    return true;
  }

  /// Goes on with a large value: hands over what is here of it.
  private void receive() {
    if (upload == null || !upload.isSettled()) {
      return;
    }
    if (state == State.AWAITS_PLACE) {
      intake.give(upload);
      state = State.RECEIVING;
    }
    if (upload.missing() == 0) {
      intake.endValue();
      runner.uploaded(upload);
      upload = null;
      state = State.READING;
    }
  }

  /// A lane may have room.
  void room() {
    if (state == State.AWAITS_ROOM) {
      state = State.AWAITS_ORDER;
    }
  }

  /// Answers requests as long as there are whole ones and none has to wait.
  ///
  /// @return why the connection ends, if it does
  @Nullable Ending advance() throws MalformedException {
    do {
      replies.writeReady();
      receive();
      answer();
      replies.writeReady();
    } while (ending == null && isWaiting() && !turn.isOver() && mayRun());
    return ending;
  }

  private void answer() throws MalformedException {
    while (ending == null && takes() && next()) {
      if (!mayRun()) {
        await(isWaiting() ? state : State.AWAITS_ORDER);
        return;
      }
      if (!run()) {
        return;
      }
      outflow.emitMany();
    }
  }

  /// Whether there is a request to answer, and the time and memory for it.
  private boolean next() throws MalformedException {
    boolean some = isWaiting() || runner.isReplaying() || !intake.isEmpty();
    if (turn.isOver() || (some && turn.left() <= 0 && pause())) {
      return false;
    }
    if (isWaiting()) {
      return true;
    }
    if (awaitsValue()) {
      return false;
    }
    if (runner.isReplaying()) {
      boolean may = outflow.isOpen();
      if (may) {
        runner.replay(intake.request());
      }
      return may;
    }
    var foreign = intake.foreign();
    if (foreign != null) {
      ending = new Ending(foreign.reason(), foreign.error());
      return false;
    }
    return outflow.isOpen() && nextRequest();
  }

  private boolean nextRequest() throws MalformedException {
    while (!intake.next()) {
      if (!intake.awaitsValue()) {
        if (intake.waitingBytes() > UNKNOWN_BYTES_MAX && runner.isUnknown()) {
          ending = Ending.UNKNOWN;
        }
        return false;
      }
      upload = runner.upload(intake.request(), intake.valueBytes());
      state = State.AWAITS_PLACE;
      receive();
      if (awaitsValue()) {
        return false;
      }
    }
    return true;
  }

  private boolean mayRun() {
    return switch (state) {
      case READING, AWAITS_ORDER -> outflow.isOpen() && inOrder();
      case AWAITS_MEMORY -> outflow.isOpen() && outflow.admits(wantedBytes);
      case AWAITS_STORE -> outflow.isOpen() && runner.isReady();
      case AWAITS_ROOM, AWAITS_PLACE, RECEIVING, DRAINING, CLOSED -> false;
    };
  }

  /// Whether the request sees what those before it did: a publish may follow publishes, since their
  /// lane keeps the order, and anything else waits for all replies.
  private boolean inOrder() {
    var request = intake.request();
    return replies.isEmpty()
        || (replies.count() < config.publishesInFlight()
            && replies.ofPublishesOnly()
            && Command.PUBLISH.accepts(request.count())
            && request.is(0, Command.PUBLISH.wireName()));
  }

  /// Runs the request.
  ///
  /// @return whether the next may follow
  private boolean run() {
    int mark = out.size();
    var outcome = runner.run(intake.request(), isWaiting(), turn.left(), out);
    turn.use(runner.units());
    if (outcome == Outcome.DONE && outflow.fits(mark)) {
      endWait();
      return true;
    }
    switch (outcome) {
      case DONE -> {
        wantedBytes = out.size();
        out.truncate(mark);
        await(State.AWAITS_MEMORY);
      }
      case QUIT -> ending = Ending.ASKED_FOR;
      case BROKEN -> ending = Ending.CORRUPT;
      case LATER -> await(State.AWAITS_STORE);
      case NO_ROOM -> await(State.AWAITS_ROOM);
      case NO_UNITS -> {
        await(State.AWAITS_ORDER);
        pause();
      }
    }
    return false;
  }

  /// Ends this turn, if what is left can be kept until the next.
  ///
  /// @return whether it is over
  private boolean pause() {
    if (takes() && (isWaiting() || intake.unshare())) {
      turn.end();
      yieldTurn.run();
      return true;
    }
    turn.begin();
    return false;
  }

  /// Keeps a request for later, with bytes of its own.
  private void await(State awaiting) {
    if (!intake.keep()) {
      ending = Ending.NO_MEMORY;
      return;
    }
    if (!isWaiting()) {
      waitsSinceNs = context.clock().nanoTime();
    }
    state = awaiting;
  }

  /// Ends a request, and its waiting if it waits.
  private void endWait() {
    intake.unkeep();
    runner.ended();
    if (isWaiting()) {
      state = State.READING;
    }
  }

  /// Answers `BUSY` to a request whose reply has found no memory since then, though its client
  /// reads.
  void giveUp(long sinceNs) {
    if (outflow.waitingBytes() > 0) {
      return;
    }
    replies.giveUp(sinceNs);
    if (state == State.AWAITS_MEMORY && waitsSinceNs - sinceNs <= 0) {
      endWait();
      out.error("BUSY the server holds too many replies that others do not take; ask again");
    }
  }

  /// Takes no more requests.
  void drain() {
    if (takes()) {
      endUpload();
      endWait();
      state = State.DRAINING;
      intake.release();
      replies.close();
    }
  }

  private void endUpload() {
    if (upload != null) {
      upload.close();
      upload = null;
    }
  }

  /// Neither reads nor answers any more.
  void close() {
    endUpload();
    endWait();
    state = State.CLOSED;
    runner.close();
    intake.release();
  }
}
