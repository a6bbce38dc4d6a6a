// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.incipit.cli.option.TraceInput;
import io.incipit.client.ClientConfig;
import io.incipit.client.IncipitClient;
import io.incipit.env.Clock;
import io.incipit.env.Disk;
import io.incipit.env.RandomSource;
import io.incipit.server.IncipitServer;
import io.incipit.server.ServerConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Replays against a server over sockets.
class ReplayIT {
  private static final Path TRACES =
      Path.of(System.getProperty("incipit.root", ".."), "../shared/traces").normalize();
  private static final List<String> COUNTS =
      List.of(
          "requests",
          "blocks",
          "blockHits",
          "blockHitRate",
          "tokens",
          "tokenHits",
          "tokenHitRate",
          "distinctBlocks",
          "hitRatePerRequest");

  private static IncipitServer server;
  private static String endpoint;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir private Path directory;

  @BeforeAll
  static void startServer() throws IOException {
    server =
        IncipitServer.start(ServerConfig.of(Map.of("net.resp-port", "0", "net.http-port", "0")));
    endpoint = "127.0.0.1:" + server.respPort();
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @AfterEach
  void noNamespaceIsLeft() {
    assertThat(namespaces()).containsExactly("default");
  }

  @ParameterizedTest
  @CsvSource({
    "conversation, all, 288500, 105710",
    "conversation, full, 288500, 105592",
    "synthetic, all, 121877, 77953",
    "synthetic, full, 121877, 77740",
  })
  void replay_recordedTrace_givesTheExactCounts(String trace, String tails, long blocks, long hits)
      throws IOException {
    var path = TRACES.resolve(trace + "_trace.jsonl");
    assumeTrue(Files.exists(path), "no traces beside the project: " + path);

    var report = replay(path.toString(), "--tails", tails, "--target", endpoint);

    assertThat(report.get("blocks").asLong()).isEqualTo(blocks);
    assertThat(report.get("blockHits").asLong()).isEqualTo(hits);
    assertThat(report.get("target").asString()).isEqualTo(endpoint);
    assertThat(report.get("bytesPerBlock").asDouble()).isPositive();
  }

  @Test
  void replay_againstTheServerTwice_givesTheCountsOfThisProcess() throws IOException {
    var generated = List.of("--synthetic", "1500", "--seed", "5", "--capacity", "4000");
    var here = replay(generated.toArray(String[]::new));
    var arguments = new ArrayList<>(generated);
    arguments.addAll(List.of("--target", endpoint));

    for (int i = 0; i < 2; i++) {
      var there = replay(arguments.toArray(String[]::new));
      for (var name : COUNTS) {
        assertThat(there.get(name)).as(name).isEqualTo(here.get(name));
      }
    }
  }

  @Test
  void replay_severalClients_countsEveryRequestOnce() throws IOException {
    var report = replay("--synthetic", "1000", "--clients", "8", "--target", endpoint);

    assertThat(report.get("requests").asLong()).isEqualTo(1_000);
    assertThat(report.get("heldBlocks")).isEqualTo(report.get("distinctBlocks"));
  }

  @Test
  void replay_badLineInTheMiddle_failsAndDropsItsNamespace() throws IOException {
    var trace = directory.resolve("bad.jsonl");
    Files.writeString(
        trace,
        "{\"timestamp\": 0, \"input_length\": 9, \"output_length\": 1, \"hash_ids\": [0]}%n[]%n"
            .formatted());

    assertThat(run(trace.toString(), "--target", endpoint)).isEqualTo(1);
    assertThat(err.toString()).contains("bad.jsonl:2: an array (expected: a JSON object)");
  }

  @Test
  void replay_processToldToEnd_dropsItsNamespaceFirst() throws Exception {
    var log = directory.resolve("log");
    var process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "io.incipit.cli.Main",
                "replay",
                "--synthetic",
                "100000",
                "--speed",
                "as-recorded",
                "--target",
                endpoint)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      while (namespaces().size() < 2) {
        assertThat(process.isAlive()).as(() -> text(log)).isTrue();
      }
      process.destroy();

      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(text(log)).contains("interrupted, nothing to report");
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void replay_nobodyListens_failsWithOneLine() {
    assertThat(run("--synthetic", "10", "--target", "127.0.0.1:1")).isEqualTo(1);
    assertThat(err.toString())
        .startsWith("incipit replay: cannot connect to 127.0.0.1:1: ")
        .hasLineCount(1);
  }

  private JsonNode replay(String... arguments) throws IOException {
    var json = directory.resolve("report.json");
    var all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--json", json.toString()));
    assertThat(run(all.toArray(String[]::new))).as(err.toString()).isZero();
    return JsonMapper.shared().readTree(Files.readString(json));
  }

  private int run(String... arguments) {
    var input = new TraceInput(Disk.system(), Clock.system(), false);
    var command = new ReplayCommand(input, Clock.system(), RandomSource.system());
    var shell = Shell.of(new Main.Root()).with(command);
    shell.line().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    var all = new ArrayList<>(List.of("replay"));
    all.addAll(List.of(arguments));
    return shell.run(all.toArray(String[]::new));
  }

  private static List<String> namespaces() {
    var config =
        ClientConfig.of("127.0.0.1", server.respPort()).withOtherDeadline(Duration.ofMinutes(10));
    try (var client = new IncipitClient(config)) {
      return client.namespaces().join().names();
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException failure) {
      return failure.toString();
    }
  }
}
