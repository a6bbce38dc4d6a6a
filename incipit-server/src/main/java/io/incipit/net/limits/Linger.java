// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.limits;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The end of a connection whose client is still sending: what it sends is thrown away, some of
/// it and for a moment, so that it comes to read why. A socket that is closed while bytes wait in
/// it is reset, and the reset takes the last reply with it.
public final class Linger extends ChannelInboundHandlerAdapter {
  /// Bytes that are thrown away at most.
  static final long BYTES_MAX = 64L << 20;

  /// Without a byte sent or taken for that long, the connection is closed.
  static final int QUIET_MILLIS = 1_000;

  private static final int LOOKS_MAX = 30;

  private @Nullable ScheduledFuture<?> look;
  private long bytes;

  /// How much had happened when it was looked at last.
  private long movedThen = -1;

  private boolean written;
  private boolean ended;
  private int looks;

  private Linger() {}

  /// Ends a connection when what was written to it is with its client.
  public static void end(Channel channel) {
    var linger = new Linger();
    channel.pipeline().addFirst(linger);
    channel
        .writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(
            _ -> {
              linger.written = true;
              if (linger.ended) {
                var _ = channel.close();
              } else {
                endOutput(channel);
              }
            });
    channel.config().setAutoRead(true);
  }

  /// Says that nothing more comes; under TLS in TLS first, or it would look like a cut.
  private static void endOutput(Channel channel) {
    var tls = channel.pipeline().get(SslHandler.class);
    if (tls == null) {
      shutdownOutput(channel);
    } else {
      tls.closeOutbound().addListener(_ -> shutdownOutput(channel));
    }
  }

  private static void shutdownOutput(Channel channel) {
    if (channel instanceof DuplexChannel duplex) {
      var _ = duplex.shutdownOutput();
    }
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    look =
        ctx.executor()
            .scheduleAtFixedRate(
                () -> look(ctx), QUIET_MILLIS, QUIET_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void look(ChannelHandlerContext ctx) {
    long moved = bytes - Deadlines.Outbound.of(ctx.channel()).waitingBytes();
    if (moved == movedThen || ++looks == LOOKS_MAX) {
      var _ = ctx.close();
    }
    movedThen = moved;
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    if (look != null) {
      look.cancel(false);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof ByteBuf more) {
      bytes += more.readableBytes();
    }
    ReferenceCountUtil.release(message);
    if (bytes > BYTES_MAX) {
      var _ = ctx.close();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      ended = true;
      if (written) {
        var _ = ctx.close();
      }
    }
  }
}
