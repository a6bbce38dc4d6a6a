// SPDX-License-Identifier: Apache-2.0
package io.incipit.net;

import io.incipit.protocol.Command;
import io.incipit.protocol.MalformedException;
import io.incipit.protocol.Request;
import io.incipit.protocol.RequestParser;
import io.incipit.protocol.RespBuffer;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// One RESP connection: takes requests out of what arrives and writes their replies, in order.
///
/// Publishes go to their lanes and come back later; several may be on the way, and any other
/// request waits for all of them, so that it sees what they did. No more is read while too much
/// waits: of publishes, or of replies that the client does not take. Everything here runs on the
/// connection's event loop, but for [#wake].
final class RespHandler extends ChannelInboundHandlerAdapter {
  /// Bytes of replies after which they are handed to the socket, though more requests are there.
  private static final int OUTPUT_CHUNK = 64 << 10;

  /// What the connection does with requests.
  private enum State {
    /// Takes one after the other.
    READING,
    /// `request` is complete and waits for publishes.
    HELD,
    /// Takes no more, and ends when nothing is pending.
    DRAINING,
    /// Neither reads nor answers.
    CLOSED
  }

  private final Peers peers;
  private final Loop loop;
  private final ConnectionConfig config;
  private final RespBuffer out;
  private final Input input;
  private final RequestParser parser = new RequestParser();
  private final Request request = new Request();
  private final PendingReplies replies;
  private final AtomicBoolean woken = new AtomicBoolean();
  private final Deadlines deadlines;
  private @Nullable ChannelHandlerContext context;
  private @Nullable Client client;
  private @Nullable RequestRunner runner;
  private State state = State.READING;

  /// What is said last, when the connection ends; may be empty.
  private String lastWords = "";

  /// Bytes handed to the socket's queue so far.
  private long writtenBytes;

  /// Bytes of output that were taken from the shared budget.
  private long charged;

  RespHandler(Peers peers, Loop loop) {
    this.peers = peers;
    this.loop = loop;
    this.config = peers.config();
    this.out = loop.output();
    this.input = new Input(loop.input(), peers.budget());
    this.replies = new PendingReplies(peers, this::wake);
    this.deadlines = new Deadlines(config, peers.clock().nanoTime());
  }

  private void wake() {
    var executor = context().executor();
    if (!executor.inEventLoop() && woken.compareAndSet(false, true)) {
      try {
        executor.execute(this::resume);
      } catch (RejectedExecutionException stopped) {
        // The server stops, and with it this connection.
        woken.set(false);
      }
    }
  }

  private ChannelHandlerContext context() {
    if (context == null) {
      throw new IllegalStateException("connection: not registered");
    }
    return context;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    var opened = peers.open(ctx.channel());
    client = opened;
    runner = new RequestRunner(peers, opened, loop.decoder(), replies);
    loop.add(this);
    ctx.fireChannelActive();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    unhold();
    state = State.CLOSED;
    loop.remove(this);
    if (client != null) {
      peers.close(client);
    }
    input.release();
    release();
    ctx.fireChannelInactive();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    var bytes = (ByteBuf) message;
    try {
      peers.metrics().received(bytes.readableBytes());
      while (bytes.isReadable() && takes()) {
        if (!input.take(bytes)) {
          refuseMemory();
          return;
        }
        process();
        settle();
      }
    } finally {
      bytes.release();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    ctx.flush();
    govern();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (ctx.channel().isWritable()) {
      release();
      resume();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable failure) {
    peers.failed("connection", failure);
    abort("failure");
  }

  /// Goes on where it stopped: writes replies that have come, then takes the next requests.
  void resume() {
    woken.set(false);
    if (state != State.CLOSED) {
      process();
      settle();
      context().flush();
      govern();
    }
  }

  /// Keeps no more than is needed until there is more to do.
  private void settle() {
    if (state != State.CLOSED && !input.settle()) {
      refuseMemory();
    }
    if (input.isEmpty() && state != State.HELD) {
      request.shrink();
    }
  }

  /// Answers requests as long as there are whole ones and none has to wait.
  private void process() {
    try {
      do {
        replies.settle(out);
        answer();
        replies.settle(out);
      } while (state == State.HELD && replies.isEmpty());
      emit();
    } catch (MalformedException malformed) {
      emit();
      end("malformed", "ERR " + malformed.detail());
    } catch (RuntimeException | Error failure) {
      loop.clearOutput();
      peers.failed("request", failure);
      abort("failure");
    }
    if (state == State.DRAINING && replies.isEmpty()) {
      finish();
    }
  }

  private void answer() throws MalformedException {
    while (takes() && next()) {
      if (!mayRun()) {
        hold();
        return;
      }
      unhold();
      run();
      if (out.size() >= OUTPUT_CHUNK) {
        emit();
      }
    }
  }

  /// Whether there is a request to answer, and a client that takes the reply.
  private boolean next() throws MalformedException {
    if (state == State.HELD) {
      return true;
    }
    if (!context().channel().isWritable()) {
      return false;
    }
    int next = parser.parse(input.bytes(), input.start(), input.end(), request);
    if (next == RequestParser.INCOMPLETE) {
      deadlines.incomplete(!input.isEmpty(), peers.clock());
      return false;
    }
    input.start(next);
    deadlines.complete();
    return true;
  }

  /// Whether requests are taken, or wait to be.
  private boolean takes() {
    return state == State.READING || state == State.HELD;
  }

  private boolean mayRun() {
    return replies.isEmpty()
        || (replies.count() < config.publishesInFlight()
            && Command.PUBLISH.accepts(request.count())
            && request.is(0, Command.PUBLISH.wireName()));
  }

  /// Keeps a request for later, with bytes of its own.
  private void hold() {
    if (state == State.HELD) {
      return;
    }
    if (peers.budget().take(request.frameBytes())) {
      request.detach();
      state = State.HELD;
    } else {
      refuseMemory();
    }
  }

  /// Ends the waiting of a request, if one waits.
  private void unhold() {
    if (state == State.HELD) {
      state = State.READING;
      peers.budget().give(request.frameBytes());
    }
  }

  private void run() {
    if (runner != null && !runner.run(request, out)) {
      emit();
      finish();
    }
  }

  /// Hands the replies written so far to the socket's queue.
  private void emit() {
    int size = out.size();
    if (state == State.CLOSED) {
      // The buffer is every connection's: what this one leaves must not be the next one's reply.
      loop.clearOutput();
    }
    if (size == 0 || state == State.CLOSED) {
      return;
    }
    var ctx = context();
    var bytes = ctx.alloc().ioBuffer(size).writeBytes(out.array(), 0, size);
    loop.clearOutput();
    peers.metrics().sent(size);
    writtenBytes += size;
    var _ = ctx.write(bytes, ctx.voidPromise());
    if (!ctx.channel().isWritable()) {
      ctx.flush();
      charge();
    }
  }

  /// Takes what a slow client leaves waiting from the budget that all share.
  private void charge() {
    long waiting = Deadlines.Outbound.of(context().channel()).waitingBytes();
    if (!context().channel().isWritable() && waiting > charged) {
      if (peers.budget().take(waiting - charged)) {
        charged = waiting;
      } else {
        abort("buffer-limit");
      }
    }
  }

  private void release() {
    peers.budget().give(charged);
    charged = 0;
  }

  /// Reads on, or not.
  private void govern() {
    if (state != State.CLOSED) {
      var channel = context().channel();
      boolean reading = state == State.READING && channel.isWritable();
      if (channel.config().isAutoRead() != reading) {
        channel.config().setAutoRead(reading);
      }
    }
  }

  private void refuseMemory() {
    end("buffer-limit", "BUSY the server holds too much of other requests; this one was not read");
    if (replies.isEmpty()) {
      finish();
    }
  }

  /// Takes no more requests; once what is pending is answered, says why and closes.
  private void end(String reason, String error) {
    peers.metrics().closed(reason);
    unhold();
    state = State.DRAINING;
    lastWords = error;
    input.release();
  }

  /// Closes when what was written is with the client, or a deadline has passed.
  private void finish() {
    if (state != State.CLOSED) {
      if (!lastWords.isEmpty()) {
        out.error(lastWords);
        emit();
      }
      state = State.CLOSED;
      input.release();
      var ctx = context();
      ctx.channel().config().setAutoRead(false);
      var _ = ctx.writeAndFlush(ctx.alloc().ioBuffer(0)).addListener(ChannelFutureListener.CLOSE);
    }
  }

  private void abort(String reason) {
    if (context().channel().isOpen()) {
      peers.metrics().closed(reason);
    }
    unhold();
    state = State.CLOSED;
    input.release();
    var _ = context().close();
  }

  /// Publishes on the way.
  int pendingPublishes() {
    return replies.count();
  }

  /// Closes a connection whose deadline has passed.
  void tick(long nowNs) {
    var outbound = Deadlines.Outbound.of(context().channel());
    var missed = deadlines.missed(nowNs, outbound, writtenBytes);
    if (!missed.isEmpty()) {
      abort(missed);
    }
  }

  /// Ends the connection when the requests that it has taken are answered.
  void drain() {
    unhold();
    if (state == State.READING) {
      state = State.DRAINING;
    }
    resume();
  }
}
