// SPDX-License-Identifier: Apache-2.0
package io.incipit.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.commands.ProtocolCommand;
import redis.clients.jedis.exceptions.JedisDataException;

/// Programs and libraries of Redis against a server.
class RedisToolsIT {
  private static final String TWO = "00000000000000010000000000000002";

  private static ProtocolCommand command(String name) {
    return () -> name.getBytes(StandardCharsets.US_ASCII);
  }

  @Test
  void redisCli_publishesAndAsks() throws Exception {
    Tools.require("redis-cli");
    try (var server = Tools.server(Map.of())) {
      int port = server.respPort();

      assertThat(Tools.cli(port, "PING")).isEqualTo("PONG");
      assertThat(
              Tools.cli(
                  port, "KVC.PUBLISH", "default", "a", "1", "1", "STORE", "GPU", "", TWO, "HEX"))
          .isEqualTo("1");
      assertThat(Tools.cli(port, "KVC.MATCH", "default", TWO + "0000000000000009", "HEX"))
          .startsWith("2\n32\n0\n");
      assertThat(Tools.cli(port, "-3", "KVC.INSPECT", "default", TWO.substring(0, 16), "HEX"))
          .contains("a/GPU");
      assertThat(Tools.cli(port, "KVC.MATCH", "nobody", TWO, "HEX")).startsWith("NONAMESPACE ");
      assertThat(Tools.cli(port, "INFO", "server")).contains("server_name:incipit");
      assertThat(Tools.cli(port, "COMMAND", "DOCS", "KVC.MATCH")).contains("longest prefix");
    }
  }

  @Test
  void redisBenchmark_measuresPingAndMatch() throws Exception {
    Tools.require("redis-benchmark");
    try (var server = Tools.server(Map.of())) {
      var port = Integer.toString(server.respPort());

      assertThat(
              Tools.run(
                  "redis-benchmark", "-p", port, "-t", "ping", "-n", "2000", "-P", "16", "-q"))
          .contains("PING_INLINE: ", "PING_MBULK: ", "requests per second")
          .doesNotContain("WARNING", "rror");
      assertThat(
              Tools.run(
                  "redis-benchmark",
                  "-p",
                  port,
                  "-n",
                  "2000",
                  "-q",
                  "KVC.MATCH",
                  "default",
                  TWO,
                  "HEX"))
          .contains("requests per second")
          .doesNotContain("rror");
      assertThat(Tools.run("redis-benchmark", "-p", port, "-3", "-t", "ping", "-n", "1000", "-q"))
          .contains("requests per second");
    }
  }

  @Test
  void jedis_publishesAndAsks() throws Exception {
    try (var server = Tools.server(Map.of());
        var jedis = new Jedis("127.0.0.1", server.respPort())) {
      assertThat(jedis.ping()).isEqualTo("PONG");
      assertThat(jedis.echo("hello")).isEqualTo("hello");
      byte[] chain = new byte[24];
      chain[7] = 1;
      chain[15] = 2;
      chain[23] = 3;
      assertThat(
              jedis.sendCommand(
                  command("KVC.PUBLISH"),
                  bytes("default"),
                  bytes("a"),
                  bytes("1"),
                  bytes("1"),
                  bytes("STORE"),
                  bytes("GPU"),
                  bytes(""),
                  chain))
          .isEqualTo(1L);

      var matched = (List<?>) jedis.sendCommand(command("KVC.MATCH"), bytes("default"), chain);

      assertThat(matched.subList(0, 3)).isEqualTo(List.of(3L, 48L, 0L));
      assertThat((byte[]) matched.get(4)).hasSize(16);
      assertThatThrownBy(() -> jedis.sendCommand(command("KVC.MATCH"), bytes("none"), chain))
          .isInstanceOf(JedisDataException.class)
          .hasMessageStartingWith("NONAMESPACE ");
      assertThat(jedis.set("a", "value")).isEqualTo("OK");
      assertThat(jedis.get("a")).isEqualTo("value");
      assertThat(jedis.del("a", "b")).isEqualTo(1L);
      assertThatThrownBy(() -> jedis.sendCommand(Protocol.Command.HGETALL, "a"))
          .hasMessageStartingWith("ERR unknown command 'HGETALL'");
    }
  }

  @Test
  void jedis_pipeline_isAnsweredInOrder() throws Exception {
    try (var server = Tools.server(Map.of());
        var jedis = new Jedis("127.0.0.1", server.respPort())) {
      var pipeline = jedis.pipelined();
      var first = pipeline.sendCommand(command("KVC.STATS"), "default");
      for (int seq = 1; seq <= 1_000; seq++) {
        pipeline.sendCommand(
            command("KVC.PUBLISH"), "default", "a", "1", Integer.toString(seq), "SYNCED");
      }
      var last = pipeline.sendCommand(command("KVC.OWNERS"), "default", "a");
      pipeline.sync();

      assertThat((List<?>) first.get()).isNotEmpty();
      assertThat(String.valueOf(texts(last.get()))).contains("seq, 1000");
    }
  }

  private static Object texts(Object value) {
    return switch (value) {
      case List<?> list -> list.stream().map(RedisToolsIT::texts).toList();
      case byte[] bytes -> new String(bytes, StandardCharsets.UTF_8);
      default -> value;
    };
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
