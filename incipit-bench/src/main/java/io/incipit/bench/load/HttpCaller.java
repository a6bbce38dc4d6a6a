// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.incipit.env.Connection;
import io.incipit.env.Network;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;

/// HTTP/1.1 over one connection that is kept; the number of a reply is its status. For servers that
/// say how long their answers are.
final class HttpCaller implements Caller {
  private static final long CONNECT_NS = 5_000_000_000L;
  private static final String LENGTH = "content-length:";

  private final Connection connection;
  private byte[] buffer = new byte[1 << 16];
  private int at;
  private int end;
  private int bodyFrom;

  HttpCaller(int port) throws IOException {
    connection = Network.system().connect("127.0.0.1", port, CONNECT_NS);
  }

  /// A request with a body of JSON on the wire, or one without.
  static byte[] encode(String method, String path, String json) {
    var body = json.getBytes(UTF_8);
    var head =
        """
        %s %s HTTP/1.1\r
        host: 127.0.0.1\r
        content-type: application/json\r
        content-length: %d\r
        \r
        """
            .formatted(method, path, body.length)
            .getBytes(UTF_8);
    var request = Arrays.copyOf(head, head.length + body.length);
    System.arraycopy(body, 0, request, head.length, body.length);
    return request;
  }

  /// Sends one request and takes its answer.
  ///
  /// @return the body
  String call(String method, String path, String json) throws IOException {
    var request = encode(method, path, json);
    send(request, request.length);
    long status = reply();
    var body = new String(buffer, bodyFrom, at - bodyFrom, UTF_8);
    if (status / 100 != 2) {
      throw new IOException("%s %s: status %d: %s".formatted(method, path, status, body));
    }
    return body;
  }

  @Override
  public void send(byte[] bytes, int length) throws IOException {
    connection.write(bytes, 0, length);
  }

  @Override
  public long reply() throws IOException {
    System.arraycopy(buffer, at, buffer, 0, end - at);
    end -= at;
    at = 0;
    int scanned = 0;
    int head = headEnd(scanned);
    while (head < 0) {
      scanned = Math.max(0, end - 3);
      fill();
      head = headEnd(scanned);
    }
    var lines = new String(buffer, 0, head, UTF_8).toLowerCase(Locale.ROOT);
    int named = lines.indexOf(LENGTH);
    if (named < 0) {
      throw new IOException("an answer of unknown length: " + lines);
    }
    int value = named + LENGTH.length();
    int length = Integer.parseInt(lines.substring(value, lines.indexOf('\r', value)).strip());
    while (end < head + length) {
      fill();
    }
    bodyFrom = head;
    at = head + length;
    return Long.parseLong(lines.substring(9, 12));
  }

  private int headEnd(int from) {
    for (int i = from; i + 3 < end; i++) {
      if (buffer[i] == '\r'
          && buffer[i + 1] == '\n'
          && buffer[i + 2] == '\r'
          && buffer[i + 3] == '\n') {
        return i + 4;
      }
    }
    return -1;
  }

  private void fill() throws IOException {
    if (end == buffer.length) {
      buffer = Arrays.copyOf(buffer, 2 * end);
    }
    int read = connection.read(buffer, end, buffer.length - end);
    if (read < 0) {
      throw new EOFException("the server closed the connection");
    }
    end += read;
  }

  @Override
  public void close() {
    connection.close();
  }
}
