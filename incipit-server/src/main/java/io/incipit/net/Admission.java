// SPDX-License-Identifier: Apache-2.0
package io.incipit.net;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// Counts connections, in all and by address, and says which one is too many. Thread-safe.
final class Admission {
  /// What came of asking.
  enum Verdict {
    ADMITTED,
    TOO_MANY,
    TOO_MANY_FROM_ADDRESS
  }

  /// Says one line to a connection that is not let in, and closes it.
  private static final class Refusal extends ChannelInboundHandlerAdapter {
    private final byte[] line;

    Refusal(String error) {
      this.line = ("-" + error + "\r\n").getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      ctx.writeAndFlush(Unpooled.wrappedBuffer(line)).addListener(ChannelFutureListener.CLOSE);
    }
  }

  private final NetMetrics metrics;
  private final int max;
  private final int perAddressMax;
  private final AtomicInteger count = new AtomicInteger();
  private final ConcurrentHashMap<InetAddress, Integer> byAddress = new ConcurrentHashMap<>();

  Admission(ConnectionConfig config, NetMetrics metrics) {
    this.metrics = metrics;
    this.max = config.connectionsMax();
    this.perAddressMax = config.perAddressMax();
  }

  /// Lets a connection in, or tells it why not.
  void admit(Channel channel, Consumer<Channel> initializer) {
    var address = ((InetSocketAddress) channel.remoteAddress()).getAddress();
    switch (enter(address)) {
      case ADMITTED -> {
        channel.closeFuture().addListener(_ -> leave(address));
        initializer.accept(channel);
      }
      case TOO_MANY -> refuse(channel, "ERR max number of clients reached", "connections-max");
      case TOO_MANY_FROM_ADDRESS ->
          refuse(
              channel,
              "ERR max number of clients from one address reached",
              "connections-per-address");
    }
  }

  private void refuse(Channel channel, String error, String reason) {
    metrics.refused(reason);
    channel.config().setAutoRead(false);
    channel.pipeline().addLast(new Refusal(error));
  }

  /// Counts a connection from `address`, unless it is one too many.
  Verdict enter(InetAddress address) {
    if (count.incrementAndGet() > max) {
      count.decrementAndGet();
      return Verdict.TOO_MANY;
    }
    int fromHere = byAddress.merge(address, 1, Integer::sum);
    if (fromHere > perAddressMax) {
      leave(address);
      return Verdict.TOO_MANY_FROM_ADDRESS;
    }
    return Verdict.ADMITTED;
  }

  /// Forgets a connection that was admitted.
  void leave(InetAddress address) {
    byAddress.computeIfPresent(
        address, (_, connections) -> connections == 1 ? null : connections - 1);
    count.decrementAndGet();
  }

  int count() {
    return count.get();
  }
}
