// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.http;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/// What a [Route] answers. Netty has the names `HttpRequest` and `HttpResponse` for the whole of
/// both, with their headers.
public final class RouteResponse {
  private final int status;
  private final String contentType;
  private final byte[] body;
  private final Map<String, String> headers;
  private final String subject;

  private RouteResponse(
      int status, String contentType, byte[] body, Map<String, String> headers, String subject) {
    this.status = status;
    this.contentType = contentType;
    this.body = body;
    this.headers = headers;
    this.subject = subject;
  }

  /// Bytes of a content type, not copied.
  public static RouteResponse of(int status, String contentType, byte[] body) {
    return new RouteResponse(status, contentType, body, Map.of(), "");
  }

  /// A short text for people and scripts; a line end is added.
  public static RouteResponse text(int status, String text) {
    return of(status, "text/plain; charset=utf-8", bytes(text + "\n"));
  }

  /// A page of HTML.
  public static RouteResponse html(String html) {
    return of(200, "text/html; charset=utf-8", bytes(html));
  }

  /// The same with one more header, instead of those that were added before.
  RouteResponse with(String header, String value) {
    return new RouteResponse(status, contentType, body, Map.of(header, value), subject);
  }

  /// The same, with the namespace that it is about, for the audit log.
  public RouteResponse about(String namespace) {
    return new RouteResponse(status, contentType, body, headers, namespace);
  }

  /// The namespace that it is about, if anybody said so; else empty.
  String subject() {
    return subject;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /// The status.
  public int status() {
    return status;
  }

  Map<String, String> headers() {
    return headers;
  }

  /// What the body is, for a header.
  public String contentType() {
    return contentType;
  }

  /// The bytes, not copied.
  public byte[] body() {
    return body;
  }
}
