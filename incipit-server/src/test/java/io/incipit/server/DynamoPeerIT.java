// SPDX-License-Identifier: Apache-2.0
package io.incipit.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.incipit.block.BlockChain;
import io.incipit.ingest.chain.EngineChain;
import io.incipit.ingest.chain.Naming;
import io.incipit.ingest.chain.PromptExtras;
import io.incipit.ingest.event.EventWriter;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Dynamo's own indexer, as it comes from PyPI, for a client: started with `--peers` it reads all
/// that this server knows (`GET /dump`), and then has to answer what this server answers.
class DynamoPeerIT {
  private static final String PACKAGE = "ai-dynamo-runtime";
  private static final int BLOCK_TOKENS = 4;
  private static final int PROMPTS = 40;
  private static final Naming NAMING =
      Naming.parse("sha256_cbor,seed=0").orElseThrow(IllegalStateException::new);

  private final HttpClient http = HttpClient.newHttpClient();

  /// The Python that has the package; `INCIPIT_DYNAMO` names another than that of checks/setup.
  private static String python() {
    var named = System.getenv("INCIPIT_DYNAMO");
    var made = Path.of("target", "clients", "dynamo", "venv", "bin", "python");
    var python =
        named == null
            ? Path.of(System.getProperty("incipit.root", "")).resolve(made)
            : Path.of(named);
    assumeTrue(
        Files.isExecutable(python), () -> PACKAGE + " is not installed (checks/setup prepares it)");
    return python.toString();
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private JsonNode ask(int port, String path, String body) throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .header("content-type", "application/json");
    var sent = body.isEmpty() ? request : request.POST(HttpRequest.BodyPublishers.ofString(body));
    var response = http.send(sent.build(), HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).as(response.body()).isBetween(200, 201);
    return response.body().isEmpty()
        ? JsonMapper.shared().nullNode()
        : JsonMapper.shared().readTree(response.body());
  }

  /// What is true in the end, however busy the machine is.
  private interface Condition {
    boolean holds() throws Exception;
  }

  private static void await(Condition condition) throws Exception {
    for (int i = 0; i < 6_000; i++) {
      if (condition.holds()) {
        return;
      }
      Thread.sleep(10);
    }
    throw new AssertionError("it did not come true within a minute");
  }

  /// Prompts with shared beginnings.
  private static List<int[]> prompts() {
    return IntStream.range(0, PROMPTS)
        .mapToObj(i -> IntStream.range(0, 24).map(t -> t < i % 20 ? t : 1_000 * i + t).toArray())
        .toList();
  }

  private static byte[] stored(int[] prompt) {
    var names = new EngineChain(NAMING).names(prompt, BLOCK_TOKENS, Long.BYTES, PromptExtras.NONE);
    var event = new LinkedHashMap<String, Object>();
    event.put("type", "BlockStored");
    event.put("block_hashes", keys(names));
    event.put("parent_block_hash", null);
    event.put("token_ids", prompt);
    event.put("block_size", BLOCK_TOKENS);
    event.put("medium", "GPU");
    event.put("extra_keys", null);
    return EventWriter.batch(1, List.of(event));
  }

  private static List<Long> keys(BlockChain names) {
    return IntStream.range(0, names.length()).mapToObj(names::low).toList();
  }

  private static void publish(ZMQ.Socket engine, List<int[]> prompts) {
    for (int i = 0; i < prompts.size(); i++) {
      engine.send(new byte[0], ZMQ.SNDMORE);
      engine.send(ByteBuffer.allocate(Long.BYTES).putLong(i).array(), ZMQ.SNDMORE);
      engine.send(stored(prompts.get(i)), 0);
    }
  }

  @Test
  void dynamoIndexer_withThisServerForAPeer_answersTheSame() throws Exception {
    var python = python();
    var prompts = prompts();
    try (var context = new ZContext();
        var server = Tools.server(Map.of())) {
      var engine = context.createSocket(SocketType.XPUB);
      engine.bind("tcp://127.0.0.1:*");
      int port = server.httpPort();
      ask(
          port,
          "/register",
          """
          {"instance_id": 7, "model_name": "m", "block_size": %d, "endpoint": "%s",
           "hash": "sha256_cbor", "seed": "0"}"""
              .formatted(BLOCK_TOKENS, engine.getLastEndpoint()));
      // It hears of the subscription, before which what it says is lost.
      engine.setReceiveTimeOut(60_000);
      assertThat(engine.recv()).isNotNull();
      publish(engine, prompts);
      await(
          () ->
              ask(port, "/workers", "").get(0).get("listeners").get("0").get("next").asInt()
                  == PROMPTS);

      int peer = freePort();
      var dynamo =
          new ProcessBuilder(
                  python,
                  "-m",
                  "dynamo.indexer",
                  "--port",
                  Integer.toString(peer),
                  "--peers",
                  "http://127.0.0.1:" + port)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      try {
        await(() -> answers(peer));
        int found = 0;
        for (var prompt : asked(prompts)) {
          var query =
              "{\"model_name\": \"m\", \"token_ids\": %s}".formatted(Arrays.toString(prompt));
          var ours = ask(port, "/query", query);
          var theirs = ask(peer, "/query", query);
          assertThat(theirs.get("scores")).isEqualTo(ours.get("scores"));
          found += theirs.get("scores").isEmpty() ? 0 : 1;
          assertThat(theirs.path("instances").path("7").path("gpu"))
              .isEqualTo(ours.path("instances").path("7").path("gpu"));
        }
        assertThat(found).isGreaterThan(PROMPTS);
      } finally {
        dynamo.destroyForcibly();
      }
    }
  }

  /// Those that were stored, their beginnings with something else behind, and another.
  private static List<int[]> asked(List<int[]> prompts) {
    var asked = new ArrayList<>(prompts);
    for (int length : new int[] {4, 7, 12, 20}) {
      asked.addAll(
          prompts.stream()
              .map(
                  prompt ->
                      IntStream.concat(Arrays.stream(prompt).limit(length), extra()).toArray())
              .toList());
    }
    return Stream.concat(asked.stream(), Stream.of(new int[] {9, 9, 9, 9, 9})).toList();
  }

  private static IntStream extra() {
    return IntStream.range(500, 509);
  }

  private boolean answers(int port) throws InterruptedException {
    var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/health"));
    try {
      return http.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException _) {
      return false;
    }
  }
}
