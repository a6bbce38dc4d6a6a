// SPDX-License-Identifier: Apache-2.0
package io.incipit.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.env.Search;
import io.incipit.ingest.EngineMain;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Incipit and an engine, each stopped, killed and started again at any moment, most of all while
/// the engine repeats what was missed: once they are left alone, Incipit knows what the engine
/// holds, or says that it does not; and at no time it says of a block, without saying `partial`,
/// that the engine has it, if a message which it has taken in said otherwise.
class KilledIT {
  private static final int PHASES = 2;
  private static final int FAULTS = 3;
  /// For an answer of a server that runs; a client that waits for one that was killed tries again.
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final int TRIES = 5;
  private static final int CHECKS_MAX = 20;
  private static final int BLOCK_TOKENS = 4;
  private static final int BATCH = 500;

  @TempDir private Path folder;

  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void killedAndStopped_atAnyMoment_endWithTheTruth() {
    Search.of(Search.Family.STRESS, "killed and stopped", 25, 400).run(this::round);
  }

  private void round(long seed) throws Exception {
    var own = Files.createDirectory(folder.resolve(Long.toString(seed)));
    try (var round = new Round(seed, own)) {
      round.run();
    }
  }

  /// How it stands with the engine, as Incipit says.
  private record Status(String state, long next, long resets) {}

  /// An engine and a server, with what is done to them.
  private final class Round implements AutoCloseable {
    final SplittableRandom random;
    final EngineLives engine;
    final Path log;
    final String events;
    final String repeats;
    final boolean binds;
    final boolean repeatsAll;
    final boolean repeatsAny;
    final boolean topic;
    final List<String> done = new ArrayList<>();
    @Nullable SmallServer server;
    @Nullable Wire wire;
    boolean stopped;
    int servers;
    long barriers;

    /// The earliest life of which Incipit may still say something.
    int life;

    /// Resets of the source when that life ended.
    long resets;

    Round(long seed, Path folder) throws IOException {
      random = new SplittableRandom(seed);
      engine = new EngineLives(folder);
      log = folder;
      events = "127.0.0.1:" + port();
      repeats = "tcp://127.0.0.1:" + port();
      binds = random.nextInt(4) == 0;
      repeatsAny = random.nextInt(5) > 0;
      repeatsAll = repeatsAny && random.nextInt(3) > 0;
      topic = random.nextBoolean();
    }

    /// A free port that nobody is given by chance.
    private int port() throws IOException {
      for (int tries = 0; ; tries++) {
        int port = 12_000 + random.nextInt(18_000);
        try (var socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
          return socket.getLocalPort();
        } catch (IOException used) {
          if (tries == 100) {
            throw used;
          }
        }
      }
    }

    void run() throws IOException, InterruptedException {
      try {
        startEngine();
        startServer();
        for (int phase = 0; phase < PHASES; phase++) {
          for (int i = 0; i < FAULTS; i++) {
            approach();
            fault();
          }
          settle();
          engine.order('g');
        }
      } catch (IOException | InterruptedException | RuntimeException | AssertionError failure) {
        throw new AssertionError("%s: %s".formatted(this, done), failure);
      }
    }

    private void startEngine() throws IOException, InterruptedException {
      var settings =
          new EngineMain.Settings(
              random.nextLong(),
              "tcp://" + events,
              binds,
              repeats,
              topic,
              repeatsAll ? 1_000_000 : 50,
              random.nextInt(4) == 0 ? 0 : random.nextInt(500, 4_000),
              1 + random.nextInt(10),
              random.nextBoolean());
      engine.start(settings);
      engine.order('g');
    }

    private void startServer() throws IOException, InterruptedException {
      var address =
          binds ? "tcp://*:" + events.substring(events.indexOf(':') + 1) : "tcp://" + events;
      var spec = address + ",model=m,block=4,worker=w" + (repeatsAny ? ",replay=" + repeats : "");
      server =
          SmallServer.start(
              log.resolve("server-" + servers++ + ".log"),
              "256m",
              "engines.follow=" + spec,
              "net.handshake-timeout=10min");
      wire = new Wire(server.port());
      barriers = 0;
      life = engine.life();
      resets = 0;
      barrier();
    }

    private SmallServer server() {
      if (server == null) {
        throw new AssertionError("no server");
      }
      return server;
    }

    /// Lets some time pass, and mostly ends when the engine repeats what was missed.
    private void approach() throws IOException, InterruptedException {
      boolean wait = random.nextInt(4) > 0;
      int checks = random.nextInt(CHECKS_MAX);
      if (stopped) {
        long until = engine.next() + random.nextInt(CHECKS_MAX);
        for (int i = 0; i < CHECKS_MAX && engine.next() < until; i++) {
          Thread.sleep(2);
        }
        return;
      }
      for (int i = 0; i < checks; i++) {
        check();
      }
      for (int i = 0; wait && i < CHECKS_MAX; i++) {
        if (check().state().equals("replaying")) {
          return;
        }
      }
    }

    private void fault() throws IOException, InterruptedException {
      switch (random.nextInt(4)) {
        case 0 -> {
          done.add(engine.isStopped() ? "engine goes on" : "engine stopped");
          if (engine.isStopped()) {
            engine.goOn();
          } else {
            engine.stop();
          }
        }
        case 1 -> {
          done.add("engine killed");
          engine.kill();
          startEngine();
        }
        case 2 -> {
          done.add(stopped ? "server goes on" : "server stopped");
          EngineLives.signal(server().process(), stopped ? "CONT" : "STOP");
          stopped = !stopped;
        }
        default -> {
          done.add("server killed");
          server().process().destroyForcibly().waitFor();
          stopped = false;
          startServer();
        }
      }
    }

    private JsonNode ask(HttpRequest request) throws IOException, InterruptedException {
      for (int tries = 0; ; tries++) {
        try {
          var answer = http.send(request, HttpResponse.BodyHandlers.ofString());
          assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
          return JsonMapper.shared().readTree(answer.body());
        } catch (IOException cut) {
          // A connection that was kept may have been cut while one of us was stopped.
          if (tries == TRIES) {
            throw cut;
          }
        }
      }
    }

    private JsonNode get(String path) throws IOException, InterruptedException {
      return ask(HttpRequest.newBuilder(url(path)).timeout(PATIENCE).build());
    }

    private JsonNode post(String path, String body) throws IOException, InterruptedException {
      return ask(
          HttpRequest.newBuilder(url(path))
              .timeout(PATIENCE)
              .header("content-type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofString(body))
              .build());
    }

    private URI url(String path) {
      return URI.create("http://127.0.0.1:" + server().httpPort() + path);
    }

    private Status status() throws IOException, InterruptedException {
      var its = get("/workers").get(0).get("listeners").get("0");
      var status =
          new Status(
              its.get("state").asString(),
              its.get("next").asLong(),
              its.get("counts").get("resets").asLong());
      if (status.state().equals("connecting") || status.resets() > resets) {
        life = engine.life();
      }
      if (life == engine.life()) {
        resets = status.resets();
      }
      return status;
    }

    /// What was published to the index before is in it.
    private void barrier() throws IOException {
      if (wire == null) {
        throw new AssertionError("no server");
      }
      wire.send("KVC.PUBLISH m barrier 1 %d SYNCED\r\n".formatted(++barriers));
      assertThat(wire.line()).isEqualTo(":" + barriers);
    }

    private static String tokens(String path) {
      return path.chars()
          .mapToObj(digit -> (char) digit + ("," + (char) digit).repeat(BLOCK_TOKENS - 1))
          .collect(Collectors.joining(",", "{\"token_ids\":[", "]}"));
    }

    /// How many leading blocks the worker is said to hold; -1 if that is said to be not sure.
    private int claimed(JsonNode answer) {
      var its = answer.get("instances").get("w");
      if (its == null) {
        return 0;
      }
      return its.has("partial") ? -1 : its.get("longest_matched").asInt() / BLOCK_TOKENS;
    }

    private Status check() throws IOException, InterruptedException {
      var found = "";
      for (int tries = 0; tries < TRIES; tries++) {
        var status = status();
        barrier();
        var path = engine.any(random);
        var answer = post("/query", "{\"model_name\":\"m\",\"queries\":[" + tokens(path) + "]}");
        int claimed = claimed(answer.get("results").get(0));
        int wrong = 0;
        for (int i = 1; i <= claimed && wrong == 0; i++) {
          wrong = engine.wasHeld(path.substring(0, i), life, status.next()) ? 0 : i;
        }
        if (wrong == 0) {
          return status;
        }
        found += "%n%s: %d of %s".formatted(status, wrong, path);
      }
      throw new AssertionError(found + " from life " + life + " of " + engine.life());
    }

    /// Lets all go on, waits until Incipit says that it knows, or that it cannot, and compares.
    private void settle() throws IOException, InterruptedException {
      if (engine.isStopped()) {
        engine.goOn();
      }
      if (stopped) {
        EngineLives.signal(server().process(), "CONT");
        stopped = false;
      }
      engine.order('q');
      done.add("quiet");
      var status = check();
      for (int polls = 1; !isSettled(status); polls++) {
        if (!repeatsAny && polls % 50 == 0) {
          // What does not repeat has to say something, or nobody knows how far it is.
          engine.order('s');
        }
        Thread.sleep(5);
        status = check();
      }
      barrier();
      compare(status.state().equals("whole"));
      done.add(status.state());
    }

    private boolean isSettled(Status status) {
      boolean itsState =
          status.state().equals("whole") || (status.state().equals("partial") && !repeatsAll);
      return itsState && life == engine.life() && status.next() == engine.next();
    }

    private void compare(boolean whole) throws IOException, InterruptedException {
      var dumped = dumped();
      var truth = engine.held();
      assertThat(truth.keySet()).containsAll(dumped);
      if (whole) {
        assertThat(dumped).isEqualTo(truth.keySet());
      }
      var held = new HashSet<>(truth.values());
      var asked = new ArrayList<>(held);
      asked.addAll(engine.ever().stream().filter(_ -> random.nextInt(4) == 0).toList());
      for (int from = 0; from < asked.size(); from += BATCH) {
        var paths = asked.subList(from, Math.min(from + BATCH, asked.size()));
        compare(paths, held, whole);
      }
    }

    private void compare(List<String> paths, Set<String> held, boolean whole)
        throws IOException, InterruptedException {
      var body =
          paths.stream()
              .map(Round::tokens)
              .collect(Collectors.joining(",", "{\"model_name\":\"m\",\"queries\":[", "]}"));
      var results = post("/query", body).get("results");
      for (int i = 0; i < paths.size(); i++) {
        int depth = 0;
        while (depth < paths.get(i).length()
            && held.contains(paths.get(i).substring(0, depth + 1))) {
          depth++;
        }
        var its = results.get(i).get("instances").get("w");
        int claimed = its == null ? 0 : its.get("longest_matched").asInt() / BLOCK_TOKENS;
        if (whole) {
          assertThat(claimed).as(paths.get(i)).isEqualTo(depth);
          assertThat(its != null && its.has("partial")).isFalse();
        } else {
          assertThat(claimed).as(paths.get(i)).isLessThanOrEqualTo(depth);
        }
      }
    }

    /// All blocks that the worker is said to hold, by the engine's names.
    private Set<Long> dumped() throws IOException, InterruptedException {
      var hashes = new HashSet<Long>();
      var from = "";
      do {
        var page = get("/dump?limit=5000" + (from.isEmpty() ? "" : "&from=" + from));
        for (var scope : page) {
          for (var event : scope.isObject() ? scope.get("events") : List.<JsonNode>of()) {
            for (var block : event.get("event").get("data").get("stored").get("blocks")) {
              hashes.add(Long.parseUnsignedLong(block.get("block_hash").asString()));
            }
          }
        }
        from = page.has("next") ? page.get("next").asString() : "";
      } while (!from.isEmpty());
      return hashes;
    }

    @Override
    public String toString() {
      return "%s, topic %s, %s"
          .formatted(
              binds ? "binds" : "connects",
              topic,
              repeatsAll ? "repeats all" : repeatsAny ? "repeats some" : "repeats nothing");
    }

    @Override
    public void close() throws IOException {
      if (server != null) {
        server.process().destroyForcibly();
      }
      engine.close();
    }
  }
}
