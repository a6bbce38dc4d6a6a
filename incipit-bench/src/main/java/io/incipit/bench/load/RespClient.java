// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.load;

import io.incipit.env.Connection;
import io.incipit.env.Network;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/// A blocking client over one connection, the same for every server: it sends what others encoded
/// and of each reply keeps one number. For one thread.
public final class RespClient implements Caller {
  private static final long CONNECT_NS = 5_000_000_000L;

  private final Connection connection;
  private final byte[] buffer = new byte[1 << 16];
  private int at;
  private int end;
  private long moved;

  /// Connects over the loopback interface.
  public RespClient(int port) throws IOException {
    this(Network.system().connect("127.0.0.1", port, CONNECT_NS));
  }

  /// Over a connection that it closes when it is closed.
  public RespClient(Connection connection) {
    this.connection = connection;
  }

  /// One request on the wire.
  public static byte[] encode(byte[]... words) {
    var out = new ByteArrayOutputStream();
    out.writeBytes(("*" + words.length + "\r\n").getBytes(StandardCharsets.US_ASCII));
    for (var word : words) {
      out.writeBytes(("$" + word.length + "\r\n").getBytes(StandardCharsets.US_ASCII));
      out.writeBytes(word);
      out.write('\r');
      out.write('\n');
    }
    return out.toByteArray();
  }

  /// A word of a request.
  public static byte[] word(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void send(byte[] bytes, int length) throws IOException {
    send(bytes, 0, length);
  }

  /// Sends bytes `[from, from + length)`, of a request or of a part of one.
  public void send(byte[] bytes, int from, int length) throws IOException {
    moved += length;
    connection.write(bytes, from, length);
  }

  /// Sends one request and takes its reply.
  public long call(byte[]... words) throws IOException {
    var request = encode(words);
    send(request, request.length);
    return reply();
  }

  /// Takes one reply: the number it is, or of an array the number that comes first; 1 for a string,
  /// 0 where there is none.
  @Override
  public long reply() throws IOException {
    int type = next();
    return switch (type) {
      case ':' -> line();
      case '$' -> string();
      case '*', '~', '>' -> values(line());
      case '%' -> values(2 * line());
      case '+', '#' -> text().isEmpty() ? 0 : 1;
      case '_' -> text().length();
      case '-' -> throw new IOException("the server refused: " + text());
      default -> throw new IOException("reply begins with byte " + type);
    };
  }

  /// Takes one reply, an error too.
  ///
  /// @return whether it is none
  public boolean replyOrError() throws IOException {
    if (next() != '-') {
      at--;
      reply();
      return true;
    }
    return text().isEmpty();
  }

  /// Takes one reply that is a string, into a buffer from its start on.
  ///
  /// @return its length in bytes; -1 if there is none
  /// @throws IOException if it is something else, or longer than the buffer
  public int value(byte[] into) throws IOException {
    int type = next();
    if (type != '$') {
      at--;
      long other = reply();
      if (type == '_') {
        return -1;
      }
      throw new IOException("reply: %d (expected: a string)".formatted(other));
    }
    long length = line();
    if (length > into.length) {
      throw new IOException("%d bytes (expected: at most %d)".formatted(length, into.length));
    }
    if (length < 0) {
      return -1;
    }
    int taken = (int) Math.min(length, end - at);
    System.arraycopy(buffer, at, into, 0, taken);
    at += taken;
    while (taken < length) {
      int read = connection.read(into, taken, (int) length - taken);
      if (read < 0) {
        throw new EOFException("the server closed the connection");
      }
      moved += read;
      taken += read;
    }
    next();
    next();
    return taken;
  }

  /// Takes the head of a reply that is an array; its values are to be taken one by one.
  ///
  /// @return how many they are
  /// @throws IOException if it is something else
  public long array() throws IOException {
    int type = next();
    if (type != '*') {
      at--;
      throw new IOException("reply: %d (expected: an array)".formatted(reply()));
    }
    return line();
  }

  private long values(long count) throws IOException {
    long first = 0;
    for (long i = 0; i < count; i++) {
      long value = reply();
      first = i == 0 ? value : first;
    }
    return first;
  }

  private long string() throws IOException {
    long length = line();
    if (length < 0) {
      return 0;
    }
    for (long left = length + 2; left > 0; ) {
      if (at == end) {
        fill();
      }
      int skipped = (int) Math.min(left, end - at);
      at += skipped;
      left -= skipped;
    }
    return 1;
  }

  private long line() throws IOException {
    long value = 0;
    boolean negative = false;
    for (int read = next(); read != '\r'; read = next()) {
      if (read == '-') {
        negative = true;
      } else {
        value = value * 10 + read - '0';
      }
    }
    next();
    return negative ? -value : value;
  }

  private String text() throws IOException {
    var text = new StringBuilder();
    for (int read = next(); read != '\r'; read = next()) {
      text.append((char) read);
    }
    next();
    return text.toString();
  }

  private int next() throws IOException {
    if (at == end) {
      fill();
    }
    return buffer[at++];
  }

  private void fill() throws IOException {
    int read = connection.read(buffer, 0, buffer.length);
    if (read < 0) {
      throw new EOFException("the server closed the connection");
    }
    at = 0;
    end = read;
    moved += read;
  }

  /// Bytes sent and received so far.
  public long movedBytes() {
    return moved;
  }

  @Override
  public void close() {
    connection.close();
  }
}
