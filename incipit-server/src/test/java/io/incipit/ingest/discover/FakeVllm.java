// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest.discover;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/// What of vLLM's API answers about it, on a port of this machine. All that is not set is 404.
public final class FakeVllm implements AutoCloseable {
  /// As vLLM 0.32.0 answers.
  public static final String MODELS =
      """
      {"object": "list", "data": [
        {"id": "tiny", "object": "model", "root": "/models/tiny", "parent": null},
        {"id": "tiny-alias", "object": "model", "root": "/models/tiny", "parent": null},
        {"id": "poet", "object": "model", "root": "/models/poet", "parent": "tiny"}]}
      """;

  /// Blocks for which it has room.
  public static final int CAPACITY = 4_096;

  private final HttpServer server;
  private final Map<String, Answer> answers = new ConcurrentHashMap<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final List<String> asked = new CopyOnWriteArrayList<>();

  /// How a path is answered.
  interface Answer {
    void give(HttpExchange exchange) throws IOException;
  }

  /// Listens on any port, or on one.
  public FakeVllm(int port) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.setExecutor(task -> Thread.startVirtualThread(task));
    server.createContext("/", this::answer);
    server.start();
  }

  /// One that tells everything.
  public static FakeVllm telling(int port, String sources, int blockTokens) throws IOException {
    return new FakeVllm(port)
        .says("/kv_event_sources", 200, sources)
        .says("/metrics", 200, metrics(Integer.toString(blockTokens), "None"))
        .says("/v1/models", 200, MODELS);
  }

  /// The rank 0, as vLLM 0.32.0 says it.
  public static String source(String endpoint, String replay) {
    return """
        {"0": {"enable_kv_cache_events": true, "publisher": "zmq", "endpoint": "%s",
          "replay_endpoint": %s, "buffer_steps": 10000, "hwm": 100000, "topic": ""}}
        """
        .formatted(endpoint, replay.isEmpty() ? "null" : "\"" + replay + "\"");
  }

  /// The metric that says the block size.
  public static String metrics(String blockSize, String effective) {
    return """
        # HELP vllm:cache_config_info Information of the LLMEngine CacheConfig
        # TYPE vllm:cache_config_info gauge
        vllm:cache_config_info{_block_size_resolved="True",block_size="%s",cache_dtype="auto",\
        effective_attention_block_size="%s",engine="0",mamba_block_size="7",\
        num_gpu_blocks="%d",num_gpu_blocks_override="None"} 1.0
        """
        .formatted(blockSize, effective, CAPACITY);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      var path = exchange.getRequestURI().getPath();
      asked.add(path);
      answers.getOrDefault(path, saying(404, "{\"detail\": \"Not Found\"}")).give(exchange);
    }
  }

  private static Answer saying(int status, String body) {
    return exchange -> {
      var bytes = body.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    };
  }

  /// Answers a path from now on.
  public FakeVllm says(String path, int status, String body) {
    return does(path, saying(status, body));
  }

  FakeVllm does(String path, Answer answer) {
    answers.put(path, answer);
    return this;
  }

  /// Says some of an answer, and the rest never.
  FakeVllm stallsAt(String path, String start) {
    return does(
        path,
        exchange -> {
          exchange.sendResponseHeaders(200, 1_000_000);
          exchange.getResponseBody().write(start.getBytes(StandardCharsets.UTF_8));
          exchange.getResponseBody().flush();
          awaitClose();
        });
  }

  /// Talks on until nobody listens.
  FakeVllm neverEnds(String path) {
    return does(
        path,
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          var line = "vllm:other{a=\"b\"} 1.0\n".repeat(1_000).getBytes(StandardCharsets.UTF_8);
          while (closed.getCount() > 0) {
            exchange.getResponseBody().write(line);
          }
        });
  }

  private void awaitClose() {
    try {
      closed.await();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// The paths that were asked for.
  public List<String> asked() {
    return asked;
  }

  /// Where it listens.
  public int port() {
    return server.getAddress().getPort();
  }

  /// Its URL.
  public String url() {
    return "http://127.0.0.1:" + port();
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
  }
}
