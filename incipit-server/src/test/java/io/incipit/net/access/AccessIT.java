// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.incipit.server.IncipitServer;
import io.incipit.server.ServerConfig;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.exceptions.JedisAccessControlException;
import redis.clients.jedis.exceptions.JedisConnectionException;

/// A server with users, and programs and libraries of others that say who they are.
class AccessIT {
  @TempDir private Path directory;
  private Path users;

  private static String line(String name, String rules) {
    return Users.line(name, "token-of-" + name, List.of(rules.split(" "))) + "\n";
  }

  @BeforeEach
  void write() throws Exception {
    users = directory.resolve("users");
    Files.writeString(users, line("root", "admin@*") + line("kept", "read,publish@redis"));
    Files.setPosixFilePermissions(users, PosixFilePermissions.fromString("rw-------"));
  }

  private IncipitServer server() throws IOException {
    return IncipitServer.start(
        ServerConfig.of(
            Map.of("access.users", users.toString(), "net.resp-port", "0", "net.http-port", "0")));
  }

  /// What `redis-cli` prints for one request.
  private static String cli(int port, String... words) throws IOException, InterruptedException {
    var command =
        new ArrayList<>(List.of("redis-cli", "-p", Integer.toString(port), "--no-auth-warning"));
    command.addAll(List.of(words));
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return out.strip();
  }

  @Test
  void redisCli_saysWhoItIs() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/redis-cli")), "redis-cli is not installed");
    try (var server = server()) {
      int port = server.respPort();
      assertThat(cli(port, "PING")).isEqualTo("NOAUTH Authentication required.");
      assertThat(cli(port, "-a", "token-of-kept", "PING")).isEqualTo("PONG");
      assertThat(
              cli(
                  port,
                  "--no-auth-warning",
                  "-3",
                  "--user",
                  "kept",
                  "-a",
                  "token-of-kept",
                  "ACL",
                  "WHOAMI"))
          .isEqualTo("kept");
      assertThat(cli(port, "-a", "wrong", "PING"))
          .contains("WRONGPASS")
          .endsWith("NOAUTH Authentication required.");
    }
  }

  @Test
  void jedis_saysWhoItIs_andIsCutWhenItIsNobodyAnyMore() throws Exception {
    try (var server = server()) {
      var where = new HostAndPort("127.0.0.1", server.respPort());
      var config =
          DefaultJedisClientConfig.builder().user("kept").password("token-of-kept").build();
      try (var jedis = new Jedis(where, config)) {
        assertThat(jedis.set("key", "value")).isEqualTo("OK");
        assertThat(jedis.get("key")).isEqualTo("value");
        assertThatThrownBy(jedis::flushAll).hasMessageStartingWith("NOPERM FLUSHALL: user kept");
        Files.writeString(users, line("root", "admin@*"));
        assertThatThrownBy(
                () -> {
                  while (true) {
                    jedis.get("key");
                    Thread.sleep(20);
                  }
                })
            .isInstanceOfAny(JedisConnectionException.class, JedisAccessControlException.class);
      }
      assertThatThrownBy(() -> new Jedis(where, config).ping())
          .isInstanceOf(JedisAccessControlException.class);
    }
  }

  @Test
  void aNewToken_underLoad_cutsNobody() throws Exception {
    try (var server = server()) {
      var where = new HostAndPort("127.0.0.1", server.respPort());
      var answered = new AtomicInteger();
      var over = new AtomicBoolean();
      var failure = new AtomicReference<Throwable>();
      var config =
          DefaultJedisClientConfig.builder().user("kept").password("token-of-kept").build();
      var client =
          Thread.ofPlatform()
              .start(
                  () -> {
                    try (var jedis = new Jedis(where, config)) {
                      while (!over.get()) {
                        jedis.set("key", "value");
                        answered.incrementAndGet();
                      }
                    } catch (RuntimeException cut) {
                      failure.set(cut);
                    }
                  });
      var both = line("root", "admin@*") + line("kept", "read,publish@redis");
      Files.writeString(users, both + line("next", "read@redis").replace("next ", "kept "));
      var next = DefaultJedisClientConfig.builder().user("kept").password("token-of-next").build();
      awaitLogin(where, next);
      int before = answered.get();
      while (answered.get() < before + 1_000 && failure.get() == null) {
        Thread.sleep(5);
      }
      over.set(true);
      client.join();
      assertThat(failure.get()).isNull();
      Files.writeString(users, line("next", "read@redis").replace("next ", "kept "));
      try (var jedis = new Jedis(where, next)) {
        assertThat(jedis.get("key")).isEqualTo("value");
      }
    }
  }

  private static void awaitLogin(HostAndPort where, JedisClientConfig config)
      throws InterruptedException {
    while (true) {
      try (var jedis = new Jedis(where, config)) {
        assertThat(jedis.ping()).isEqualTo("PONG");
        return;
      } catch (JedisAccessControlException notYet) {
        Thread.sleep(500);
      }
    }
  }

  @Test
  void http_takesABearer() throws Exception {
    try (var server = server();
        var client = HttpClient.newHttpClient()) {
      assertThat(status(client, server, "/healthz", "")).isEqualTo(200);
      assertThat(status(client, server, "/metrics", "")).isEqualTo(401);
      assertThat(status(client, server, "/metrics", "token-of-kept")).isEqualTo(403);
      assertThat(status(client, server, "/workers", "token-of-kept")).isEqualTo(403);
      assertThat(status(client, server, "/metrics", "token-of-root")).isEqualTo(200);
    }
  }

  private static int status(HttpClient client, IncipitServer server, String path, String token)
      throws IOException, InterruptedException {
    var uri = URI.create("http://127.0.0.1:%d%s".formatted(server.httpPort(), path));
    var request = HttpRequest.newBuilder(uri);
    if (!token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
  }

  @Test
  void start_withAFileThatIsNotGood_saysWhereAndWhy() throws Exception {
    Files.writeString(users, "# users\nroot geheim admin@*\n");
    assertThatIOException()
        .isThrownBy(this::server)
        .withMessageStartingWith(users + ":2: secret of root: 6 characters (expected: ")
        .withMessageNotContaining("geheim");
    Files.setPosixFilePermissions(users, PosixFilePermissions.fromString("rw-r--r--"));
    assertThatIOException().isThrownBy(this::server).withMessageContaining("mode 0644");
  }
}
