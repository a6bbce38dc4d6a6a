// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Which requests are taken, by their headers alone.
final class HttpRules {
  /// What a server without authentication answers to other machines.
  private static final Set<String> FOR_ALL = Set.of("/healthz", "/readyz", "/metrics");

  private static final String GET_OR_HEAD = "GET, HEAD";

  private final HttpContext context;
  private final boolean exposed;

  /// @param exposed whether other machines can reach the connection
  HttpRules(HttpContext context, boolean exposed) {
    this.context = context;
    this.exposed = exposed;
  }

  /// Why a request ends its connection; null if it does not.
  @Nullable RouteResponse refusal(HttpRequest begun) {
    var version = begun.protocolVersion();
    if (version.majorVersion() != 1 || version.minorVersion() > 1) {
      return RouteResponse.text(505, "version: %s (expected: HTTP/1.1)".formatted(version));
    }
    boolean post = begun.method().equals(HttpMethod.POST);
    var refusal = post ? refusalOfPost(begun) : refusalOfOther(begun);
    return refusal == null ? refusalOfHost(begun) : refusal;
  }

  private static @Nullable RouteResponse refusalOfOther(HttpRequest begun) {
    if (!begun.method().equals(HttpMethod.GET) && !begun.method().equals(HttpMethod.HEAD)) {
      return notAllowed(begun, "GET or HEAD", GET_OR_HEAD);
    }
    if (begun.headers().contains(HttpHeaderNames.EXPECT)) {
      return RouteResponse.text(417, "Expect: something (expected: no such header)");
    }
    if (HttpUtil.getContentLength(begun, 0L) > 0 || HttpUtil.isTransferEncodingChunked(begun)) {
      return RouteResponse.text(413, "body: some bytes (expected: none)");
    }
    return null;
  }

  private static RouteResponse notAllowed(HttpRequest begun, String expected, String allowed) {
    return RouteResponse.text(405, "method: %s (expected: %s)".formatted(begun.method(), expected))
        .with("allow", allowed);
  }

  private @Nullable RouteResponse refusalOfHost(HttpRequest begun) {
    var named = begun.headers().getAll(HttpHeaderNames.HOST);
    return named.size() == 1 && context.hosts().accept(named.getFirst())
        ? null
        : RouteResponse.text(
            421,
            "Host: not a name of this server (expected: an IP address, localhost, or one of"
                + " net.http-hosts)");
  }

  private @Nullable RouteResponse refusalOfPost(HttpRequest begun) {
    var path = new QueryStringDecoder(begun.uri()).rawPath();
    var refusal = refusal(path, true);
    if (refusal != null) {
      return refusal;
    }
    var route = context.routes().get(path);
    if (route != null && route.asked() != Route.Asked.WITH_BODY) {
      return notAllowed(begun, "GET or HEAD", GET_OR_HEAD);
    }
    return refusalOfBody(begun);
  }

  private @Nullable RouteResponse refusalOfBody(HttpRequest begun) {
    var headers = begun.headers();
    if (HttpUtil.isTransferEncodingChunked(begun)) {
      return RouteResponse.text(411, "Transfer-Encoding: chunked (expected: Content-Length)");
    }
    if (HttpUtil.getContentLength(begun, 0L) > context.bodyBytesMax()) {
      return RouteResponse.text(
          413,
          "body: %d bytes (expected: at most %d, net.http-body-limit)"
              .formatted(HttpUtil.getContentLength(begun, 0L), context.bodyBytesMax()));
    }
    if (headers.contains(HttpHeaderNames.EXPECT) && !isContinueExpected(begun)) {
      return RouteResponse.text(417, "Expect: something (expected: 100-continue or nothing)");
    }
    var type = HttpUtil.getMimeType(begun);
    if (type != null && !HttpHeaderValues.APPLICATION_JSON.contentEqualsIgnoreCase(type)) {
      return RouteResponse.text(
          415, "Content-Type: something else (expected: application/json; curl has --json)");
    }
    if (headers.contains(HttpHeaderNames.CONTENT_ENCODING)) {
      return RouteResponse.text(415, "Content-Encoding: something (expected: no such header)");
    }
    return isFromElsewhere(begun)
        ? RouteResponse.text(403, "Origin: another site (expected: none, or this server)")
        : null;
  }

  /// Whether a page of another site had the browser send this.
  private static boolean isFromElsewhere(HttpRequest begun) {
    var origin = begun.headers().get(HttpHeaderNames.ORIGIN);
    var host = begun.headers().get(HttpHeaderNames.HOST);
    return origin != null && !origin.equals("http://" + host) && !origin.equals("https://" + host);
  }

  /// Whether the client waits to be told to send the body.
  static boolean isContinueExpected(HttpRequest begun) {
    return begun.headers().containsValue(HttpHeaderNames.EXPECT, HttpHeaderValues.CONTINUE, true);
  }

  /// Why a path is not answered; null if it is.
  @Nullable RouteResponse refusal(String path, boolean post) {
    if (exposed && !FOR_ALL.contains(path)) {
      return RouteResponse.text(
          403,
          "to other machines this server, without TLS and users, answers /healthz,"
              + " /readyz and /metrics only");
    }
    var route = context.routes().get(path);
    if (route == null) {
      return RouteResponse.text(
          404, "not found (known: %s)".formatted(String.join(" ", context.routes().keySet())));
    }
    if (!post && route.asked() == Route.Asked.WITH_BODY) {
      return RouteResponse.text(405, "method: GET (expected: POST)").with("allow", "POST");
    }
    return null;
  }
}
