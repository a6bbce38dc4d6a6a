// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.tls;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.CoalescingBufferQueue;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/// Hands what is written on to be encrypted, piece by piece, as the socket takes it.
///
/// What is flushed to an `SslHandler` is encrypted at once, all of it, into memory of its own: a
/// value of 256 MiB that lies in the store would be there once more for each client that is slow to
/// read it. Here it waits as it is. It counts as bytes that wait in the channel all the same, so
/// its writability and [io.incipit.net.limits.Deadlines] see it. For the channel's event loop.
final class Pacing extends ChannelOutboundHandlerAdapter {
  /// Bytes of a piece: four records of TLS.
  private static final int PIECE_BYTES = 64 << 10;

  /// Bytes that may be encrypted and not with the socket yet.
  private static final int WINDOW_BYTES = 256 << 10;

  /// Bytes after which the other connections of the loop have their turn.
  private static final int TURN_BYTES = 1 << 20;

  private final CoalescingBufferQueue queue;

  /// Bytes that were handed on and are not with the socket yet.
  private int underWay;

  private boolean handing;
  private boolean resting;
  private boolean closed;

  Pacing(Channel channel) {
    this.queue = new CoalescingBufferQueue(channel, 16, true);
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    var bytes = (ByteBuf) message;
    if (closed) {
      bytes.release();
      promise.tryFailure(new ClosedChannelException());
    } else {
      queue.add(bytes, promise);
    }
  }

  @Override
  public void flush(ChannelHandlerContext ctx) {
    hand(ctx);
  }

  /// Hands on what there is room for, unless somebody is at it.
  private void hand(ChannelHandlerContext ctx) {
    if (handing || resting) {
      return;
    }
    handing = true;
    int handed = 0;
    while (!queue.isEmpty() && underWay < WINDOW_BYTES && handed < TURN_BYTES) {
      int size = Math.min(PIECE_BYTES, queue.readableBytes());
      if (size == 0 && underWay > 0) {
        // Only empty ones are left, whose promises are kept when all before them is out.
        break;
      }
      handed += size;
      hand(ctx, size);
    }
    handing = false;
    if (!queue.isEmpty() && handed >= TURN_BYTES) {
      rest(ctx);
    }
  }

  private void hand(ChannelHandlerContext ctx, int size) {
    var promise = ctx.newPromise();
    var piece = queue.remove(size, promise);
    if (size == 0) {
      piece.release();
      var _ = promise.setSuccess();
      return;
    }
    underWay += size;
    promise.addListener(
        _ -> {
          underWay -= size;
          hand(ctx);
        });
    var _ = ctx.writeAndFlush(piece, promise);
  }

  private void rest(ChannelHandlerContext ctx) {
    try {
      resting = true;
      var _ =
          ctx.executor()
              .schedule(
                  () -> {
                    resting = false;
                    hand(ctx);
                  },
                  0,
                  TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException stopped) {
      // The loop ends, and the connection with it: `handlerRemoved` drops what waits.
      resting = true;
    }
  }

  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
    drop(ctx);
    var _ = ctx.close(promise);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    drop(ctx);
  }

  private void drop(ChannelHandlerContext ctx) {
    closed = true;
    queue.releaseAndFailAll(ctx, new ClosedChannelException());
  }
}
