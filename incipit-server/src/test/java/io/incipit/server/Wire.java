// SPDX-License-Identifier: Apache-2.0
package io.incipit.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/// A plain socket to a server, for tests that send what no client would.
final class Wire implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 20_000;

  final Socket socket;

  Wire(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    socket.setTcpNoDelay(true);
  }

  void send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /// One line, without its end; empty at the end of the stream.
  String line() throws IOException {
    var line = new ByteArrayOutputStream();
    InputStream in = socket.getInputStream();
    for (int one = in.read(); one >= 0 && one != '\n'; one = in.read()) {
      line.write(one);
    }
    return line.toString(StandardCharsets.ISO_8859_1).strip();
  }

  /// Everything until the other end closes, or resets, the connection.
  String rest() throws IOException {
    var rest = new ByteArrayOutputStream();
    try {
      socket.getInputStream().transferTo(rest);
    } catch (SocketTimeoutException open) {
      throw open;
    } catch (IOException reset) {
      rest.writeBytes("(reset)".getBytes(StandardCharsets.ISO_8859_1));
    }
    return rest.toString(StandardCharsets.ISO_8859_1);
  }

  /// What arrives until nothing has for a moment.
  String available(int quietMillis) throws IOException {
    var out = new ByteArrayOutputStream();
    socket.setSoTimeout(quietMillis);
    var chunk = new byte[4_096];
    try {
      for (int n = socket.getInputStream().read(chunk); n >= 0; ) {
        out.write(chunk, 0, n);
        n = socket.getInputStream().read(chunk);
      }
      out.writeBytes("(closed)".getBytes(StandardCharsets.ISO_8859_1));
    } catch (SocketTimeoutException quiet) {
      // That is what was waited for.
    } finally {
      socket.setSoTimeout(TIMEOUT_MILLIS);
    }
    return out.toString(StandardCharsets.ISO_8859_1);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
