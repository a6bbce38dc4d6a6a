// SPDX-License-Identifier: Apache-2.0
package io.incipit.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What LMCache 0.5.6 sent to a Redis through each of its connectors, sent again: each of the
/// replies is as long as that of the Redis, but for those that name the server.
class LmcacheRecordingsIT {
  private static final Path RECORDINGS =
      Path.of(System.getProperty("incipit.root", ""), "..", "shared", "fixtures", "lmcache");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "lmcache-0.5.6-redis",
        "lmcache-0.5.6-resp",
        "lmcache-0.5.6-valkey",
        "lmcache-0.5.6-bench-l2-resp",
        "vllm-0.32.0+lmcache-0.5.6-mp-resp-restart"
      })
  void recording_sentAgain_isAnsweredAlike(String name) throws IOException {
    var file = RECORDINGS.resolve(name + ".jsonl.gz");
    assumeTrue(Files.exists(file), () -> "the recordings of LMCache are not there: " + RECORDINGS);
    try (var server = Tools.server(Map.of("store.host-limit", "256MiB"));
        var lines = new GZIPInputStream(Files.newInputStream(file))) {
      var text = new String(lines.readAllBytes(), StandardCharsets.UTF_8);
      assertThat(new Replay(server.respPort()).play(text.lines())).isGreaterThan(10);
    }
  }

  /// One recording on its connections. A reply belongs to the last request of its connection; long
  /// ones are recorded in pieces.
  private static final class Replay {
    private final int port;
    private final Map<Integer, Wire> wires = new HashMap<>();
    private int replies;

    Replay(int port) {
      this.port = port;
    }

    int play(Stream<String> lines) throws IOException {
      for (var line : lines.toList()) {
        var event = JsonMapper.shared().readTree(line);
        int connection = event.path("c").asInt();
        if (!wires.containsKey(connection)) {
          wires.put(connection, new Wire(port));
        }
        if (event.has("cmd")) {
          send(wires.get(connection), event.path("cmd"));
        } else if (event.has("reply")) {
          receive(connection, event.path("reply"));
        }
      }
      for (var wire : wires.values()) {
        wire.close();
      }
      return replies;
    }

    private void send(Wire wire, JsonNode words) throws IOException {
      var frame = new ByteArrayOutputStream();
      frame.writeBytes(("*" + words.size() + "\r\n").getBytes(StandardCharsets.US_ASCII));
      for (var word : words) {
        byte[] bytes = bytes(word);
        frame.writeBytes(("$" + bytes.length + "\r\n").getBytes(StandardCharsets.US_ASCII));
        frame.writeBytes(bytes);
        frame.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
      }
      frame.writeTo(wire.socket.getOutputStream());
    }

    /// A word: text, or how long it was and how it began.
    private static byte[] bytes(JsonNode word) {
      if (word.isString()) {
        return word.asString().getBytes(StandardCharsets.UTF_8);
      }
      var head = HexFormat.of().parseHex(word.path("head").asString());
      return ByteBuffer.wrap(new byte[word.path("len").asInt()])
          .put(head, 0, Math.min(head.length, word.path("len").asInt()))
          .array();
    }

    private void receive(int connection, JsonNode reply) throws IOException {
      var head = reply.path("head").asString();
      boolean namesServer = head.startsWith("%") || head.startsWith("=") || head.contains("ERR");
      if (namesServer || head.startsWith("2d455252")) {
        // Who answers, and in which version, differs.
        drain(wires.get(connection));
        return;
      }
      replies++;
      assertThat(
              wires.get(connection).socket.getInputStream().readNBytes(reply.path("len").asInt()))
          .hasSize(reply.path("len").asInt());
    }

    private static void drain(Wire wire) throws IOException {
      wire.send("PING the-end-of-it\r\n");
      wire.until("$13\r\nthe-end-of-it\r\n");
    }
  }
}
