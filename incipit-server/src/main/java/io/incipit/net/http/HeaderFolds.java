// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/// Finds lines that begin with a blank. Between requests and in their headers they are the folded
/// lines that RFC 9112 (2022) tells a server to refuse, since two readers of one request may take
/// them for different things; there are no bodies here. What comes from there on is dropped.
final class HeaderFolds extends ChannelInboundHandlerAdapter {
  /// Follows the bytes before the fold.
  record Found() {}

  private boolean lineStarts;
  private boolean found;

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    var bytes = (ByteBuf) message;
    if (found) {
      bytes.release();
      return;
    }
    for (int at = bytes.readerIndex(); at < bytes.writerIndex(); at++) {
      byte one = bytes.getByte(at);
      if (lineStarts && (one == ' ' || one == '\t')) {
        found = true;
        bytes.writerIndex(at);
        break;
      }
      lineStarts = one == '\n';
    }
    ctx.fireChannelRead(bytes);
    if (found) {
      ctx.fireUserEventTriggered(new Found());
    }
  }
}
