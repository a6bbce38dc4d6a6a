// SPDX-License-Identifier: Apache-2.0
package io.incipit.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What flows through real sockets: pipelines that are longer than they, ends, and probes beside.
class FlowIT {
  private static final int MIB = 1 << 20;

  private static IncipitServer server(String... settings) throws IOException {
    var values = new HashMap<>(Map.of("net.event-loops", "2"));
    for (int i = 0; i < settings.length; i += 2) {
      values.put(settings[i], settings[i + 1]);
    }
    return Tools.server(values);
  }

  private static String echo(int bytes) {
    return "*2\r\n$4\r\nECHO\r\n$" + bytes + "\r\n" + "x".repeat(bytes) + "\r\n";
  }

  private static String echoed(int bytes) {
    return "$" + bytes + "\r\n" + "x".repeat(bytes) + "\r\n";
  }

  @Test
  void pipeline_ofHalfTheBuffers_passesBeforeItIsRead() throws IOException {
    try (var server = server("net.buffer-limit", "64MiB");
        var wire = new Wire(server.respPort())) {
      for (int bytes : new int[] {1_000, 60_000, MIB}) {
        int count = 32 * MIB / bytes;
        wire.send(echo(bytes).repeat(count));
        var expected = echoed(bytes);
        for (int i = 0; i < count; i++) {
          assertThat(wire.socket.getInputStream().readNBytes(expected.length()))
              .isEqualTo(expected.getBytes(StandardCharsets.ISO_8859_1));
        }
      }
    }
  }

  @Test
  void halfClosedClients_getAllReplies() throws IOException {
    try (var server = server("index.lane-queue", "4")) {
      var wires = new ArrayList<Wire>();
      for (int i = 0; i < 8; i++) {
        var wire = new Wire(server.respPort());
        var many = new StringBuilder();
        for (int seq = 1; seq <= 500; seq++) {
          many.append("KVC.PUBLISH default o%d 1 %d SYNCED\r\n".formatted(i, seq));
        }
        wire.send(many + "PING\r\n");
        wire.socket.shutdownOutput();
        wires.add(wire);
      }
      for (var wire : wires) {
        assertThat(wire.rest()).startsWith(":1\r\n:2\r\n").endsWith(":500\r\n+PONG\r\n");
        wire.close();
      }
    }
  }

  @Test
  void frameBeyondTheLimit_isToldThoughAllOfItIsSent() throws IOException {
    try (var server = server();
        var wire = new Wire(server.respPort())) {
      wire.send(echo(9 * MIB));
      assertThat(wire.rest())
          .isEqualTo("-ERR Protocol error: invalid bulk length: more than 8388608\r\n");
    }
  }

  @Test
  void webPage_runsNothing() throws IOException {
    try (var server = server();
        var wire = new Wire(server.respPort());
        var owner = new Wire(server.respPort())) {
      owner.send("KVC.NAMESPACE CREATE victim BLOCKTOKENS 16 HASHBYTES 8\r\n");
      assertThat(owner.line()).isEqualTo("+OK");
      wire.send("POST / HTTP/1.1\r\nHost: a\r\n\r\nKVC.NAMESPACE DROP victim\r\n");
      assertThat(wire.rest()).startsWith("-ERR this port speaks RESP").hasLineCount(1);
      owner.send("KVC.NAMESPACE DESCRIBE victim\r\n");
      assertThat(owner.line()).startsWith("*");
    }
  }

  @Test
  void probes_areAnswered_whenRespIsFull() throws IOException {
    try (var server = server("net.connections-max", "2", "net.http-connections-max", "3");
        var first = new Wire(server.respPort());
        var second = new Wire(server.respPort())) {
      first.send("PING\r\n");
      second.send("PING\r\n");
      assertThat(first.line() + second.line()).isEqualTo("+PONG+PONG");
      try (var third = new Wire(server.respPort())) {
        assertThat(third.rest()).isEqualTo("-ERR max number of clients reached\r\n");
      }
      var visitors = new ArrayList<Wire>();
      for (var path : new String[] {"/healthz", "/readyz", "/metrics"}) {
        var visitor = new Wire(server.httpPort());
        visitor.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assertThat(visitor.line()).isEqualTo("HTTP/1.1 200 OK");
        visitors.add(visitor);
      }
      try (var more = new Wire(server.httpPort())) {
        more.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assertThat(more.rest())
            .startsWith("HTTP/1.1 503 Service Unavailable\r\n")
            .endsWith("(expected: at most net.http-connections-max)\n");
      }
      for (var visitor : visitors) {
        visitor.close();
      }
      first.send("PING\r\n");
      second.send("PING\r\n");
      assertThat(first.line() + second.line()).isEqualTo("+PONG+PONG");
    }
  }

  @Test
  void turns_areBounded_whateverIsPipelined() throws IOException {
    try (var server = server();
        var greedy = new Wire(server.respPort());
        var visitor = new Wire(server.httpPort())) {
      int pings = 200_000;
      var sender =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      greedy.send("PING\r\n".repeat(pings));
                    } catch (IOException cut) {
                      throw new IllegalStateException(cut);
                    }
                  });
      assertThat(greedy.socket.getInputStream().readNBytes(7 * pings)).hasSize(7 * pings);
      sender.join();
      visitor.send("GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
      var most =
          visitor
              .rest()
              .lines()
              .filter(line -> line.startsWith("incipit_turn_units_most "))
              .mapToDouble(line -> Double.parseDouble(line.split(" ", -1)[1]))
              .findFirst()
              .orElseThrow();
      assertThat(most).isBetween(1.0, 4_096.0);
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException(interrupted);
    }
  }
}
