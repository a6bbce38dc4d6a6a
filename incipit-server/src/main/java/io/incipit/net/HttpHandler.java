// SPDX-License-Identifier: Apache-2.0
package io.incipit.net;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One HTTP connection: answers `GET` and `HEAD` from a table of routes, and refuses the rest.
final class HttpHandler extends SimpleChannelInboundHandler<HttpObject> {
  /// Bytes of all headers of a request.
  static final int HEADERS_BYTES_MAX = 16 << 10;

  /// Bytes of the first line of a request.
  static final int LINE_BYTES_MAX = 8 << 10;

  private static final String CONTENT_SECURITY =
      "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none';"
          + " form-action 'none'; frame-ancestors 'none'";

  private final Peers peers;
  private final Hosts hosts;
  private final Map<String, Route> routes;
  private @Nullable HttpRequest request;
  private @Nullable Page refusal;
  private @Nullable ScheduledFuture<?> deadline;

  HttpHandler(Peers peers, Hosts hosts, Map<String, Route> routes) {
    this.peers = peers;
    this.hosts = hosts;
    this.routes = routes;
  }

  /// What the decoder before this handler takes.
  static HttpDecoderConfig limits() {
    return new HttpDecoderConfig()
        .setMaxInitialLineLength(LINE_BYTES_MAX)
        .setMaxHeaderSize(HEADERS_BYTES_MAX);
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    await(ctx);
    ctx.fireChannelActive();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (deadline != null) {
      deadline.cancel(false);
    }
    ctx.fireChannelInactive();
  }

  /// Gives the client one frame's time for its next request, and for taking the answer before.
  private void await(ChannelHandlerContext ctx) {
    if (deadline != null) {
      deadline.cancel(false);
    }
    deadline =
        ctx.executor()
            .schedule(
                () -> {
                  peers.metrics().closed("http-timeout");
                  var _ = ctx.close();
                },
                peers.config().frameTimeout().toNanos(),
                TimeUnit.NANOSECONDS);
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, HttpObject part) {
    if (part.decoderResult().isFailure()) {
      answer(ctx, undecoded(part.decoderResult().cause()), false, true);
      return;
    }
    if (part instanceof HttpRequest begun) {
      request = begun;
      refusal = refusal(begun);
    }
    if (part instanceof HttpContent content && content.content().isReadable()) {
      refusal = Page.text(413, "body: some bytes (expected: none)");
    }
    if (!ctx.channel().isWritable()) {
      peers.metrics().closed("http-output");
      var _ = ctx.close();
      return;
    }
    var complete = request;
    if (part instanceof LastHttpContent && complete != null) {
      request = null;
      boolean head = complete.method().equals(HttpMethod.HEAD);
      boolean last = refusal != null || !HttpUtil.isKeepAlive(complete);
      answer(ctx, refusal != null ? refusal : page(complete), head, last);
      await(ctx);
    }
  }

  private static Page undecoded(Throwable failure) {
    if (failure instanceof TooLongHttpLineException) {
      return Page.text(414, "request line: too long (expected: at most 8 KiB)");
    }
    if (failure instanceof TooLongHttpHeaderException || failure instanceof TooLongFrameException) {
      return Page.text(431, "headers: too long (expected: at most 16 KiB)");
    }
    return Page.text(400, "request: malformed (expected: HTTP/1.1)");
  }

  private @Nullable Page refusal(HttpRequest begun) {
    if (!begun.method().equals(HttpMethod.GET) && !begun.method().equals(HttpMethod.HEAD)) {
      return Page.text(405, "method: %s (expected: GET or HEAD)".formatted(begun.method()));
    }
    if (HttpUtil.getContentLength(begun, 0L) > 0) {
      return Page.text(413, "body: some bytes (expected: none)");
    }
    var named = begun.headers().getAll(HttpHeaderNames.HOST);
    if (named.size() != 1 || !hosts.accept(named.getFirst())) {
      return Page.text(
          421,
          "Host: not a name of this server (expected: an IP address, localhost, or one of"
              + " net.http-hosts)");
    }
    return null;
  }

  private Page page(HttpRequest complete) {
    try {
      var uri = new QueryStringDecoder(complete.uri());
      var route = routes.get(uri.path());
      return route == null
          ? Page.text(404, "not found (known: %s)".formatted(String.join(" ", routes.keySet())))
          : route.page(new Route.Ask(uri.path(), uri.rawQuery()));
    } catch (IllegalArgumentException malformed) {
      return Page.text(400, "path: malformed (expected: percent-encoded UTF-8)");
    } catch (RuntimeException | Error failure) {
      peers.failed("page", failure);
      return Page.text(500, "the server failed; its log says more");
    }
  }

  private void answer(ChannelHandlerContext ctx, Page page, boolean head, boolean last) {
    var body = page.body();
    var response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.valueOf(page.status()),
            head ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(body));
    var headers = response.headers();
    headers.set(HttpHeaderNames.CONTENT_TYPE, page.contentType());
    headers.setInt(HttpHeaderNames.CONTENT_LENGTH, body.length);
    if (page.status() == 405) {
      headers.set(HttpHeaderNames.ALLOW, "GET, HEAD");
    }
    if (last) {
      headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    }
    guard(headers);
    peers.metrics().sentHttp(body.length);
    ChannelFuture written = ctx.writeAndFlush(response);
    if (last) {
      ctx.channel().config().setAutoRead(false);
      var _ = written.addListener(ChannelFutureListener.CLOSE);
    }
  }

  private static void guard(HttpHeaders headers) {
    headers.set(HttpHeaderNames.CACHE_CONTROL, "no-store");
    headers.set("x-content-type-options", "nosniff");
    headers.set(HttpHeaderNames.X_FRAME_OPTIONS, "DENY");
    headers.set(HttpHeaderNames.CONTENT_SECURITY_POLICY, CONTENT_SECURITY);
    headers.set("referrer-policy", "no-referrer");
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable failure) {
    if (!(failure instanceof DecoderException)) {
      peers.failed("http", failure);
    }
    var _ = ctx.close();
  }
}
