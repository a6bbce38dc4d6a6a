// SPDX-License-Identifier: Apache-2.0
package io.incipit.net;

import io.incipit.net.RequestLoop.Ending;
import io.incipit.net.RequestLoop.State;
import io.incipit.net.block.VisibleIndex;
import io.incipit.net.limits.Deadlines;
import io.incipit.net.limits.Linger;
import io.incipit.net.redis.Client;
import io.incipit.net.value.ValueCommands;
import io.incipit.protocol.Command;
import io.incipit.protocol.Limits;
import io.incipit.protocol.MalformedException;
import io.incipit.protocol.RespBuffer;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import java.util.Optional;
import java.util.regex.Pattern;

/// One RESP connection, from its first byte to its end: what wakes it, and how it ends. For its
/// event loop.
final class RespConnection {
  /// What a connection asks of whoever moves its bytes.
  interface Mover {
    /// Calls [#resume] soon; for any thread.
    void wake();

    /// Calls [#room] soon; for any thread.
    void room();

    /// Calls [#turn] when the other connections of the loop had theirs.
    void yieldTurn();
  }

  /// Bytes that are looked at first: if they say that a value follows, the rest goes straight to
  /// where that will be kept.
  private static final int FIRST_BYTES = 2_048;

  private static final Pattern SEQ = Pattern.compile("[0-9]{1,20}");

  private final ServerContext context;
  private final EventLoopContext loop;
  private final Channel channel;
  private final RespBuffer out;
  private final Client client;
  private final Intake intake;
  private final Outflow outflow;
  private final PendingReplies replies;
  private final Turn turn = new Turn();
  private final RequestLoop requests;

  /// Whether requests are being run, and whether to look once more when they were.
  private boolean processing;

  private boolean again;

  /// Whether the client sends no more.
  private boolean inputEnded;

  /// What is said last, when the connection ends; may be empty.
  private String lastWords = "";

  RespConnection(
      ServerContext context,
      EventLoopContext loop,
      Channel channel,
      Deadlines deadlines,
      Mover mover) {
    this.context = context;
    this.loop = loop;
    this.channel = channel;
    this.out = loop.output();
    this.client = context.open(channel);
    this.intake = new Intake(loop.input(), context.budget(), deadlines);
    this.outflow = new Outflow(context, loop, channel);
    this.replies = new PendingReplies(context, outflow, mover::wake);
    var index = new VisibleIndex(context, client.session()::hides);
    var values = new ValueCommands(context.store(), index, outflow, mover::wake);
    var runner = new RequestRunner(context, client, loop, replies, values, mover::room);
    this.requests =
        new RequestLoop(context, intake, outflow, replies, runner, turn, mover::yieldTurn);
  }

  Intake intake() {
    return intake;
  }

  Outflow outflow() {
    return outflow;
  }

  /// Replies on the way.
  int pendingReplies() {
    return replies.count();
  }

  /// Whether requests are taken, or wait to be.
  boolean takes() {
    return requests.takes();
  }

  /// Whether it neither reads nor answers any more.
  boolean isClosed() {
    return requests.state() == State.CLOSED;
  }

  /// Whether requests are being run, so that what has come is seen.
  boolean isProcessing() {
    return processing;
  }

  /// Whether more bytes are wanted.
  boolean isReading() {
    return requests.isReading() && !inputEnded;
  }

  /// Whether it goes on without anything from its client.
  boolean isBusy() {
    boolean coming = !replies.isEmpty() && !replies.awaitsMemory();
    return turn.isOver() || coming || requests.awaitsOthers();
  }

  /// Where the next bytes belong, of `lengthMax` at most, if they are to come to [#take] from
  /// there.
  Optional<ByteBuf> place(int lengthMax) {
    return requests.place(lengthMax);
  }

  /// Takes bytes, and runs what is whole of them.
  void take(ByteBuf bytes) {
    boolean mayBeValue = intake.isEmpty() && bytes.readableBytes() > Limits.VALUE_BYTES_APART;
    int most = mayBeValue ? FIRST_BYTES : Integer.MAX_VALUE;
    while (bytes.isReadable() && takes()) {
      if (!requests.receive(bytes) && !intake.take(bytes, most)) {
        end(Ending.NO_MEMORY);
        conclude();
        return;
      }
      resume();
      most = Integer.MAX_VALUE;
    }
  }

  /// The client sends no more: it is answered what it has sent.
  void inputEnded() {
    inputEnded = true;
    resume();
  }

  /// A lane may have room.
  void room() {
    requests.room();
    resume();
  }

  /// The next turn, after one that was used up.
  void turn() {
    turn.begin();
    resume();
  }

  /// The loop goes on to other connections by itself.
  void endOfTurn() {
    if (!turn.isOver()) {
      turn.begin();
    }
  }

  /// Goes on where it stopped: writes replies that have come, then runs the next requests, then
  /// keeps no more than is needed until there is more to do.
  void resume() {
    if (isClosed()) {
      return;
    }
    if (processing) {
      // The socket took what was just handed to it: whoever handed it goes on.
      again = true;
      return;
    }
    processing = true;
    do {
      again = false;
      process();
    } while (again && !isClosed());
    processing = false;
    if (!isClosed() && !intake.unshare()) {
      end(Ending.NO_MEMORY);
      conclude();
    }
  }

  private void process() {
    out.resp3(client.resp3());
    try {
      var ending = requests.advance();
      outflow.emit();
      if (ending != null) {
        end(ending);
      }
    } catch (MalformedException malformed) {
      outflow.emit();
      end(new Ending("malformed", "ERR " + malformed.detail()));
    } catch (RuntimeException | Error failure) {
      loop.clearOutput();
      context.failed("request", failure);
      abort("failure");
    }
    context.metrics().turn(turn.used());
    if (!again) {
      conclude();
    }
  }

  /// Ends the connection if nothing is to come any more.
  private void conclude() {
    boolean silent = inputEnded && requests.isReading();
    if ((silent || requests.state() == State.DRAINING) && replies.isEmpty()) {
      finish();
    }
  }

  /// Takes no more requests; once what is pending is answered, says why and closes.
  void end(Ending ending) {
    if (!ending.reason().isEmpty()) {
      context.cut(ending.reason(), channel);
    }
    lastWords = ending.words();
    requests.drain();
  }

  /// Ends the connection when the requests that it has taken are answered; one that waits is
  /// `BUSY`, with its number if it is a publish.
  void drain() {
    if (requests.isWaiting()) {
      lastWords = "BUSY %sthe server stops; nothing was changed".formatted(waitingSeq());
    }
    requests.drain();
    resume();
  }

  /// The number of the publish that waits, and a blank; empty if something else does.
  private String waitingSeq() {
    var request = intake.request();
    boolean publish =
        Command.PUBLISH.accepts(request.count())
            && request.is(0, Command.PUBLISH.wireName())
            && SEQ.matcher(request.text(4)).matches();
    return publish ? request.text(4) + " " : "";
  }

  /// Closes when what was written is with the client, or a deadline has passed.
  private void finish() {
    requests.close();
    channel.config().setAutoRead(false);
    if (lastWords.isEmpty()) {
      var nothing = channel.alloc().ioBuffer(0);
      var _ = channel.writeAndFlush(nothing).addListener(ChannelFutureListener.CLOSE);
    } else {
      out.error(lastWords);
      outflow.emit();
      Linger.end(channel);
    }
  }

  /// Goes on if there is memory now; if not for long, what waits for it is `BUSY`.
  ///
  /// @param sinceNs what waits since then or longer has waited long
  /// @return whether anything was done
  boolean retry(long sinceNs) {
    outflow.recharge();
    boolean waits = takes() && !isReading();
    if (waits) {
      requests.giveUp(sinceNs);
      resume();
    }
    return waits;
  }

  /// Closes at once.
  void abort(String reason) {
    if (channel.isOpen()) {
      context.cut(reason, channel);
    }
    close();
  }

  /// Closes at once, for a reason of the other end.
  void close() {
    requests.close();
    var _ = channel.close();
  }

  /// Gives back what it shares with others, for good.
  void release() {
    requests.close();
    context.close(client);
    replies.release();
    outflow.release();
  }
}
