// SPDX-License-Identifier: Apache-2.0
package io.incipit.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.block.Value;
import io.incipit.env.Build;
import io.incipit.net.access.Verb;
import io.incipit.net.http.FrontRoutes;
import io.incipit.net.http.Hosts;
import io.incipit.net.http.HttpContext;
import io.incipit.net.http.HttpHandler;
import io.incipit.net.http.Route;
import io.incipit.net.http.RouteResponse;
import io.incipit.net.limits.MemoryBudget;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HttpHandlerTest {
  private static final int BODY_BYTES_MAX = 256 << 10;
  private static final String HOST = "Host: localhost:7380\r\n";

  private final Bed bed = new Bed();
  private final MemoryBudget budget = new MemoryBudget(1 << 20);
  private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
  private boolean atOnce = true;
  private boolean ready = true;
  private boolean exposed;

  /// Runs what is given it at once, or when the test says so.
  private final Executor work =
      task -> {
        if (atOnce) {
          task.run();
        } else {
          waiting.add(task);
        }
      };

  private EmbeddedChannel channel = channel();

  @AfterEach
  void close() throws InterruptedException {
    channel.finishAndReleaseAll();
    bed.close();
  }

  private EmbeddedChannel channel() {
    var routes =
        new TreeMap<>(
            new FrontRoutes(
                    bed.context::facts,
                    () -> ready ? "" : "stopping",
                    bed.context.metrics()::exposition)
                .routes());
    routes.put(
        "/echo",
        Route.open(request -> RouteResponse.text(200, request.path() + "?" + request.query())));
    routes.put(
        "/said",
        Route.of(
            Route.Asked.WITH_BODY,
            Verb.READ,
            request ->
                RouteResponse.text(
                    200, "said " + new String(request.body(), StandardCharsets.UTF_8))));
    routes.put(
        "/slow",
        Route.of(
            Route.Asked.LATER, Verb.READ, request -> RouteResponse.text(200, request.query())));
    routes.put(
        "/fail",
        Route.open(
            _ -> {
              throw new IllegalStateException("planted");
            }));
    return new EmbeddedChannel(
        new ChannelInitializer<>() {
          @Override
          protected void initChannel(Channel channel) {
            HttpHandler.install(
                channel,
                new HttpContext(
                    bed.context,
                    Bed.CONFIG,
                    new Hosts(List.of("index.example")),
                    routes,
                    budget,
                    work,
                    BODY_BYTES_MAX,
                    bed.access),
                exposed,
                "");
          }
        });
  }

  private String send(String text) {
    channel.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
    var out = new StringBuilder();
    for (ByteBuf buf = channel.readOutbound(); buf != null; buf = channel.readOutbound()) {
      out.append(buf.toString(StandardCharsets.UTF_8));
      buf.release();
    }
    return out.toString();
  }

  /// Whether the connection ends, now or when its client had a moment to read why.
  private boolean ends() {
    for (int second = 0; channel.isOpen() && second < 60; second++) {
      channel.advanceTimeBy(1, TimeUnit.SECONDS);
      channel.runScheduledPendingTasks();
    }
    return !channel.isOpen();
  }

  private String get(String path) {
    return send("GET " + path + " HTTP/1.1\r\n" + HOST + "\r\n");
  }

  @Test
  void probes_sayWhatIs() {
    assertThat(get("/healthz")).startsWith("HTTP/1.1 200 OK\r\n").endsWith("\r\n\r\nok\n");
    assertThat(get("/readyz")).startsWith("HTTP/1.1 200 OK\r\n");
    ready = false;
    assertThat(get("/readyz")).startsWith("HTTP/1.1 503 ");
    assertThat(get("/healthz")).startsWith("HTTP/1.1 200 OK\r\n");
  }

  @Test
  void front_saysHowToTalkToIt() {
    assertThat(get("/"))
        .contains("text/html; charset=utf-8", "content-security-policy", "redis-cli -p 7379")
        .contains("Incipit " + Build.ours(), "href=\"/protocol.md\"")
        .doesNotContain("{{", "http://", "https://");
    assertThat(get("/protocol.md")).contains("text/plain; charset=utf-8", "# The protocol");
  }

  @Test
  void front_afterRequests_saysWhatWasFoundAndByWhom() {
    var held = "a0".repeat(8) + "b1".repeat(8);
    bed.ask("KVC.PUBLISH", "default", "a", "1", "1", "STORE", "GPU", "", held, "HEX");
    bed.ask("KVC.MATCH", "default", held + "c2".repeat(8), "HEX");
    bed.clock.advance(Duration.ofSeconds(20));

    assertThat(get("/"))
        .contains("<dt>blocks found of those asked for</dt><dd>66.7%</dd>")
        .contains("<td>default</td><td>1</td><td>0</td><td>2</td>")
        .contains("<dt>requests/s, over 20 s</dt><dd>0.1</dd>");
  }

  @Test
  void front_hashesThatLookLikeText_areNamed() {
    assertThat(get("/")).doesNotContain("look like text");
    bed.ask(
        "KVC.PUBLISH",
        "default",
        "a",
        "1",
        "1",
        "STORE",
        "GPU",
        "",
        "a0".repeat(8) + "0b".repeat(8));
    bed.ask("KVC.MATCH", "default", "A0".repeat(8));
    bed.ask("KVC.MATCH", "default", "a0".repeat(8), "HEX");
    bed.ask("KVC.MATCH", "default", "prompt-1prompt-2");

    assertThat(get("/")).contains("look like text, but that do not say HEX: 2.");
    assertThat(bed.metric("incipit_requests_with_hash_text_total")).isEqualTo(2);
  }

  @Test
  void front_renewsItself_unlessHeldStill() {
    assertThat(get("/")).contains("http-equiv=\"refresh\"", "href=\"/?still\"");
    assertThat(get("/?still")).doesNotContain("http-equiv=\"refresh\"").contains("href=\"/\"");
  }

  @Test
  void front_namesOfNamespaces_areNoHtml() {
    bed.ask("KVC.NAMESPACE", "CREATE", "<b>&{{port}}", "BLOCKTOKENS", "16", "HASHBYTES", "8");

    assertThat(get("/")).contains("&lt;b&gt;&amp;{{port}}").doesNotContain("<b>");
  }

  @Test
  void front_engines_areShownWithTheirLastErrors() {
    assertThat(get("/")).doesNotContain("Engines");
    bed.service.engines(
        () ->
            List.of(
                Map.of("owner", Value.of("<b>"), "state", Value.of("connecting")),
                Map.of(
                    "owner",
                    Value.of("gpu-0"),
                    "state",
                    Value.of("partial"),
                    "held",
                    Value.of(1_234),
                    "last-minute",
                    Value.of(56),
                    "silent-ms",
                    Value.of(7_890),
                    "waiting",
                    Value.of(2),
                    "capacity",
                    Value.of(1_000),
                    "drift",
                    Value.of(4),
                    "last-error",
                    Value.of("no <i>" + "x".repeat(300)))));

    assertThat(get("/"))
        .contains("<h2>Engines</h2>", "<td>&lt;b&gt;</td><td>connecting</td>")
        .contains("<td>gpu-0</td><td>partial</td><td>1,234</td><td>56</td><td>7.9 s ago</td>")
        .contains("<td>2</td><td>4 of 1,000, 0 aged</td>", "<td>0</td><td>–</td>")
        .contains(">no &lt;i&gt;" + "x".repeat(194) + "...</td>");
  }

  @Test
  void metrics_areInTextForm() {
    bed.ask("KVC.PUBLISH", "default", "a", "1", "1", "SYNCED");
    bed.ask("KVC.PUBLISH", "default", "a", "1", "9", "SYNCED");
    assertThat(get("/metrics"))
        .contains("text/plain; version=0.0.4")
        .contains("incipit_refusals_total{code=\"gap\"} 1\n")
        .contains("incipit_namespace_gaps_total{namespace=\"default\"} 1\n")
        .contains("incipit_namespace_owners{namespace=\"default\"} 1\n")
        .contains("incipit_command_seconds_count{command=\"KVC.PUBLISH\"} 2\n")
        .contains("le=\"0.000005\"");
  }

  @Test
  void metrics_forOpenMetrics_areInItsForm() {
    assertThat(
            send(
                "GET /metrics HTTP/1.1\r\n"
                    + HOST
                    + "Accept:"
                    + " application/openmetrics-text;version=1.0.0,text/plain;q=0.5\r\n\r\n"))
        .contains("application/openmetrics-text")
        .contains("# TYPE incipit_failures counter\n", "incipit_failures_total 0\n")
        .endsWith("# EOF\n");
  }

  @Test
  void head_hasNoBody() {
    assertThat(send("HEAD /healthz HTTP/1.1\r\n" + HOST + "\r\n"))
        .contains("content-length: 3")
        .endsWith("\r\n\r\n");
    assertThat(get("/healthz")).endsWith("ok\n");
  }

  @Test
  void query_isNoPartOfThePath() {
    assertThat(get("/echo?a=1&b")).endsWith("/echo?a=1&b\n");
    assertThat(get("/none")).startsWith("HTTP/1.1 404 ").contains("/metrics");
    assertThat(get("/../healthz")).startsWith("HTTP/1.1 404 ");
    assertThat(get("/%zz")).startsWith("HTTP/1.1 400 ");
  }

  @Test
  void method_otherThanGet_isRefused() {
    assertThat(send("DELETE /healthz HTTP/1.1\r\n" + HOST + "\r\n"))
        .startsWith("HTTP/1.1 405 ")
        .contains("allow: GET, HEAD", "connection: close");
    assertThat(ends()).isTrue();
  }

  @Test
  void body_isRefused() {
    assertThat(send("GET / HTTP/1.1\r\n" + HOST + "Content-Length: 1\r\n\r\nx"))
        .startsWith("HTTP/1.1 413 ");
    channel = channel();
    assertThat(
            send(
                "GET / HTTP/1.1\r\n"
                    + HOST
                    + "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n"))
        .startsWith("HTTP/1.1 413 ");
  }

  private String post(String path, String headers, String body) {
    return send(
        "POST %s HTTP/1.1\r\n%s%sContent-Length: %d\r\n\r\n%s"
            .formatted(path, HOST, headers, body.length(), body));
  }

  @Test
  void post_isAnswered_andTheConnectionGoesOn() {
    assertThat(post("/said", "Content-Type: application/json; charset=utf-8\r\n", "{}"))
        .startsWith("HTTP/1.1 200 ")
        .endsWith("said {}\n");
    assertThat(post("/said", "", "")).endsWith("said \n");
    assertThat(post("/said", "Origin: http://localhost:7380\r\n", "1")).endsWith("said 1\n");
    assertThat(get("/said")).startsWith("HTTP/1.1 405 ").contains("allow: POST");
    assertThat(get("/healthz")).endsWith("ok\n");
    assertThat(budget.used()).isZero();
  }

  @Test
  void post_splitAtEveryOffset_withBlanksAtLineStarts_isAnsweredTheSame() {
    var request =
        "POST /said HTTP/1.1\r\n%sContent-Length: 12\r\n\r\n{\r\n\n  1:\n 2}".formatted(HOST)
            + "GET /healthz HTTP/1.1\r\n"
            + HOST
            + "\r\n";
    var expected = send(request);
    assertThat(expected).contains("said {\r\n\n  1:\n 2}\n").endsWith("ok\n");
    for (int cut = 1; cut < request.length(); cut++) {
      channel.finishAndReleaseAll();
      channel = channel();
      assertThat(send(request.substring(0, cut)) + send(request.substring(cut)))
          .isEqualTo(expected);
    }
  }

  @Test
  void post_thatIsNotTaken_isRefusedByName() {
    var refused =
        Map.of(
            "/said 415", "Content-Type: application/x-www-form-urlencoded\r\n",
            "/said 403", "Origin: http://evil.example\r\n",
            "/healthz 405", "",
            "/none 404", "",
            "/said 417", "Expect: wonders\r\n");
    refused.forEach(
        (what, headers) -> {
          channel = channel();
          var path = what.substring(0, what.indexOf(' '));
          assertThat(post(path, headers, "{}"))
              .startsWith("HTTP/1.1" + what.substring(path.length()) + " ")
              .contains("(");
          assertThat(ends()).isTrue();
        });
    channel = channel();
    assertThat(send("POST /said HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 0\r\n\r\n"))
        .startsWith("HTTP/1.1 421 ");
    channel = channel();
    assertThat(
            send(
                "POST /said HTTP/1.1\r\n"
                    + HOST
                    + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"))
        .startsWith("HTTP/1.1 411 ")
        .contains("(expected: Content-Length)");
  }

  @Test
  void post_tooLong_isRefusedBeforeItComes() {
    assertThat(send("POST /said HTTP/1.1\r\n" + HOST + "Content-Length: 262145\r\n\r\n"))
        .startsWith("HTTP/1.1 413 ")
        .contains("body: 262145 bytes (expected: at most 262144, net.http-body-limit)");
    assertThat(budget.used()).isZero();
    channel = channel();
    assertThat(post("/said", "", "x".repeat(BODY_BYTES_MAX))).startsWith("HTTP/1.1 200 ");
    assertThat(budget.used()).isZero();
  }

  @Test
  void post_memoryIsTakenAsBytesCome_andGivenBack() {
    send("POST /said HTTP/1.1\r\n" + HOST + "Content-Length: 262144\r\n\r\n");
    assertThat(budget.used()).isZero();
    send("x".repeat(100_000));
    assertThat(budget.used()).isBetween(100_000L, 262_144L);
    var _ = channel.close();
    assertThat(budget.used()).isZero();

    assertThat(budget.take(1 << 20)).isTrue();
    channel = channel();
    assertThat(post("/said", "", "x")).startsWith("HTTP/1.1 503 ").contains("net.buffer-limit");
    assertThat(budget.used()).isEqualTo(1 << 20);
  }

  @Test
  void post_whoWaitsToBeTold_isTold() {
    assertThat(
            send(
                "POST /said HTTP/1.1\r\n"
                    + HOST
                    + "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n"))
        .isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
    assertThat(send("{}")).startsWith("HTTP/1.1 200 ").endsWith("said {}\n");
  }

  @Test
  void later_whatIsBehind_waits() {
    atOnce = false;
    var request = "GET /slow?a HTTP/1.1\r\n" + HOST + "\r\n";
    assertThat(send(request + "GET /healthz HTTP/1.1\r\n" + HOST + "\r\n")).isEmpty();
    waiting.remove().run();
    assertThat(send("")).containsSubsequence("\r\n\r\na\n", "\r\n\r\nok\n");
    assertThat(send(request)).isEmpty();
    var _ = channel.close();
    waiting.remove().run();
    assertThat(budget.used()).isZero();
  }

  @Test
  void host_ofAStranger_isRefused() {
    for (var host : List.of("evil.example", "localhost.evil.example", "127.0.0.1.evil.example")) {
      channel = channel();
      assertThat(send("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n")).startsWith("HTTP/1.1 421 ");
    }
    channel = channel();
    assertThat(send("GET / HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 421 ");
    for (var host : List.of("127.0.0.1:7380", "[::1]:7380", "LocalHost", "index.example:80")) {
      channel = channel();
      assertThat(send("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n")).startsWith("HTTP/1.1 200 ");
    }
  }

  @Test
  void headers_atTheirLimit_areTakenAndBeyondItNot() {
    int most = HttpHandler.HEADERS_BYTES_MAX - HOST.length() - "X: \r\n\r\n".length();
    assertThat(send("GET /healthz HTTP/1.1\r\n" + HOST + "X: " + "x".repeat(most - 1) + "\r\n\r\n"))
        .startsWith("HTTP/1.1 200 ");
    assertThat(
            send("GET /healthz HTTP/1.1\r\n" + HOST + "X: " + "x".repeat(most + 16) + "\r\n\r\n"))
        .startsWith("HTTP/1.1 431 ");
    assertThat(ends()).isTrue();
  }

  @Test
  void line_tooLong_isRefused() {
    assertThat(get("/" + "x".repeat(HttpHandler.LINE_BYTES_MAX))).startsWith("HTTP/1.1 414 ");
  }

  @Test
  void neverReading_isClosedWhenTooMuchWaits() {
    channel.unsafe().outboundBuffer().setUserDefinedWritability(1, false);
    assertThat(get("/healthz")).isEmpty();
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void garbage_isRefused() {
    assertThat(send("\u0001\u0002 nonsense\r\n\r\n")).startsWith("HTTP/1.1 4");
    assertThat(ends()).isTrue();
  }

  @Test
  void page_thatFails_isAnswered() {
    assertThat(get("/fail")).startsWith("HTTP/1.1 500 ").doesNotContain("planted");
    assertThat(bed.metric("incipit_failures_total")).isEqualTo(1);
    assertThat(get("/healthz")).startsWith("HTTP/1.1 200 ");
  }

  @Test
  void longBody_isRefusedBeforeItComes() {
    assertThat(send("POST / HTTP/1.1\r\n" + HOST + "Content-Length: 1073741824\r\n\r\n"))
        .startsWith("HTTP/1.1 405 ");
    channel = channel();
    assertThat(send("GET / HTTP/1.1\r\n" + HOST + "Content-Length: 1073741824\r\n\r\n"))
        .startsWith("HTTP/1.1 413 ");
    assertThat(send("x".repeat(100_000))).isEmpty();
    channel = channel();
    assertThat(send("GET / HTTP/1.1\r\n" + HOST + "Expect: 100-continue\r\n\r\n"))
        .startsWith("HTTP/1.1 417 ");
    assertThat(ends()).isTrue();
  }

  @Test
  void foldedHeader_isRefused_whereverItIsCut() {
    var request = "GET /healthz HTTP/1.1\r\n" + HOST + "X: a\r\n b\r\n\r\n";
    for (int cut = 1; cut < request.length(); cut++) {
      channel.finishAndReleaseAll();
      channel = channel();
      assertThat(send(request.substring(0, cut)) + send(request.substring(cut)))
          .startsWith("HTTP/1.1 400 ")
          .doesNotContain("200 OK");
      assertThat(ends()).isTrue();
    }
  }

  @Test
  void version_otherThanOne_isRefused() {
    for (var version : List.of("HTTP/9.9", "HTTP/2.0", "HTTP/1.2", "HTTP/0.9")) {
      channel = channel();
      assertThat(send("GET /healthz " + version + "\r\n" + HOST + "\r\n"))
          .matches("(?s)HTTP/1.1 (505|400) .*");
      assertThat(ends()).isTrue();
    }
    channel = channel();
    assertThat(send("GET /healthz HTTP/1.0\r\n" + HOST + "\r\n")).startsWith("HTTP/1.1 200 ");
  }

  @Test
  void otherMachines_seeProbesAndMetricsOnly() {
    exposed = true;
    channel = channel();
    assertThat(get("/healthz")).startsWith("HTTP/1.1 200 ");
    assertThat(get("/readyz")).startsWith("HTTP/1.1 200 ");
    assertThat(get("/metrics")).startsWith("HTTP/1.1 200 ");
    assertThat(get("/")).startsWith("HTTP/1.1 403 ").contains("without TLS and users");
    assertThat(get("/echo")).startsWith("HTTP/1.1 403 ");
    assertThat(get("/none")).startsWith("HTTP/1.1 403 ");
  }

  @Test
  void firstRequest_hasTheHandshakesTime_laterOnesTheFrames() {
    channel.advanceTimeBy(5, TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();
    assertThat(channel.isOpen()).isFalse();
    assertThat(bed.metric("incipit_connections_closed_total{reason=\"http-timeout\"}")).isOne();
    channel = channel();
    assertThat(get("/healthz")).startsWith("HTTP/1.1 200 ");
    channel.advanceTimeBy(29, TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();
    assertThat(channel.isOpen()).isTrue();
    channel.advanceTimeBy(1, TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();
    assertThat(channel.isOpen()).isFalse();
    assertThat(bed.metric("incipit_connections_closed_total{reason=\"http-idle\"}")).isOne();
  }

  @Test
  void request_splitAtEveryOffset_isAnsweredTheSame() {
    var request = "GET /healthz HTTP/1.1\r\n" + HOST + "\r\n";
    var expected = send(request);
    for (int cut = 1; cut < request.length(); cut++) {
      channel.finishAndReleaseAll();
      channel = channel();
      assertThat(send(request.substring(0, cut)) + send(request.substring(cut)))
          .isEqualTo(expected);
    }
  }
}
