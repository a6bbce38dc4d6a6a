// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.value;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.CRC32C;

/// What values cost a server which keeps checksums, and does nothing else: bytes move between a
/// socket and memory outside of the heap, and a checksum is made of each 64 KiB while it is in
/// cache. The kernel's part is the same for all who receive by `recv` and send by `send`.
///
/// It is for [ValueClient] only, a blocking thread for each: it trusts what it is sent, and knows
/// `GET`, `SET` and `DEL`.
public final class FloorServer {
  private static final int PIECE = 64 << 10;
  private static final int READ = 256 << 10;
  private static final int WRITE = 1 << 20;
  private static final byte[] END = {'\r', '\n'};

  /// A value and its checksums, in memory that the next value of its key takes over.
  private static final class Slot {
    final ByteBuffer bytes;
    final int[] checksums;

    Slot(int length) {
      this.bytes = ByteBuffer.allocateDirect(length);
      this.checksums = new int[(length + PIECE - 1) / PIECE];
    }
  }

  private final boolean checks;
  private final Map<String, Slot> slots = new ConcurrentHashMap<>();

  private FloorServer(boolean checks) {
    this.checks = checks;
  }

  /// Serves on a free port, which it prints, until its process is stopped.
  ///
  /// @param arguments `checked` if a `GET` compares checksums
  public static void main(String... arguments) throws IOException {
    var server = new FloorServer(arguments.length > 0 && arguments[0].equals("checked"));
    try (var listener = ServerSocketChannel.open()) {
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      System.out.println("Ready on port " + listener.socket().getLocalPort());
      while (true) {
        var socket = listener.accept();
        Thread.ofPlatform().daemon().start(() -> server.serve(socket));
      }
    }
  }

  private void serve(SocketChannel socket) {
    try (socket) {
      new Connection(socket).run();
    } catch (IOException ended) {
      // The client has gone.
    }
  }

  /// A client's.
  private final class Connection {
    private final SocketChannel socket;
    private final ByteBuffer in = ByteBuffer.allocateDirect(PIECE).flip();
    private final ByteBuffer out = ByteBuffer.allocateDirect(PIECE);
    private final CRC32C crc = new CRC32C();

    Connection(SocketChannel socket) {
      this.socket = socket;
    }

    void run() throws IOException {
      while (true) {
        var _ = number('*');
        var verb = word();
        var key = word();
        switch (verb) {
          case "SET" -> set(key);
          case "GET" -> get(key);
          default -> {
            slots.remove(key);
            send(":1\r\n");
          }
        }
      }
    }

    private byte next() throws IOException {
      while (!in.hasRemaining()) {
        receive(in.clear());
        in.flip();
      }
      return in.get();
    }

    private void receive(ByteBuffer... into) throws IOException {
      if (socket.read(into) < 0) {
        throw new IOException("the client has gone");
      }
    }

    private int number(char mark) throws IOException {
      int number = 0;
      for (byte c = next(); c != '\n'; c = next()) {
        number = c == mark || c == '\r' ? number : 10 * number + c - '0';
      }
      return number;
    }

    private String word() throws IOException {
      var bytes = new byte[number('$')];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = next();
      }
      skipEnd();
      return new String(bytes, StandardCharsets.US_ASCII);
    }

    private void skipEnd() throws IOException {
      var _ = next();
      var _ = next();
    }

    private void set(String key) throws IOException {
      int length = number('$');
      var slot = slots.get(key);
      if (slot == null || slot.bytes.capacity() != length) {
        slot = new Slot(length);
        slots.put(key, slot);
      }
      var value = slot.bytes.clear();
      int early = Math.min(length, in.remaining());
      value.put(in.slice(in.position(), early));
      in.position(in.position() + early);
      int done = checksum(slot, 0);
      while (value.position() < length) {
        value.limit(Math.min(length, value.position() + READ));
        if (value.limit() < length) {
          receive(value);
        } else {
          receive(value, in.clear());
          in.flip();
        }
        done = checksum(slot, done);
      }
      skipEnd();
      send("+OK\r\n");
    }

    /// Makes the checksums of what has come since piece `from`.
    ///
    /// @return the piece that is the next
    private int checksum(Slot slot, int from) {
      int end = slot.bytes.position();
      int piece = from;
      while (piece < slot.checksums.length
          && Math.min(slot.bytes.capacity(), (piece + 1) * PIECE) <= end) {
        slot.checksums[piece] = crc(slot, piece);
        piece++;
      }
      return piece;
    }

    private int crc(Slot slot, int piece) {
      int start = piece * PIECE;
      crc.reset();
      crc.update(slot.bytes.slice(start, Math.min(PIECE, slot.bytes.capacity() - start)));
      return (int) crc.getValue();
    }

    private void get(String key) throws IOException {
      var slot = slots.get(key);
      if (slot == null) {
        send("$-1\r\n");
        return;
      }
      int length = slot.bytes.capacity();
      var value = slot.bytes.duplicate().clear();
      int step = checks ? WRITE : length;
      out.clear().put("$%d\r\n".formatted(length).getBytes(StandardCharsets.US_ASCII)).flip();
      for (int from = 0; from < length; from += step) {
        int to = Math.min(length, from + step);
        for (int piece = from / PIECE; checks && piece * PIECE < to; piece++) {
          if (crc(slot, piece) != slot.checksums[piece]) {
            throw new IOException("a bad piece");
          }
        }
        write(
            out,
            value.slice(from, to - from),
            ByteBuffer.wrap(END, 0, to == length ? END.length : 0));
      }
    }

    private void send(String reply) throws IOException {
      write(out.clear().put(reply.getBytes(StandardCharsets.US_ASCII)).flip());
    }

    private void write(ByteBuffer... parts) throws IOException {
      while (Arrays.stream(parts).anyMatch(ByteBuffer::hasRemaining)) {
        var _ = socket.write(parts);
      }
    }
  }
}
