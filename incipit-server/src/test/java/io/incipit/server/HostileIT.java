// SPDX-License-Identifier: Apache-2.0
package io.incipit.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.env.Search;
import java.io.IOException;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Clients that mean no good: each may lose its own connection, and nothing else may happen.
class HostileIT {
  private static final int CONNECTIONS = 50;

  /// Long enough for a client on a loaded machine to say its first word.
  private static final String HANDSHAKE = "30s";

  private IncipitServer server;

  @BeforeEach
  void start() throws IOException {
    server =
        Tools.server(
            Map.of(
                "net.connections-max", Integer.toString(CONNECTIONS),
                "net.event-loops", "2",
                "net.handshake-timeout", HANDSHAKE,
                "net.frame-timeout", "1s",
                "net.write-timeout", "1s",
                "net.buffer-limit", "8MiB"));
  }

  /// Whatever happened: a well-behaved client is served, nothing failed, no memory is kept.
  @AfterEach
  void isWell() throws IOException {
    try (var wire = new Wire(server.respPort())) {
      wire.send("PING\r\n");
      assertThat(wire.line()).isEqualTo("+PONG");
      // What was closed gives its memory back a moment later.
      while (!info(wire, "memory").contains("buffered_bytes:0\r\n")) {
        Thread.onSpinWait();
      }
      assertThat(info(wire, "stats")).contains("failures:0");
    }
    server.close();
  }

  private static String info(Wire wire, String section) throws IOException {
    wire.send("INFO " + section + "\r\n");
    return wire.bulk();
  }

  @Test
  void garbage_isClosed() throws IOException {
    long seed = Search.seed();
    var random = new SplittableRandom(seed);
    for (int i = 0; i < 40; i++) {
      try (var wire = new Wire(server.respPort())) {
        var bytes = new byte[20_000];
        random.nextBytes(bytes);
        bytes[0] = (byte) (i % 2 == 0 ? '*' : bytes[0]);
        try {
          wire.socket.getOutputStream().write(bytes);
          wire.socket.shutdownOutput();
        } catch (SocketException closedAlready) {
          continue;
        }
        assertThat(wire.rest())
            .as("-Dincipit.seed=%d", seed)
            .doesNotContain("Exception", "INTERNAL", "\tat ");
      }
    }
  }

  @Test
  void hugeLengths_areRefused() throws IOException {
    for (var header :
        new String[] {
          "*2147483647\r\n$4\r\n", "*1\r\n$2147483647\r\nabcdef", "*1\r\n$9223372036854775807\r\nx"
        }) {
      try (var wire = new Wire(server.respPort())) {
        wire.send(header);
        assertThat(wire.line()).startsWith("-ERR Protocol error: invalid ");
        assertThat(wire.rest()).isIn("", "(reset)");
      }
    }
  }

  @Test
  void silence_whereItIsCrowded_isCutAtTheHandshakeTimeout() throws IOException {
    var limits = Map.of("net.handshake-timeout", "500ms", "net.connections-max", "1");
    try (var impatient = Tools.server(limits);
        var wire = new Wire(impatient.respPort())) {
      assertThat(wire.rest()).isEmpty();
    }
  }

  @Test
  void slowLoris_isCutAtTheFrameTimeout() throws Exception {
    var lorises = new ArrayList<Wire>();
    for (int i = 0; i < 20; i++) {
      var wire = new Wire(server.respPort());
      wire.send("PING\r\n*2\r\n$4\r\nECHO\r\n$1000\r\n");
      assertThat(wire.line()).isEqualTo("+PONG");
      lorises.add(wire);
    }
    for (int tenth = 0; tenth < 15; tenth++) {
      for (var wire : lorises) {
        try {
          wire.send("x");
        } catch (SocketException cut) {
          // Seen below.
        }
      }
      Thread.sleep(100);
    }
    for (var wire : lorises) {
      assertThat(wire.rest()).isIn("", "(reset)");
      wire.close();
    }
  }

  @Test
  void neverReading_isCutAndDelaysNobody() throws IOException {
    try (var deaf = new Wire(server.respPort());
        var good = new Wire(server.respPort())) {
      var echo = "*2\r\n$4\r\nECHO\r\n$60000\r\n" + "x".repeat(60_000) + "\r\n";
      good.send("PING\r\n");
      assertThat(good.line()).isEqualTo("+PONG");
      deaf.socket.setSoTimeout(1);
      var sender =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      for (int i = 0; i < 10_000; i++) {
                        deaf.send(echo);
                      }
                    } catch (IOException cut) {
                      // As it should be.
                    }
                  });
      for (int i = 0; i < 200; i++) {
        good.send("PING\r\n");
        assertThat(good.line()).isEqualTo("+PONG");
      }
      sender.join();
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException(interrupted);
    }
  }

  @Test
  void flood_beyondTheCap_isToldAndClosed() throws IOException {
    var flood = new ArrayList<Wire>();
    int refused = 0;
    for (int i = 0; i < CONNECTIONS + 20; i++) {
      var wire = new Wire(server.respPort());
      wire.send("PING\r\n");
      flood.add(wire);
      var line = "";
      try {
        line = wire.line();
      } catch (SocketException reset) {
        line = "(reset)";
      }
      if (!line.equals("+PONG")) {
        assertThat(line).isIn("-ERR max number of clients reached", "(reset)");
        refused++;
      }
    }
    assertThat(refused).isEqualTo(20);
    for (var wire : flood) {
      wire.close();
    }
    waitUntilServed();
  }

  /// Closed connections are noticed a moment later.
  private void waitUntilServed() throws IOException {
    var line = "";
    while (!line.equals("+PONG")) {
      try (var wire = new Wire(server.respPort())) {
        wire.send("PING\r\n");
        line = wire.line();
      } catch (SocketException reset) {
        line = "";
      }
    }
  }

  @Test
  void halfFrames_beyondTheBudget_costTheirConnectionsOnly() throws IOException {
    var greedy = new ArrayList<Wire>();
    int refused = 0;
    for (int i = 0; i < 6; i++) {
      var wire = new Wire(server.respPort());
      greedy.add(wire);
      try {
        wire.send("*1\r\n$3000000\r\n" + "x".repeat(2_500_000));
      } catch (SocketException cut) {
        refused++;
      }
    }
    for (var wire : greedy) {
      refused += wire.rest().contains("BUSY") ? 1 : 0;
      wire.close();
    }
    assertThat(refused).isPositive();
  }
}
