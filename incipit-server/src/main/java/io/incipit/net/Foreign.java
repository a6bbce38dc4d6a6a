// SPDX-License-Identifier: Apache-2.0
package io.incipit.net;

import io.incipit.protocol.Command;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What comes to the RESP port by mistake, or from a web page that means harm, and is told by how
/// it begins. A browser sends what any page asks it to, to any port of this machine; only that it
/// must send a line of HTTP first keeps the rest from being taken for typed requests.
enum Foreign {
  /// The first byte of a TLS handshake.
  TLS("foreign-tls", "ERR this port speaks RESP without TLS"),
  /// A line of HTTP, wherever it comes.
  HTTP("foreign-http", "ERR this port speaks RESP, HTTP has its own; nothing of this was run"),
  /// A first byte or a first line that begins no request.
  OTHER("foreign-other", "ERR this port speaks RESP, and this is no command of it");

  private static final byte HANDSHAKE = 0x16;

  private final String reason;
  private final String error;

  Foreign(String reason, String error) {
    this.reason = reason;
    this.error = error;
  }

  /// The reason that is logged and counted.
  String reason() {
    return reason;
  }

  /// What the client is told.
  String error() {
    return error;
  }

  /// What the first byte of a connection gives away; null for nothing.
  static @Nullable Foreign ofByte(byte first) {
    if (first == HANDSHAKE) {
      return TLS;
    }
    boolean text = first >= ' ' || first == '\r' || first == '\n' || first == '\t';
    return text && first != 127 ? null : OTHER;
  }

  /// What a typed line gives away; null for nothing, and for arrays, and for lines that are not
  /// complete.
  ///
  /// @param first whether no request came before it
  static @Nullable Foreign ofLine(byte[] bytes, int start, int end, boolean first) {
    if (bytes[start] == '*') {
      return null;
    }
    int stop = start;
    while (stop < end && bytes[stop] != '\n') {
      stop++;
    }
    if (stop == end) {
      return null;
    }
    var line = new String(bytes, start, stop - start, StandardCharsets.ISO_8859_1).strip();
    var word = line.split("[ \t]", 2)[0];
    if (line.toUpperCase(Locale.ROOT).contains("HTTP/") || isHttp(word)) {
      return HTTP;
    }
    return !first || word.isEmpty() || Command.find(word).isPresent() ? null : OTHER;
  }

  /// Whether a word begins a header of HTTP, or is the method by which a page can send what it
  /// likes.
  private static boolean isHttp(String word) {
    return (word.length() > 1 && word.endsWith(":")) || word.equalsIgnoreCase("POST");
  }
}
