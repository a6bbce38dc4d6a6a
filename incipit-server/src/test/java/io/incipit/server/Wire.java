// SPDX-License-Identifier: Apache-2.0
package io.incipit.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/// A plain socket to a server, for tests that send what no client would.
final class Wire implements AutoCloseable {
  /// Ends what hangs; nothing is measured by it.
  private static final int TIMEOUT_MILLIS = 600_000;

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

  /// A bulk string.
  String bulk() throws IOException {
    int length = Integer.parseInt(line().substring(1));
    var bytes = socket.getInputStream().readNBytes(length);
    line();
    return new String(bytes, StandardCharsets.ISO_8859_1);
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

  /// What arrives up to the first `end`, which is included, or to the end of the connection, which
  /// is then said.
  String until(String end) throws IOException {
    var out = new StringBuilder();
    InputStream in = socket.getInputStream();
    try {
      while (out.indexOf(end, out.length() - end.length()) < 0) {
        int one = in.read();
        if (one < 0) {
          return out + "(closed)";
        }
        out.append((char) one);
      }
    } catch (SocketTimeoutException open) {
      throw open;
    } catch (SocketException reset) {
      return out + "(closed)";
    }
    return out.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
