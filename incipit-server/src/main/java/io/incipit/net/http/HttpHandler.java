// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.http;

import io.incipit.net.limits.ConnectionConfig;
import io.incipit.net.limits.Deadlines;
import io.incipit.net.limits.Linger;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.concurrent.ScheduledFuture;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One HTTP connection: answers `GET` and `HEAD` from a table of routes, and refuses the rest as
/// soon as it is known, without waiting for what follows.
public final class HttpHandler extends SimpleChannelInboundHandler<HttpObject> {
  /// Bytes of all headers of a request.
  public static final int HEADERS_BYTES_MAX = 16 << 10;

  /// Bytes of the first line of a request.
  public static final int LINE_BYTES_MAX = 8 << 10;

  /// What a server without authentication answers to other machines.
  private static final Set<String> FOR_ALL = Set.of("/healthz", "/readyz", "/metrics");

  private static final String CONTENT_SECURITY =
      "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none';"
          + " form-action 'none'; frame-ancestors 'none'";

  private final HttpEvents events;
  private final ConnectionConfig config;
  private final Hosts hosts;
  private final Map<String, Route> routes;
  private final boolean exposed;
  private @Nullable HttpRequest request;
  private @Nullable ScheduledFuture<?> deadline;

  /// Whether a request was answered.
  private boolean greeted;

  /// Whether nothing more is to be answered.
  private boolean ended;

  private HttpHandler(
      HttpEvents events,
      ConnectionConfig config,
      Hosts hosts,
      Map<String, Route> routes,
      boolean exposed) {
    this.events = events;
    this.config = config;
    this.hosts = hosts;
    this.routes = routes;
    this.exposed = exposed;
  }

  /// Makes a channel one of HTTP.
  ///
  /// @param exposed whether other machines can reach it: then only the probes and the metrics are
  ///     shown
  public static void install(
      Channel channel,
      HttpEvents events,
      ConnectionConfig config,
      Hosts hosts,
      Map<String, Route> routes,
      boolean exposed) {
    var decoder =
        new HttpDecoderConfig()
            .setMaxInitialLineLength(LINE_BYTES_MAX)
            .setMaxHeaderSize(HEADERS_BYTES_MAX);
    channel
        .pipeline()
        .addLast(new HeaderFolds())
        .addLast(new HttpServerCodec(decoder))
        .addLast(new HttpHandler(events, config, hosts, routes, exposed));
  }

  /// The whole answer to a connection that is one too many.
  public static byte[] tooMany() {
    var body = "too many connections (expected: at most net.http-connections-max)\n";
    return ("HTTP/1.1 503 Service Unavailable\r\ncontent-type: text/plain; charset=utf-8\r\n"
            + "content-length: %d\r\nretry-after: 1\r\nconnection: close\r\n\r\n%s")
        .formatted(body.length(), body)
        .getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    await(ctx);
    ctx.fireChannelActive();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    cancelDeadline();
    ctx.fireChannelInactive();
  }

  /// Gives the client time for its next request, and for taking the answer before.
  private void await(ChannelHandlerContext ctx) {
    cancelDeadline();
    var time = greeted ? config.frameTimeout() : config.handshakeTimeout();
    deadline = ctx.executor().schedule(() -> expire(ctx), time.toNanos(), TimeUnit.NANOSECONDS);
  }

  private void cancelDeadline() {
    if (deadline != null) {
      deadline.cancel(false);
    }
  }

  private void expire(ChannelHandlerContext ctx) {
    if (greeted && request == null && Deadlines.Outbound.of(ctx.channel()).waitingBytes() == 0) {
      events.closed("http-idle");
    } else {
      events.cut("http-timeout", ctx.channel());
    }
    var _ = ctx.close();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof HeaderFolds.Found) {
      refuse(
          ctx,
          RouteResponse.text(400, "header: begins with a blank (expected: no folded lines)"),
          false);
    } else if (event instanceof ChannelInputShutdownEvent && !ended) {
      end(ctx.writeAndFlush(Unpooled.EMPTY_BUFFER), ctx);
    }
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, HttpObject part) {
    if (ended) {
      return;
    }
    if (part.decoderResult().isFailure()) {
      refuse(ctx, undecoded(part.decoderResult().cause()), false);
      return;
    }
    if (part instanceof HttpRequest begun) {
      request = begun;
      var refusal = refusal(begun);
      if (refusal != null) {
        refuse(ctx, refusal, begun.method().equals(HttpMethod.HEAD));
        return;
      }
    }
    if (!ctx.channel().isWritable()) {
      events.cut("http-output", ctx.channel());
      ended = true;
      var _ = ctx.close();
      return;
    }
    var complete = request;
    if (part instanceof LastHttpContent && complete != null) {
      request = null;
      greeted = true;
      boolean goesOn = HttpUtil.isKeepAlive(complete);
      var written =
          answer(ctx, respond(complete), complete.method().equals(HttpMethod.HEAD), !goesOn);
      if (goesOn) {
        await(ctx);
      } else {
        end(written, ctx);
      }
    }
  }

  private void end(ChannelFuture written, ChannelHandlerContext ctx) {
    ended = true;
    ctx.channel().config().setAutoRead(false);
    var _ = written.addListener(ChannelFutureListener.CLOSE);
  }

  /// Answers at once, and lets the client read that though it may still be sending.
  private void refuse(ChannelHandlerContext ctx, RouteResponse response, boolean head) {
    if (!ended) {
      ended = true;
      cancelDeadline();
      var _ = answer(ctx, response, head, true);
      Linger.end(ctx.channel());
    }
  }

  private static RouteResponse undecoded(Throwable failure) {
    if (failure instanceof TooLongHttpLineException) {
      return RouteResponse.text(414, "request line: too long (expected: at most 8 KiB)");
    }
    if (failure instanceof TooLongHttpHeaderException || failure instanceof TooLongFrameException) {
      return RouteResponse.text(431, "headers: too long (expected: at most 16 KiB)");
    }
    return RouteResponse.text(400, "request: malformed (expected: HTTP/1.1)");
  }

  private @Nullable RouteResponse refusal(HttpRequest begun) {
    var version = begun.protocolVersion();
    if (version.majorVersion() != 1 || version.minorVersion() > 1) {
      return RouteResponse.text(505, "version: %s (expected: HTTP/1.1)".formatted(version));
    }
    if (!begun.method().equals(HttpMethod.GET) && !begun.method().equals(HttpMethod.HEAD)) {
      return RouteResponse.text(
          405, "method: %s (expected: GET or HEAD)".formatted(begun.method()));
    }
    if (begun.headers().contains(HttpHeaderNames.EXPECT)) {
      return RouteResponse.text(417, "Expect: something (expected: no such header)");
    }
    if (HttpUtil.getContentLength(begun, 0L) > 0 || HttpUtil.isTransferEncodingChunked(begun)) {
      return RouteResponse.text(413, "body: some bytes (expected: none)");
    }
    var named = begun.headers().getAll(HttpHeaderNames.HOST);
    if (named.size() != 1 || !hosts.accept(named.getFirst())) {
      return RouteResponse.text(
          421,
          "Host: not a name of this server (expected: an IP address, localhost, or one of"
              + " net.http-hosts)");
    }
    return null;
  }

  private RouteResponse respond(HttpRequest complete) {
    try {
      var uri = new QueryStringDecoder(complete.uri());
      if (exposed && !FOR_ALL.contains(uri.path())) {
        return RouteResponse.text(
            403,
            "to other machines this server, which has no authentication yet, answers /healthz,"
                + " /readyz and /metrics only");
      }
      var route = routes.get(uri.path());
      return route == null
          ? RouteResponse.text(
              404, "not found (known: %s)".formatted(String.join(" ", routes.keySet())))
          : route.answer(new RouteRequest(uri.path(), uri.rawQuery(), accepted(complete)));
    } catch (IllegalArgumentException malformed) {
      return RouteResponse.text(400, "path: malformed (expected: percent-encoded UTF-8)");
    } catch (RuntimeException | Error failure) {
      events.failed("page", failure);
      return RouteResponse.text(500, "the server failed; its log says more");
    }
  }

  private static String accepted(HttpRequest complete) {
    return String.join(",", complete.headers().getAll(HttpHeaderNames.ACCEPT));
  }

  private ChannelFuture answer(
      ChannelHandlerContext ctx, RouteResponse response, boolean head, boolean last) {
    var body = response.body();
    var full =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.valueOf(response.status()),
            head ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(body));
    var headers = full.headers();
    headers.set(HttpHeaderNames.CONTENT_TYPE, response.contentType());
    headers.setInt(HttpHeaderNames.CONTENT_LENGTH, body.length);
    if (response.status() == 405) {
      headers.set(HttpHeaderNames.ALLOW, "GET, HEAD");
    }
    if (last) {
      headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    }
    guard(headers);
    events.sent(body.length);
    return ctx.writeAndFlush(full);
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
      events.failed("http", failure);
    }
    var _ = ctx.close();
  }
}
