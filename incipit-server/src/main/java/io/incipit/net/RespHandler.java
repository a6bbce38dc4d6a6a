// SPDX-License-Identifier: Apache-2.0
package io.incipit.net;

import io.incipit.net.RequestLoop.Ending;
import io.incipit.net.limits.Deadlines;
import io.incipit.net.tls.Tls;
import io.incipit.net.value.Reading;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntFunction;

/// One RESP connection: takes requests out of what arrives and writes their replies, in order.
///
/// Publishes go to their lanes and come back later; several may be on the way, and any other
/// request waits for all of them, so that it sees what they did. No more is read while too much
/// waits: publishes for their lane, a long question for its thread, or replies for a client that
/// does not take them. After [Turn#UNITS] of work the other connections of the loop
/// have their turn. All of it is on the connection's event loop, but for [#wake] and [#room].
final class RespHandler extends ChannelInboundHandlerAdapter implements RespConnection.Mover {
  private final ServerContext context;
  private final EventLoopContext loop;
  private final Channel channel;
  private final Deadlines deadlines;
  private final RespConnection connection;
  private final AtomicBoolean woken = new AtomicBoolean();

  RespHandler(ServerContext context, EventLoopContext loop, Channel channel) {
    this.context = context;
    this.loop = loop;
    this.channel = channel;
    this.deadlines = new Deadlines(context.config(), context.clock(), context::isCrowded);
    this.connection = new RespConnection(context, loop, channel, deadlines, this);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    // What is encrypted must not come to where a value will be.
    IntFunction<Optional<ByteBuf>> place =
        Tls.covers(channel) ? _ -> Optional.empty() : connection::place;
    channel.config().setRecvByteBufAllocator(new Reading(EventLoopContext.READ_BYTES, place));
    loop.add(this);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    loop.remove(this);
    connection.release();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    var bytes = (ByteBuf) message;
    try {
      context.metrics().received(bytes.readableBytes());
      connection.take(bytes);
      govern();
    } finally {
      bytes.release();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    connection.endOfTurn();
    channel.flush();
    govern();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (channel.isWritable()) {
      connection.outflow().recharge();
      resume();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      connection.inputEnded();
      flushAndGovern();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable failure) {
    context.failed("connection", failure);
    if (failure instanceof IOException) {
      connection.close();
    } else {
      connection.abort("failure");
    }
  }

  @Override
  public void wake() {
    boolean goesOn = channel.eventLoop().inEventLoop() && connection.isProcessing();
    if (!goesOn && woken.compareAndSet(false, true)) {
      execute(this::resume);
    }
  }

  @Override
  public void room() {
    execute(
        () -> {
          connection.room();
          flushAndGovern();
        });
  }

  private void execute(Runnable task) {
    try {
      channel.eventLoop().execute(task);
    } catch (RejectedExecutionException stopped) {
      // The server stops, and with it this connection.
      woken.set(false);
    }
  }

  @Override
  public void yieldTurn() {
    try {
      // What is executed now runs before the sockets are looked at; what is scheduled, after.
      var _ =
          channel
              .eventLoop()
              .schedule(
                  () -> {
                    connection.turn();
                    flushAndGovern();
                  },
                  0,
                  TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException stopped) {
      connection.close();
    }
  }

  /// Goes on where it stopped.
  void resume() {
    woken.set(false);
    connection.resume();
    flushAndGovern();
  }

  private void flushAndGovern() {
    channel.flush();
    govern();
  }

  /// Reads on, or not.
  private void govern() {
    boolean reading = connection.isReading();
    if (!connection.isClosed() && channel.config().isAutoRead() != reading) {
      deadlines.reading(reading);
      channel.config().setAutoRead(reading);
    }
  }

  /// The state of the connection, for tests.
  RespConnection connection() {
    return connection;
  }

  /// Goes on if there is memory now, and closes a connection whose deadline has passed.
  void tick(long nowNs) {
    if (connection.retry(nowNs - context.config().writeTimeout().toNanos())) {
      flushAndGovern();
    }
    var outflow = connection.outflow();
    var outbound = Deadlines.Outbound.of(channel);
    var missed =
        deadlines.missed(
            nowNs, outbound, outflow.writtenBytes(), connection.intake().receivedBytes());
    if (missed.isEmpty() || (connection.isClosed() && outbound.waitingBytes() == 0)) {
      return;
    }
    if (connection.takes() && !outflow.isOpen()) {
      connection.end(
          new Ending(
              "buffer-limit",
              "ERR the replies that wait, %d bytes, are all that net.buffer-limit has for this"
                      .formatted(outbound.waitingBytes())
                  + " client now, and it took none of them in time; what followed was not run"));
      resume();
    } else {
      connection.abort(missed);
    }
  }

  /// Ends the connection when the requests that it has taken are answered.
  void drain() {
    connection.drain();
    flushAndGovern();
  }
}
