// SPDX-License-Identifier: Apache-2.0
package io.incipit.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// A connection that writes and reads values; it reads bytes as the clients in C++ do, exactly as
/// many as it expects.
final class Peer implements AutoCloseable {
  private static final byte[] CRLF = {'\r', '\n'};

  final Socket socket = new Socket();
  final DataInputStream in;
  final OutputStream out;

  Peer(int port, int bufferBytes) throws IOException {
    if (bufferBytes > 0) {
      socket.setReceiveBufferSize(bufferBytes);
      socket.setSendBufferSize(bufferBytes);
    }
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(600_000);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 1 << 16));
    out = socket.getOutputStream();
  }

  void send(byte[]... words) throws IOException {
    out.write(("*" + words.length + "\r\n").getBytes(StandardCharsets.US_ASCII));
    for (var word : words) {
      out.write(("$" + word.length + "\r\n").getBytes(StandardCharsets.US_ASCII));
      out.write(word);
      out.write(CRLF);
    }
  }

  void send(String verb, byte[]... words) throws IOException {
    var all = new ArrayList<>(List.of(verb.getBytes(StandardCharsets.US_ASCII)));
    all.addAll(List.of(words));
    send(all.toArray(byte[][]::new));
  }

  void expect(String reply) throws IOException {
    var got = in.readNBytes(reply.length());
    assertThat(new String(got, StandardCharsets.ISO_8859_1)).isEqualTo(reply);
  }

  String line() throws IOException {
    var line = new StringBuilder();
    for (int one = in.read(); one != '\n' && one >= 0; one = in.read()) {
      line.append((char) one);
    }
    return line.toString().strip();
  }

  /// A bulk string; none for nil.
  ByteBuffer bulk() throws IOException {
    var line = line();
    assertThat(line).startsWith("$");
    int length = Integer.parseInt(line.substring(1));
    if (length < 0) {
      return ByteBuffer.allocate(0);
    }
    var bytes = in.readNBytes(length);
    assertThat(bytes).hasSize(length);
    expect("\r\n");
    return ByteBuffer.wrap(bytes);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
