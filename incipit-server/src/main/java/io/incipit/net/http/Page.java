// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.http;

import java.nio.charset.StandardCharsets;

/// An answer of the HTTP port.
public final class Page {
  private final int status;
  private final String contentType;
  private final byte[] body;

  private Page(int status, String contentType, byte[] body) {
    this.status = status;
    this.contentType = contentType;
    this.body = body;
  }

  /// Bytes of a content type, not copied.
  public static Page of(int status, String contentType, byte[] body) {
    return new Page(status, contentType, body);
  }

  /// A short text for people and scripts; a line end is added.
  public static Page text(int status, String text) {
    return of(status, "text/plain; charset=utf-8", bytes(text + "\n"));
  }

  /// A page of HTML.
  public static Page html(String html) {
    return of(200, "text/html; charset=utf-8", bytes(html));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  int status() {
    return status;
  }

  String contentType() {
    return contentType;
  }

  byte[] body() {
    return body;
  }
}
