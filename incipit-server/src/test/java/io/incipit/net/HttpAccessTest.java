// SPDX-License-Identifier: Apache-2.0
package io.incipit.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.block.Namespace;
import io.incipit.block.Op;
import io.incipit.net.access.AccessConfig;
import io.incipit.net.access.Verb;
import io.incipit.net.http.FrontRoutes;
import io.incipit.net.http.Hosts;
import io.incipit.net.http.HttpContext;
import io.incipit.net.http.HttpHandler;
import io.incipit.net.http.Route;
import io.incipit.net.http.RouteResponse;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Who gets which page over HTTP.
class HttpAccessTest {
  /// SHA-256 of `abc` and of nothing else, as sha256sum says.
  private static final String ABC =
      "token:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

  /// The same of `abd`.
  private static final String ABD =
      "token:a52d159f262b2c6ddb724a61840befc36eb30c88877a4030b65cbe86298449c9";

  @TempDir private Path directory;
  private Bed bed;

  /// The name in the certificate of whoever asks.
  private String subject = "";

  @BeforeEach
  void open() throws IOException {
    var file = directory.resolve("users");
    Files.writeString(
        file,
        "root "
            + ABC
            + " admin@*\nteam "
            + ABD
            + " admin@team-*\nmonitor cert:monitor-1 admin@*\nrouter cert:router-1 read@*\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    bed = new Bed(new AccessConfig(Optional.of(file), "redis"));
  }

  @AfterEach
  void close() throws InterruptedException {
    bed.close();
  }

  private EmbeddedChannel channel() {
    var routes =
        new TreeMap<>(
            new FrontRoutes(bed.context::facts, () -> "", bed.context.metrics()::exposition)
                .routes());
    routes.put(
        "/query",
        Route.of(Route.Asked.WITH_BODY, Verb.READ, _ -> RouteResponse.text(200, "answer")));
    routes.put(
        "/within",
        Route.inNamespaces(
            Route.Asked.WITH_BODY,
            Verb.READ,
            asked ->
                RouteResponse.text(
                    200,
                    String.valueOf(
                        asked
                            .asker()
                            .look(Verb.READ, new String(asked.body(), StandardCharsets.UTF_8))))));
    return new EmbeddedChannel(
        new ChannelInitializer<>() {
          @Override
          protected void initChannel(Channel channel) {
            HttpHandler.install(
                channel,
                new HttpContext(
                    bed.context,
                    Bed.CONFIG,
                    new Hosts(List.of()),
                    routes,
                    bed.context.budget(),
                    Runnable::run,
                    1 << 20,
                    bed.access),
                false,
                subject);
          }
        });
  }

  private static String read(EmbeddedChannel channel) {
    var out = new StringBuilder();
    for (ByteBuf buf = channel.readOutbound(); buf != null; buf = channel.readOutbound()) {
      out.append(buf.toString(StandardCharsets.UTF_8));
      buf.release();
    }
    return out.toString();
  }

  private static void send(EmbeddedChannel channel, String text) {
    channel.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
  }

  /// Asks on a connection of its own.
  private String ask(String line, String headers, String body) {
    var channel = channel();
    send(channel, line + " HTTP/1.1\r\nHost: localhost:7380\r\n" + headers + "\r\n" + body);
    var answer = read(channel);
    channel.finishAndReleaseAll();
    return answer;
  }

  private String get(String path, String headers) {
    return ask("GET " + path, headers, "");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/healthz", "/readyz", "/", "/protocol.md"})
  void probesAndPages_areForEverybody(String path) {
    assertThat(get(path, "")).startsWith("HTTP/1.1 200 ");
  }

  @Test
  void front_namesNothing() {
    bed.service.execute(
        new Op.CreateNamespace(new Namespace("team-secret", 16, 8, "", "", "")), _ -> {});
    assertThat(get("/", "")).doesNotContain("team-secret", "<td>default").contains("users only");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/metrics", "/%6detrics", "/metrics?x", "/m%65trics?still"})
  void metrics_areForAdministrators(String path) {
    assertThat(get(path, ""))
        .startsWith("HTTP/1.1 401 ")
        .contains("www-authenticate: Bearer realm=\"incipit\"")
        .doesNotContain("incipit_");
    assertThat(get(path, "Authorization: Bearer ab\r\n")).startsWith("HTTP/1.1 401 ");
    assertThat(get(path, "Authorization: Basic YWJj\r\n")).startsWith("HTTP/1.1 401 ");
    assertThat(get(path, "Authorization: Bearer abc\r\nAuthorization: Bearer abc\r\n"))
        .startsWith("HTTP/1.1 401 ");
    assertThat(get(path, "Authorization: bearer abc\r\n"))
        .startsWith("HTTP/1.1 200 ")
        .contains("incipit_logins_total");
  }

  @Test
  void aUserWithoutTheRight_isForbidden() {
    assertThat(get("/metrics", "Authorization: Bearer abd\r\n"))
        .startsWith("HTTP/1.1 403 ")
        .endsWith("user: without that right (expected: one with admin@*)\n");
    assertThat(get("/metrics", "Authorization: Bearer \r\n")).startsWith("HTTP/1.1 401 ");
  }

  @Test
  void aQuestion_isRefusedBeforeItsBodyIsTaken() {
    var head = "Content-Length: 2\r\nContent-Type: application/json\r\n";
    assertThat(ask("POST /query", head, "")).startsWith("HTTP/1.1 401 ");
    assertThat(ask("POST /query", head + "Expect: 100-continue\r\n", ""))
        .startsWith("HTTP/1.1 401 ");
    assertThat(ask("POST /query", head + "Authorization: Bearer abc\r\n", "{}"))
        .startsWith("HTTP/1.1 200 ");
    assertThat(bed.context.budget().used()).isZero();
  }

  @Test
  void wrongTokens_waitMoreAndMore_andRightOnesDoNot() {
    for (int i = 0; i < 5; i++) {
      assertThat(get("/metrics", "Authorization: Bearer x\r\n")).startsWith("HTTP/1.1 401 ");
    }
    var channel = channel();
    channel.freezeTime();
    var line = "GET /metrics HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer x\r\n\r\n";
    send(channel, line + line);
    assertThat(read(channel)).isEmpty();
    channel.advanceTimeBy(999, TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
    assertThat(read(channel)).isEmpty();
    channel.advanceTimeBy(2, TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
    assertThat(read(channel)).startsWith("HTTP/1.1 401 ").doesNotContain("\n\nHTTP");
    channel.finishAndReleaseAll();
    assertThat(get("/metrics", "Authorization: Bearer abc\r\n")).startsWith("HTTP/1.1 200 ");
  }

  @Test
  void certificates_areWhoOneIs_unlessAHeaderSaysMore() {
    subject = "monitor-1";
    assertThat(get("/metrics", "")).startsWith("HTTP/1.1 200 ");
    assertThat(get("/metrics", "Authorization: Bearer abd\r\n")).startsWith("HTTP/1.1 403 ");
    assertThat(get("/metrics", "Authorization: Bearer ab\r\n")).startsWith("HTTP/1.1 401 ");
    assertThat(get("/metrics", "Authorization: \r\n")).startsWith("HTTP/1.1 401 ");
    subject = "router-1";
    assertThat(get("/metrics", "")).startsWith("HTTP/1.1 403 ");
    assertThat(get("/metrics", "Authorization: Bearer abc\r\n")).startsWith("HTTP/1.1 200 ");
    subject = "router-2";
    assertThat(get("/metrics", "")).startsWith("HTTP/1.1 401 ");
  }

  private String within(String namespace, String headers) {
    var length = "Content-Length: " + namespace.length() + "\r\n";
    return ask("POST /within", length + headers, namespace);
  }

  @Test
  void aRouteOfNamespaces_isForAnyUser_whoIsAskedThere() {
    assertThat(within("team-1", "")).startsWith("HTTP/1.1 401 ");
    assertThat(within("team-1", "Authorization: Bearer abd\r\n")).endsWith("\nMAY\n");
    assertThat(within("other", "Authorization: Bearer abd\r\n")).endsWith("\nHIDDEN\n");
    assertThat(within("other", "Authorization: Bearer abc\r\n")).endsWith("\nMAY\n");
    subject = "router-1";
    assertThat(within("any", "")).endsWith("\nMAY\n");
    assertThat(within("other", "Authorization: Bearer abd\r\n")).endsWith("\nHIDDEN\n");
  }
}
