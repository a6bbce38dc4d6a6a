// SPDX-License-Identifier: Apache-2.0
package io.incipit.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.block.Reply;
import io.incipit.env.Connection;
import io.incipit.env.Network;
import io.incipit.protocol.MalformedException;
import io.incipit.protocol.ReplyEncoder;
import io.incipit.protocol.Request;
import io.incipit.protocol.RequestParser;
import io.incipit.protocol.RespBuffer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/// A network without sockets: a test is the server.
final class FakeNetwork implements Network {
  private final BlockingQueue<Peer> peers = new LinkedBlockingQueue<>();
  volatile boolean refusing;
  volatile boolean local = true;
  volatile Function<List<String>, List<Reply>> answers = _ -> List.of();
  volatile CountDownLatch connects = new CountDownLatch(0);
  volatile CountDownLatch writes = new CountDownLatch(0);

  @Override
  public Connection connect(String host, int port, long timeoutNs) throws IOException {
    await(connects);
    if (refusing) {
      throw new IOException("Connection refused");
    }
    var peer = new Peer();
    peers.add(peer);
    return peer;
  }

  /// The next connection that the client has made.
  Peer peer() {
    return take(peers);
  }

  boolean hasPeer() {
    return !peers.isEmpty();
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      latch.await();
    } catch (InterruptedException interrupted) {
      throw new IOException(interrupted);
    }
  }

  private static <T> T take(BlockingQueue<T> queue) {
    try {
      var next = queue.poll(10, TimeUnit.MINUTES);
      assertThat(next).as("nothing came").isNotNull();
      return next;
    } catch (InterruptedException interrupted) {
      throw new AssertionError(interrupted);
    }
  }

  /// The server's end of a connection, and the client's.
  final class Peer implements Connection {
    private final BlockingQueue<Optional<byte[]>> incoming = new LinkedBlockingQueue<>();
    private final BlockingQueue<List<String>> requests = new LinkedBlockingQueue<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final RequestParser parser = new RequestParser();
    private final Request request = new Request();
    private byte[] unparsed = new byte[0];
    private byte[] rest = new byte[0];
    final AtomicInteger writeCount = new AtomicInteger();

    /// The words of the next request.
    List<String> request() {
      return take(requests);
    }

    void reply(Reply... replies) {
      send(encode(replies));
    }

    void send(byte[] bytes) {
      incoming.add(Optional.of(bytes));
    }

    void send(String text) {
      send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /// Ends the stream as a server does that shuts down.
    void end() {
      incoming.add(Optional.empty());
    }

    void awaitClosed() throws InterruptedException {
      assertThat(closed.await(10, TimeUnit.MINUTES)).as("closed").isTrue();
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      if (rest.length == 0) {
        var next = next();
        if (next.isEmpty()) {
          return -1;
        }
        rest = next.get();
      }
      int read = Math.min(length, rest.length);
      System.arraycopy(rest, 0, target, offset, read);
      rest = Arrays.copyOfRange(rest, read, rest.length);
      return read;
    }

    private Optional<byte[]> next() throws IOException {
      try {
        var next = incoming.take();
        if (closed.getCount() == 0) {
          throw new IOException("Socket closed");
        }
        return next;
      } catch (InterruptedException interrupted) {
        throw new IOException(interrupted);
      }
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
      writeCount.incrementAndGet();
      await(writes);
      int kept = unparsed.length;
      unparsed = Arrays.copyOf(unparsed, kept + length);
      System.arraycopy(source, offset, unparsed, kept, length);
      try {
        parse();
      } catch (MalformedException malformed) {
        throw new AssertionError(malformed);
      }
    }

    private void parse() throws MalformedException {
      int start = 0;
      int next = parser.parse(unparsed, start, unparsed.length, request);
      while (next != RequestParser.INCOMPLETE) {
        var words = new ArrayList<String>();
        for (int i = 0; i < request.count(); i++) {
          words.add(new String(request.copy(i), StandardCharsets.ISO_8859_1));
        }
        requests.add(words);
        var replies = answers.apply(words);
        if (!replies.isEmpty()) {
          reply(replies.toArray(Reply[]::new));
        }
        start = next;
        next = parser.parse(unparsed, start, unparsed.length, request);
      }
      unparsed = Arrays.copyOfRange(unparsed, start, unparsed.length);
    }

    @Override
    public boolean isLocal() {
      return local;
    }

    @Override
    public void close() {
      closed.countDown();
      incoming.add(Optional.empty());
    }
  }

  static byte[] encode(Reply... replies) {
    var out = new RespBuffer();
    for (var reply : replies) {
      ReplyEncoder.encode(reply, false, out);
    }
    return out.toBytes();
  }
}
