// SPDX-License-Identifier: Apache-2.0
package io.incipit.net;

import io.incipit.block.Op;
import io.incipit.block.Reply;
import io.incipit.protocol.Command;
import io.incipit.protocol.MalformedException;
import io.incipit.protocol.RefusedException;
import io.incipit.protocol.ReplyEncoder;
import io.incipit.protocol.Request;
import io.incipit.protocol.RequestParser;
import io.incipit.protocol.RespBuffer;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.ArrayDeque;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One RESP connection: takes requests out of what arrives and writes their replies, in order.
///
/// Publishes go to their lanes and come back later; several may be on the way, and any other
/// request waits for all of them, so that it sees what they did. No more is read while too much
/// waits: of publishes, or of replies that the client does not take. Everything here runs on the
/// connection's event loop, but for [Pending#accept].
final class RespHandler extends ChannelInboundHandlerAdapter {
  /// Bytes of replies after which they are handed to the socket, though more requests are there.
  private static final int OUTPUT_CHUNK = 64 << 10;

  private final Peers peers;
  private final Loop loop;
  private final ConnectionConfig config;
  private final RespBuffer out;
  private final Input input;
  private final RequestParser parser = new RequestParser();
  private final Request request = new Request();
  private final ArrayDeque<Pending> pending = new ArrayDeque<>();
  private final AtomicBoolean woken = new AtomicBoolean();
  private final Deadlines deadlines;
  private @Nullable ChannelHandlerContext context;
  private @Nullable Client client;
  private @Nullable ConnectionCommands commands;

  private Command last = Command.PING;

  /// Whether `request` is complete and waits for publishes.
  private boolean held;

  /// Whether nothing more is to be read or answered.
  private boolean closing;

  /// Whether the connection ends when nothing is pending any more, and takes no more requests.
  private boolean draining;

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
    this.deadlines = new Deadlines(config, peers.clock().nanoTime());
  }

  /// The reply to a publish, or the place of one that is to come. Its fields but `reply` are the
  /// event loop's.
  private final class Pending implements Consumer<Reply> {
    private final Command command;
    private final long startedNs;
    private volatile @Nullable Reply reply;

    Pending(Command command, long startedNs) {
      this.command = command;
      this.startedNs = startedNs;
    }

    @Override
    public void accept(Reply reply) {
      this.reply = reply;
      wake();
    }
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
    commands = new ConnectionCommands(peers, opened);
    loop.add(this);
    ctx.fireChannelActive();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    closing = true;
    loop.remove(this);
    if (client != null) {
      peers.close(client);
    }
    input.release();
    unhold();
    release();
    ctx.fireChannelInactive();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    var bytes = (ByteBuf) message;
    try {
      peers.metrics().received(bytes.readableBytes());
      while (bytes.isReadable() && !closing && !draining) {
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
    if (!closing) {
      process();
      settle();
      context().flush();
      govern();
    }
  }

  /// Keeps no more than is needed until there is more to do.
  private void settle() {
    if (!closing && !input.settle()) {
      refuseMemory();
    }
    if (input.isEmpty() && !held) {
      request.shrink();
    }
  }

  /// Answers requests as long as there are whole ones and none has to wait.
  private void process() {
    try {
      do {
        settlePending();
        answer();
        settlePending();
      } while (held && pending.isEmpty());
      emit();
    } catch (MalformedException malformed) {
      emit();
      end("malformed", "ERR " + malformed.detail());
    } catch (RuntimeException | Error failure) {
      loop.clearOutput();
      peers.failed("request", failure);
      abort("failure");
    }
    if (draining && !closing && pending.isEmpty()) {
      finish();
    }
  }

  private void answer() throws MalformedException {
    while (!closing && !draining && next()) {
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
    if (held) {
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

  private boolean mayRun() {
    return pending.isEmpty()
        || (pending.size() < config.publishesInFlight()
            && Command.PUBLISH.accepts(request.count())
            && request.is(0, Command.PUBLISH.wireName()));
  }

  /// Keeps a request for later, with bytes of its own.
  private void hold() {
    if (held) {
      return;
    }
    if (peers.budget().take(request.frameBytes())) {
      request.detach();
      held = true;
    } else {
      refuseMemory();
    }
  }

  /// Ends the waiting of a request, if one waits.
  private void unhold() {
    if (held) {
      held = false;
      peers.budget().give(request.frameBytes());
    }
  }

  private void run() {
    if (request.count() == 0) {
      return;
    }
    var command = command();
    if (command == null) {
      peers.metrics().misunderstood("command");
      out.error("ERR " + Texts.unknownCommand(request));
    } else if (!command.accepts(request.count())) {
      peers.metrics().misunderstood("arity");
      out.error("ERR " + Texts.wrongArity(command.wireName()));
    } else {
      run(command);
    }
  }

  /// The command of the request. Most are the same as the one before, which costs a comparison.
  private @Nullable Command command() {
    if (!request.is(0, last.wireName())) {
      var found = Command.find(request.text(0)).orElse(null);
      if (found == null) {
        return null;
      }
      last = found;
    }
    return last;
  }

  private void run(Command command) {
    long startedNs = peers.clock().nanoTime();
    switch (command.kind()) {
      case CONNECTION, SERVER -> runHere(command);
      case QUESTION, ADMIN, CHANGE -> {
        if (execute(command, startedNs)) {
          return;
        }
      }
    }
    peers.metrics().answered(command, peers.clock().nanoTime() - startedNs);
  }

  private void runHere(Command command) {
    if (commands != null && !commands.run(command, request, out)) {
      emit();
      finish();
    }
  }

  /// Runs an operation of the index.
  ///
  /// @return whether its reply comes later
  private boolean execute(Command command, long startedNs) {
    var decoder = loop.decoder();
    try {
      if (command == Command.PUBLISH) {
        request.detach();
      }
      var op = decoder.decode(command, request);
      if (op instanceof Op.Publish publish) {
        var place = new Pending(command, startedNs);
        pending.add(place);
        peers.service().execute(publish, place);
        return true;
      }
      ReplyEncoder.encode(peers.service().answer(op), decoder.hex(), out);
    } catch (RefusedException refused) {
      peers.service().refused(refused.code());
      var reply = new Reply.Refused(refused.code(), refused.detail());
      if (!pending.isEmpty()) {
        var place = new Pending(command, startedNs);
        place.reply = reply;
        pending.add(place);
        return true;
      }
      ReplyEncoder.encode(reply, false, out);
    }
    return false;
  }

  /// Writes the replies to publishes that have come, up to the first that has not.
  private void settlePending() {
    for (var first = pending.peek(); first != null; first = pending.peek()) {
      var reply = first.reply;
      if (reply == null) {
        return;
      }
      pending.remove();
      ReplyEncoder.encode(reply, false, out);
      peers.metrics().answered(first.command, peers.clock().nanoTime() - first.startedNs);
    }
  }

  /// Hands the replies written so far to the socket's queue.
  private void emit() {
    int size = out.size();
    if (closing) {
      // The buffer is every connection's: what this one leaves must not be the next one's reply.
      loop.clearOutput();
    }
    if (size == 0 || closing) {
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
    if (!closing) {
      var channel = context().channel();
      boolean reading = !held && !draining && channel.isWritable();
      if (channel.config().isAutoRead() != reading) {
        channel.config().setAutoRead(reading);
      }
    }
  }

  private void refuseMemory() {
    end("buffer-limit", "BUSY the server holds too much of other requests; this one was not read");
    if (pending.isEmpty()) {
      finish();
    }
  }

  /// Takes no more requests; once what is pending is answered, says why and closes.
  private void end(String reason, String error) {
    peers.metrics().closed(reason);
    draining = true;
    unhold();
    lastWords = error;
    input.release();
  }

  /// Closes when what was written is with the client, or a deadline has passed.
  private void finish() {
    if (!closing) {
      if (!lastWords.isEmpty()) {
        out.error(lastWords);
        emit();
      }
      closing = true;
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
    closing = true;
    input.release();
    var _ = context().close();
  }

  /// Publishes on the way.
  int pendingPublishes() {
    return pending.size();
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
    draining = true;
    unhold();
    resume();
  }
}
