// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;

/// Finds lines that begin with a blank. Between requests and in their headers they are the folded
/// lines that RFC 9112 (2022) tells a server to refuse, since two readers of one request may take
/// them for different things. What comes from there on is dropped.
///
/// Bytes go on in pieces that end where headers do, so that the decoder has read those, and
/// [Lengths] has said how long the body is, before its first byte is looked at.
final class HeaderFolds extends ChannelInboundHandlerAdapter {
  /// Follows the bytes before the fold.
  record Found() {}

  /// Stands behind the decoder, and hears of bodies.
  final class Lengths extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      if (message instanceof HttpRequest request && request.decoderResult().isSuccess()) {
        // Another encoding than by length is refused, and ends the connection.
        bodyBytes =
            HttpUtil.isTransferEncodingChunked(request)
                ? Long.MAX_VALUE
                : HttpUtil.getContentLength(request, 0L);
      }
      ctx.fireChannelRead(message);
    }
  }

  /// Bytes of a body that are still to come.
  private long bodyBytes;

  /// Bytes of a line so far, without its end.
  private int lineBytes;

  private boolean lineStarts;
  private boolean found;
  private boolean told;

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    var bytes = (ByteBuf) message;
    while (!found && bytes.isReadable()) {
      int end = bodyBytes > 0 ? body(bytes) : head(bytes);
      ctx.fireChannelRead(bytes.readRetainedSlice(end - bytes.readerIndex()));
    }
    bytes.release();
    if (found && !told) {
      told = true;
      ctx.fireUserEventTriggered(new Found());
    }
  }

  /// The end of what belongs to the body.
  private int body(ByteBuf bytes) {
    int length = (int) Math.min(bodyBytes, bytes.readableBytes());
    bodyBytes -= length;
    return bytes.readerIndex() + length;
  }

  /// The end of the headers, or of what has come of them, or where a fold is.
  private int head(ByteBuf bytes) {
    for (int at = bytes.readerIndex(); at < bytes.writerIndex(); at++) {
      byte one = bytes.getByte(at);
      if (lineStarts && (one == ' ' || one == '\t')) {
        found = true;
        return at;
      }
      lineStarts = one == '\n';
      if (lineStarts) {
        boolean blank = lineBytes == 0;
        lineBytes = 0;
        if (blank) {
          return at + 1;
        }
      } else if (one != '\r') {
        lineBytes++;
      }
    }
    return bytes.writerIndex();
  }
}
