// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.guard;

import static io.incipit.bench.load.RespClient.encode;
import static io.incipit.bench.load.RespClient.word;

import io.incipit.env.Clock;
import io.incipit.env.Connection;
import io.incipit.env.Network;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/// Those who are kept out, and try on: until [#close], on threads of their own.
final class Strangers implements Closeable {
  private static final String HOST = "127.0.0.1";
  private static final long CONNECT_NS = 10_000_000_000L;
  private static final long BYTE_EVERY_NS = 500_000_000L;
  private static final long SECOND_NS = 1_000_000_000L;

  /// How a `ClientHello` begins, up to where it says how much follows.
  private static final byte[] HELLO = {0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, (byte) 0xfc};

  private final Clock clock = Clock.system();
  private final List<Thread> threads = new ArrayList<>();
  private final LongAdder tries = new LongAdder();
  private volatile boolean over;

  /// What they did so far: handshakes begun, or tokens tried.
  long tries() {
    return tries.sum();
  }

  /// Begins so many handshakes of TLS, a byte at a time, and begins again when one is cut.
  static Strangers slowHandshakes(int port, int count) {
    var strangers = new Strangers();
    for (int i = 0; i < count; i++) {
      strangers.threads.add(Thread.ofVirtual().start(() -> strangers.shakeSlowly(port)));
    }
    return strangers;
  }

  private void shakeSlowly(int port) {
    while (!over) {
      try (var connection = Network.system().connect(HOST, port, CONNECT_NS)) {
        tries.increment();
        for (int i = 0; !over; i++) {
          connection.write(HELLO, Math.min(i, HELLO.length - 1), 1);
          clock.sleepNs(BYTE_EVERY_NS);
        }
      } catch (IOException cut) {
        pause(BYTE_EVERY_NS);
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  /// Tries so many wrong tokens a second, each on a connection of its own that it leaves open for a
  /// second.
  static Strangers wrongTokens(int port, int perSecond) {
    var strangers = new Strangers();
    strangers.threads.add(Thread.ofPlatform().start(() -> strangers.tryTokens(port, perSecond)));
    return strangers;
  }

  private void tryTokens(int port, int perSecond) {
    var opened = new ArrayList<Connection>();
    long due = clock.nanoTime();
    while (!over) {
      try {
        var connection = Network.system().connect(HOST, port, CONNECT_NS);
        opened.add(connection);
        var request = encode(word("AUTH"), word("quiet"), word("wrong-" + tries.sum()));
        connection.write(request, 0, request.length);
        tries.increment();
      } catch (IOException refused) {
        // The next one, then.
      }
      if (opened.size() > perSecond) {
        opened.removeFirst().close();
      }
      due += SECOND_NS / perSecond;
      pause(due - clock.nanoTime());
    }
    opened.forEach(Connection::close);
  }

  private void pause(long durationNs) {
    try {
      clock.sleepNs(Math.max(0, durationNs));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      over = true;
    }
  }

  /// Ends them all.
  @Override
  public void close() {
    over = true;
    threads.forEach(Thread::interrupt);
    for (var thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
