// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.tls;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.nio.channels.ClosedChannelException;
import java.util.function.Consumer;

/// What a connection meets behind TLS: until the handshake is over nothing else is there. For its
/// event loop.
final class Gate extends ChannelInboundHandlerAdapter {
  private final Runnable opens;
  private final Consumer<HandshakeFailure> fails;
  private State state = State.HANDSHAKE;

  private enum State {
    HANDSHAKE,
    OPEN,
    SHUT
  }

  /// @param opens called when the handshake has succeeded
  /// @param fails called when it came to nothing; the connection is closed then
  Gate(Runnable opens, Consumer<HandshakeFailure> fails) {
    this.opens = opens;
    this.fails = fails;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    switch (event) {
      case SslHandshakeCompletionEvent end when end.isSuccess() -> open();
      case SslHandshakeCompletionEvent end -> fail(ctx, end.cause());
      case SslCloseCompletionEvent _ -> inputEnded(ctx);
      case ChannelInputShutdownEvent _ -> inputEnded(ctx);
      default -> ctx.fireUserEventTriggered(event);
    }
  }

  private void open() {
    if (state == State.HANDSHAKE) {
      state = State.OPEN;
      opens.run();
    }
  }

  /// The client sends no more, and has said so in TLS, below it, or both.
  private void inputEnded(ChannelHandlerContext ctx) {
    if (state == State.OPEN) {
      ctx.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    } else {
      fail(ctx, new ClosedChannelException());
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    fail(ctx, new ClosedChannelException());
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable failure) {
    var cause =
        failure instanceof DecoderException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (state == State.OPEN) {
      ctx.fireExceptionCaught(cause);
    } else {
      fail(ctx, cause);
    }
  }

  /// Once: what follows from it says nothing more.
  private void fail(ChannelHandlerContext ctx, Throwable cause) {
    if (state == State.HANDSHAKE) {
      state = State.SHUT;
      fails.accept(HandshakeFailure.of(cause));
      var _ = ctx.close();
    }
  }
}
