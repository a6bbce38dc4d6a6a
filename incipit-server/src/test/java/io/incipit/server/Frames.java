// SPDX-License-Identifier: Apache-2.0
package io.incipit.server;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/// A connection that sends requests of any size and reads replies of any size without keeping them.
final class Frames implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 600_000;

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;

  Frames(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    socket.setTcpNoDelay(true);
    in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
    out = socket.getOutputStream();
  }

  /// A request as an array of bulk strings; each word is a `String` or bytes.
  static byte[] request(Object... words) {
    var frame = new ByteArrayOutputStream();
    frame.writeBytes(ascii("*" + words.length + "\r\n"));
    for (var word : words) {
      var bytes = word instanceof byte[] given ? given : ascii(word.toString());
      frame.writeBytes(ascii("$" + bytes.length + "\r\n"));
      frame.writeBytes(bytes);
      frame.writeBytes(ascii("\r\n"));
    }
    return frame.toByteArray();
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  void send(byte[] frame) throws IOException {
    out.write(frame);
  }

  /// Sends a request and reads the whole reply.
  Summary ask(byte[] frame) throws IOException {
    send(frame);
    return reply();
  }

  /// What is left of a reply: its first line and its size.
  record Summary(String first, long bytes) {
    boolean isError() {
      return first.startsWith("-");
    }
  }

  /// Reads a whole reply.
  ///
  /// @throws EOFException if the connection ends before
  Summary reply() throws IOException {
    var first = line();
    long bytes = first.length() + 2L;
    bytes += skip(first);
    long open = inside(first);
    while (open > 0) {
      var line = line();
      bytes += line.length() + 2 + skip(line);
      open += inside(line) - 1;
    }
    return new Summary(first, bytes);
  }

  /// How many values follow inside.
  private static long inside(String line) {
    return switch (line.charAt(0)) {
      case '*', '~', '>' -> Math.max(0, Long.parseLong(line.substring(1)));
      case '%' -> 2 * Long.parseLong(line.substring(1));
      default -> 0;
    };
  }

  /// Skips the bytes of a bulk string.
  private long skip(String line) throws IOException {
    if (line.charAt(0) != '$' && line.charAt(0) != '=') {
      return 0;
    }
    long length = Long.parseLong(line.substring(1));
    if (length >= 0) {
      in.skipNBytes(length + 2);
    }
    return Math.max(0, length + 2);
  }

  private String line() throws IOException {
    var line = new StringBuilder();
    for (int one = in.read(); one != '\n'; one = in.read()) {
      if (one < 0) {
        throw new EOFException("the connection ended after '" + line + "'");
      }
      line.append((char) one);
    }
    return line.toString().strip();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
