// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.load;

import static io.incipit.bench.load.RespClient.encode;
import static io.incipit.bench.load.RespClient.word;

import io.incipit.bench.report.Samples;
import io.incipit.bench.target.ServerProcess;
import io.incipit.env.Clock;
import io.incipit.env.RandomSource;
import io.incipit.ingest.chain.StandardChain;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Measures what it costs a server to say how much of a prompt each worker of a fleet has: ours
/// over HTTP and over RESP, and Dynamo's standalone indexer over HTTP. Both know the same blocks,
/// and what they answer is compared before anything is measured.
public final class FleetRun {
  static final int WORKERS = 256;
  static final int BLOCKS = 767;

  private static final int PROMPTS = 8;
  private static final int VOCABULARY = 128_000;
  private static final int PIPELINE = 16;
  private static final long SETTLE_NS = 60_000_000_000L;

  /// About what a question takes over HTTP.
  private static final long QUIET_NS = 500_000;

  private static final byte[] NAMESPACE = word("bench");

  private final Samples samples;
  private final int workers;
  private final Consumer<String> progress;
  private final List<Prompt> prompts = new ArrayList<>();

  FleetRun(Samples samples, long seed, Consumer<String> progress) {
    this(samples, WORKERS, seed, progress);
  }

  /// @param samples where cells `fleet.http.*`, `fleet.score.*` (16 requests in flight) and
  ///     `fleet.score1.*` (one) go
  /// @param workers of the fleet
  /// @param progress is told what is being done, line by line
  public FleetRun(Samples samples, int workers, long seed, Consumer<String> progress) {
    this.samples = samples;
    this.workers = workers;
    this.progress = progress;
    var random = RandomSource.seeded(seed);
    var chain = new StandardChain("", "");
    for (int i = 0; i < PROMPTS; i++) {
      var tokens =
          random.ints((long) BLOCKS * EngineMessages.BLOCK_TOKENS, 0, VOCABULARY).toArray();
      prompts.add(new Prompt(i, workers, tokens, chain));
    }
  }

  /// A prompt, of which each worker has another part.
  private static final class Prompt {
    final int number;
    final int workers;
    final int[] tokens;
    final long[] locals;
    final long[] rolling;

    Prompt(int number, int workers, int[] tokens, StandardChain chain) {
      this.number = number;
      this.workers = workers;
      this.tokens = tokens;
      this.locals = chain.locals(tokens, EngineMessages.BLOCK_TOKENS);
      this.rolling = chain.rolling(locals);
    }

    /// Leading blocks that a worker, from 1 on, has; the last has all.
    int heldBy(int worker) {
      return worker == workers ? BLOCKS : 1 + (3 * worker + 97 * number) % BLOCKS;
    }

    String question() {
      var hashes = Arrays.stream(locals).mapToObj(Long::toString);
      return "{\"model_name\": \"bench\", \"block_hashes\": [%s]}"
          .formatted(hashes.collect(Collectors.joining(", ")));
    }

    byte[] packed(int blocks) {
      var bytes = ByteBuffer.allocate(blocks * Long.BYTES);
      LongStream.of(rolling).limit(blocks).forEach(bytes::putLong);
      return bytes.array();
    }
  }

  /// Fills both servers and measures them in turn.
  ///
  /// @param dynamo a python that has Dynamo's indexer; without it ours is measured alone
  public void run(Optional<String> dynamo, int rounds, long roundNs, long warmUpNs)
      throws IOException, InterruptedException {
    try (var ours = ServerProcess.incipit();
        var resp = new RespClient(ours.port())) {
      publish(resp);
      var score = new Exchange(Samples.OURS, ours, resp, scores(), 1, BLOCKS);
      if (dynamo.isEmpty()) {
        try (var http = new HttpCaller(ours.httpPort())) {
          measure(List.of(ask(Samples.OURS, ours, http)), score, rounds, roundNs, warmUpNs);
        }
        return;
      }
      progress.accept("starting and filling Dynamo's indexer");
      try (var theirs = ServerProcess.dynamo(dynamo.get());
          var publisher = new Publisher(workers);
          var theirHttp = connect(theirs)) {
        fill(theirHttp, publisher, ours);
        // Opened late, since servers close connections on which nobody asks.
        try (var http = new HttpCaller(ours.httpPort())) {
          var asks = List.of(ask(Samples.OURS, ours, http), ask("dynamo", theirs, theirHttp));
          measure(asks, score, rounds, roundNs, warmUpNs);
        }
      }
    }
  }

  private void publish(RespClient client) throws IOException {
    var create = "CREATE bench BLOCKTOKENS 16 HASHBYTES 8 ALGORITHM " + StandardChain.ALGORITHM;
    var words = new ArrayList<>(List.of(word("KVC.NAMESPACE")));
    for (var part : create.split(" ", -1)) {
      words.add(word(part));
    }
    client.call(words.toArray(byte[][]::new));
    for (int worker = 1; worker <= workers; worker++) {
      for (var prompt : prompts) {
        client.call(
            word("KVC.PUBLISH"),
            NAMESPACE,
            word(Integer.toString(worker)),
            word("1"),
            word(Integer.toString(prompt.number + 1)),
            word("STORE"),
            word("GPU"),
            new byte[0],
            prompt.packed(prompt.heldBy(worker)));
      }
    }
  }

  private List<byte[]> scores() {
    return prompts.stream()
        .map(prompt -> encode(word("KVC.SCORE"), NAMESPACE, prompt.packed(BLOCKS)))
        .toList();
  }

  private Exchange ask(String system, ServerProcess server, HttpCaller client) {
    var requests =
        prompts.stream()
            .map(prompt -> HttpCaller.encode("POST", "/query_by_hash", prompt.question()))
            .toList();
    return new Exchange(system, server, client, requests, 1, 200);
  }

  private static HttpCaller connect(ServerProcess server) throws IOException, InterruptedException {
    long startNs = Clock.system().nanoTime();
    while (true) {
      try {
        return new HttpCaller(server.httpPort());
      } catch (IOException refused) {
        if (!server.isAlive() || Clock.system().nanoTime() - startNs > SETTLE_NS) {
          throw new IOException("Dynamo's indexer did not start", refused);
        }
        Clock.system().sleepNs(100_000_000L);
      }
    }
  }

  /// Registers an engine a worker, and says what they hold until it is known. Subscribers come
  /// late, so it is said again.
  private void fill(HttpCaller client, Publisher publisher, ServerProcess ours)
      throws IOException, InterruptedException {
    for (int worker = 1; worker <= workers; worker++) {
      client.call(
          "POST",
          "/register",
          """
          {"instance_id": %d, "endpoint": "%s", "model_name": "bench", "block_size": 16}"""
              .formatted(worker, publisher.endpoint(worker - 1)));
    }
    long startNs = Clock.system().nanoTime();
    while (!agree(client, ours)) {
      if (Clock.system().nanoTime() - startNs > SETTLE_NS) {
        throw new IOException("Dynamo's indexer and ours give different answers");
      }
      for (int worker = 1; worker <= workers; worker++) {
        for (var prompt : prompts) {
          publisher.send(
              worker - 1,
              EngineMessages.stored(prompt.rolling, prompt.tokens, 0, true, prompt.heldBy(worker)));
        }
      }
      Clock.system().sleepNs(3_000_000_000L);
    }
  }

  private boolean agree(HttpCaller theirs, ServerProcess server) throws IOException {
    try (var ours = new HttpCaller(server.httpPort())) {
      return agree(theirs, ours);
    }
  }

  private boolean agree(HttpCaller theirs, HttpCaller ours) throws IOException {
    for (var prompt : prompts) {
      var our = scores(ours, prompt);
      if (our.size() != workers) {
        throw new IllegalStateException("ours: %d workers".formatted(our.size()));
      }
      if (!our.equals(scores(theirs, prompt))) {
        return false;
      }
    }
    return true;
  }

  private static JsonNode scores(HttpCaller client, Prompt prompt) throws IOException {
    var answer = client.call("POST", "/query_by_hash", prompt.question());
    return JsonMapper.shared().readTree(answer).path("scores");
  }

  private void measure(List<Exchange> asks, Exchange score, int rounds, long roundNs, long warmUpNs)
      throws IOException {
    progress.accept("warming up");
    warmUp(asks.getFirst(), 1, warmUpNs);
    warmUp(score, PIPELINE, warmUpNs);
    for (int round = 0; round < rounds; round++) {
      progress.accept("fleet: round %d of %d".formatted(round + 1, rounds));
      for (var ask : asks) {
        var outcome = ask.run(1, roundNs);
        add("fleet.http.*.cpu", ask.system(), outcome.cpuUs());
        add("fleet.http.*.p50", ask.system(), outcome.p50Us());
        add("fleet.http.*.p99", ask.system(), outcome.p99Us());
        if (!ask.system().equals(Samples.OURS)) {
          add("fleet.score.*.cpu", ask.system(), outcome.cpuUs());
          add("fleet.score1.*.cpu", ask.system(), outcome.cpuUs());
        }
      }
      add("fleet.score.*.cpu", Samples.OURS, score.run(PIPELINE, roundNs).cpuUs());
      add("fleet.score1.*.cpu", Samples.OURS, score.run(1, roundNs).cpuUs());
    }
  }

  /// Asks for a while, and as often as that is on a quiet machine.
  private static void warmUp(Exchange exchange, int depth, long warmUpNs) throws IOException {
    long asked = 0;
    while (asked < warmUpNs / QUIET_NS) {
      asked += exchange.run(depth, warmUpNs).count();
    }
  }

  private void add(String cell, String system, double us) {
    samples.add(cell, system, us);
  }
}
