// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.http;

import io.incipit.net.access.User;
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
import io.netty.handler.codec.http.HttpContent;
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
import io.netty.handler.flow.FlowControlHandler;
import io.netty.util.concurrent.ScheduledFuture;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One HTTP connection: answers from a table of routes, and refuses the rest as soon as it is
/// known, without waiting for what follows. While a route takes its time, nothing more is read.
public final class HttpHandler extends SimpleChannelInboundHandler<HttpObject> {
  /// Bytes of all headers of a request.
  public static final int HEADERS_BYTES_MAX = 16 << 10;

  /// Bytes of the first line of a request.
  public static final int LINE_BYTES_MAX = 8 << 10;

  private static final String CONTENT_SECURITY =
      "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none';"
          + " form-action 'none'; frame-ancestors 'none'";

  private final HttpContext context;
  private final HttpRules rules;
  private final Admission admission;
  private final HttpAudit audit;

  /// Who has sent the request that is being taken or answered, if that is known.
  private Optional<User> user = Optional.empty();

  private @Nullable HttpRequest request;
  private @Nullable BodyBuffer body;
  private @Nullable ScheduledFuture<?> deadline;

  /// Whether a request was answered.
  private boolean greeted;

  /// Whether an answer is being made elsewhere.
  private boolean answering;

  /// Whether the client sends nothing more.
  private boolean inputEnded;

  /// Whether nothing more is to be answered.
  private boolean ended;

  /// Whether that will be so once a refusal has waited.
  private boolean refusing;

  private HttpHandler(HttpContext context, boolean exposed, Channel channel, String subject) {
    this.context = context;
    this.rules = new HttpRules(context, exposed);
    this.admission = new Admission(context.access(), subject);
    this.audit = new HttpAudit(context.events().audit(), context.routes(), channel);
  }

  /// Makes a channel one of HTTP.
  ///
  /// @param exposed whether other machines can reach it: then only the probes and the metrics are
  ///     shown
  /// @param subject the name in its client's certificate; may be empty
  public static void install(
      Channel channel, HttpContext context, boolean exposed, String subject) {
    var decoder =
        new HttpDecoderConfig()
            .setMaxInitialLineLength(LINE_BYTES_MAX)
            .setMaxHeaderSize(HEADERS_BYTES_MAX);
    var folds = new HeaderFolds();
    channel
        .pipeline()
        .addLast(folds)
        .addLast(new HttpServerCodec(decoder))
        .addLast(folds.new Lengths())
        .addLast(new FlowControlHandler())
        .addLast(new HttpHandler(context, exposed, channel, subject));
  }

  /// The whole answer to a connection that is one too many.
  public static byte[] tooMany() {
    var body = "too many connections (expected: at most net.http-connections-max)\n";
    return ("HTTP/1.1 503 Service Unavailable\r\ncontent-type: text/plain; charset=utf-8\r\n"
            + "content-length: %d\r\nretry-after: 1\r\nconnection: close\r\n\r\n%s")
        .formatted(body.length(), body)
        .getBytes(StandardCharsets.US_ASCII);
  }

  /// Under TLS it is put into a connection that is active since long.
  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    if (ctx.channel().isActive()) {
      await(ctx);
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    await(ctx);
    ctx.fireChannelActive();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    cancelDeadline();
    if (!answering) {
      releaseBody();
    }
    ctx.fireChannelInactive();
  }

  /// Gives the client time for its next request, and for taking the answer before.
  private void await(ChannelHandlerContext ctx) {
    cancelDeadline();
    var limits = context.connections();
    var time = greeted ? limits.frameTimeout() : limits.handshakeTimeout();
    deadline = ctx.executor().schedule(() -> expire(ctx), time.toNanos(), TimeUnit.NANOSECONDS);
  }

  private void cancelDeadline() {
    if (deadline != null) {
      deadline.cancel(false);
    }
  }

  private void expire(ChannelHandlerContext ctx) {
    if (greeted && request == null && Deadlines.Outbound.of(ctx.channel()).waitingBytes() == 0) {
      context.events().closed("http-idle");
    } else {
      context.events().cut("http-timeout", ctx.channel());
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
      inputEnded = true;
      if (!answering) {
        end(ctx.writeAndFlush(Unpooled.EMPTY_BUFFER), ctx);
      }
    }
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, HttpObject part) {
    if (ended || refusing) {
      return;
    }
    if (part.decoderResult().isFailure()) {
      refuse(ctx, undecoded(part.decoderResult().cause()), false);
      return;
    }
    if (part instanceof HttpRequest begun && !begin(ctx, begun)) {
      return;
    }
    if (!ctx.channel().isWritable()) {
      context.events().cut("http-output", ctx.channel());
      ended = true;
      var _ = ctx.close();
      return;
    }
    if (part instanceof HttpContent more && body != null && !body.add(more.content())) {
      context.events().cut("buffer-limit", ctx.channel());
      refuse(
          ctx,
          RouteResponse.text(503, "body: no memory for it now (expected: later; net.buffer-limit)"),
          false);
      return;
    }
    if (part instanceof LastHttpContent && request != null) {
      complete(ctx, request);
    }
  }

  /// Looks at the headers.
  ///
  /// @return whether the request is taken so far
  private boolean begin(ChannelHandlerContext ctx, HttpRequest begun) {
    request = begun;
    var refusal = rules.refusal(begun);
    if (refusal != null) {
      audit.refused(begun, refusal);
      refuse(ctx, refusal, begun.method().equals(HttpMethod.HEAD));
      return false;
    }
    var route = route(begun);
    var verdict =
        route == null
            ? Admission.ANYBODY
            : admission.judge(begun, route, ctx.channel().remoteAddress());
    user = verdict.user();
    var denial = verdict.denial();
    if (denial != null) {
      audit.denied(begun, user, denial.code());
      deny(ctx, denial, begun.method().equals(HttpMethod.HEAD));
      return false;
    }
    if (begun.method().equals(HttpMethod.POST)) {
      body = new BodyBuffer(context.budget(), (int) HttpUtil.getContentLength(begun, 0L));
      if (HttpRules.isContinueExpected(begun)) {
        var _ =
            ctx.writeAndFlush(
                new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER));
      }
    }
    return true;
  }

  /// What is asked for, by the same path by which [#complete] finds it; null if there is no such.
  private @Nullable Route route(HttpRequest begun) {
    try {
      return context.routes().get(new QueryStringDecoder(begun.uri()).path());
    } catch (IllegalArgumentException malformed) {
      return null;
    }
  }

  /// Refuses, though perhaps not at once: who tries many tokens has to wait.
  private void deny(ChannelHandlerContext ctx, Admission.Denial denial, boolean head) {
    long mostNs = context.connections().handshakeTimeout().toNanos();
    if (denial.waitNs() <= 0) {
      refuse(ctx, denial.response(), head);
      return;
    }
    refusing = true;
    cancelDeadline();
    ctx.channel().config().setAutoRead(false);
    var _ =
        ctx.executor()
            .schedule(
                () -> refuse(ctx, denial.response(), head),
                Math.min(mostNs, denial.waitNs()),
                TimeUnit.NANOSECONDS);
  }

  private void complete(ChannelHandlerContext ctx, HttpRequest complete) {
    request = null;
    greeted = true;
    var uri = new QueryStringDecoder(complete.uri());
    var known = refusal(uri, body != null);
    var route = known == null ? context.routes().get(uri.path()) : null;
    if (route == null || route.asked() == Route.Asked.AT_ONCE) {
      var response = known;
      if (response != null) {
        audit.refused(complete, response);
      } else {
        response = respond(Objects.requireNonNull(route), asked(complete, uri));
      }
      finish(ctx, complete, response);
      return;
    }
    var asked = asked(complete, uri);
    answering = true;
    cancelDeadline();
    ctx.channel().config().setAutoRead(false);
    try {
      var who = user;
      context.work().execute(() -> answer(ctx, complete, route, asked, who));
    } catch (RejectedExecutionException stopping) {
      finish(ctx, complete, RouteResponse.text(503, "the server stops"));
    }
  }

  private RouteRequest asked(HttpRequest complete, QueryStringDecoder uri) {
    var accept = String.join(",", complete.headers().getAll(HttpHeaderNames.ACCEPT));
    var asked = RouteRequest.of(uri.path(), uri.rawQuery(), accept);
    var by = user.isPresent() ? asked.by(audit.asker(complete, user.get())) : asked;
    return body == null ? by : by.with(body.bytes());
  }

  private @Nullable RouteResponse refusal(QueryStringDecoder uri, boolean post) {
    try {
      return rules.refusal(uri.path(), post);
    } catch (IllegalArgumentException malformed) {
      return RouteResponse.text(400, "path: malformed (expected: percent-encoded UTF-8)");
    }
  }

  /// Runs on a thread of [HttpContext#work].
  private void answer(
      ChannelHandlerContext ctx,
      HttpRequest complete,
      Route route,
      RouteRequest asked,
      Optional<User> who) {
    var response = respond(route, asked);
    // Done, even if its client is gone by now.
    audit.answered(route, complete, who, response);
    if (ctx.executor().inEventLoop()) {
      finish(ctx, complete, response);
    } else {
      ctx.executor().execute(() -> finish(ctx, complete, response));
    }
  }

  private RouteResponse respond(Route route, RouteRequest asked) {
    try {
      return route.answer(asked);
    } catch (RuntimeException | Error failure) {
      context.events().failed("page", failure);
      return RouteResponse.text(500, "the server failed; its log says more");
    }
  }

  private void finish(ChannelHandlerContext ctx, HttpRequest complete, RouteResponse response) {
    boolean later = answering;
    answering = false;
    releaseBody();
    if (ended || !ctx.channel().isActive()) {
      return;
    }
    boolean goesOn = HttpUtil.isKeepAlive(complete) && !inputEnded;
    var written = answer(ctx, response, complete.method().equals(HttpMethod.HEAD), !goesOn);
    if (!goesOn) {
      end(written, ctx);
      return;
    }
    await(ctx);
    if (later) {
      var _ = written.addListener(_ -> ctx.channel().config().setAutoRead(true));
    }
  }

  private void releaseBody() {
    if (body != null) {
      body.release();
      body = null;
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
      if (!answering) {
        releaseBody();
      }
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

  private ChannelFuture answer(
      ChannelHandlerContext ctx, RouteResponse response, boolean head, boolean last) {
    var bytes = response.body();
    var full =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.valueOf(response.status()),
            head ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(bytes));
    var headers = full.headers();
    headers.set(HttpHeaderNames.CONTENT_TYPE, response.contentType());
    headers.setInt(HttpHeaderNames.CONTENT_LENGTH, bytes.length);
    response.headers().forEach(headers::set);
    if (last) {
      headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    }
    guard(headers);
    context.events().sent(bytes.length);
    context.budget().changeForReplies(bytes.length);
    return ctx.writeAndFlush(full)
        .addListener(_ -> context.budget().changeForReplies(-bytes.length));
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
      context.events().failed("http", failure);
    }
    var _ = ctx.close();
  }
}
