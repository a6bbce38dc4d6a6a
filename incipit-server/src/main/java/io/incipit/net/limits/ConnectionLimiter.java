// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.limits;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;

/// Counts the connections of one port, in all and by address, and says which one is too many.
/// Thread-safe.
public final class ConnectionLimiter {
  /// Connections that are told at one time that they are too many and may read that in peace; more
  /// are closed at once.
  private static final int TOLD_MAX = 64;

  /// What came of asking.
  public enum Verdict {
    ADMITTED,
    TOO_MANY,
    TOO_MANY_FROM_ADDRESS;

    /// The setting that says how many there may be.
    String reason() {
      return this == TOO_MANY ? "connections-max" : "connections-per-address";
    }
  }

  private final int max;
  private final int perAddressMax;
  private final Function<Verdict, byte[]> words;
  private final Consumer<String> refused;
  private final AtomicInteger count = new AtomicInteger();
  private final AtomicInteger told = new AtomicInteger();
  private final ConcurrentHashMap<InetAddress, Integer> byAddress = new ConcurrentHashMap<>();

  /// @param max connections at once
  /// @param perAddressMax connections at once from one address
  /// @param words what a connection that is not let in is told, in the port's protocol
  /// @param refused called with the reason for each of them
  public ConnectionLimiter(
      int max, int perAddressMax, Function<Verdict, byte[]> words, Consumer<String> refused) {
    this.max = max;
    this.perAddressMax = perAddressMax;
    this.words = words;
    this.refused = refused;
  }

  /// Says why to a connection that is not let in, and ends it.
  private final class Refusal extends ChannelInboundHandlerAdapter {
    private final byte[] words;

    Refusal(byte[] words) {
      this.words = words;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      var said = ctx.writeAndFlush(Unpooled.wrappedBuffer(words));
      if (told.incrementAndGet() <= TOLD_MAX) {
        ctx.channel().closeFuture().addListener(_ -> told.decrementAndGet());
        Linger.end(ctx.channel());
      } else {
        told.decrementAndGet();
        said.addListener(ChannelFutureListener.CLOSE);
      }
    }
  }

  /// Lets a connection in, or tells it why not.
  public void admit(Channel channel, Consumer<Channel> initializer) {
    var address = ((InetSocketAddress) channel.remoteAddress()).getAddress();
    var verdict = enter(address);
    if (verdict == Verdict.ADMITTED) {
      channel.closeFuture().addListener(_ -> leave(address));
      initializer.accept(channel);
    } else {
      refused.accept(verdict.reason());
      channel.config().setAutoRead(false);
      channel.pipeline().addLast(new Refusal(words.apply(verdict)));
    }
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

  /// Connections now.
  public int count() {
    return count.get();
  }
}
