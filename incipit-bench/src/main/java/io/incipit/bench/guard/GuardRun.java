// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.guard;

import static io.incipit.bench.load.RespClient.encode;
import static io.incipit.bench.load.RespClient.word;

import io.incipit.bench.load.RespClient;
import io.incipit.bench.report.Samples;
import io.incipit.bench.target.ServerProcess;
import io.incipit.env.Clock;
import io.incipit.env.RandomSource;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/// Measures what TLS costs, whether answers tell by their times what is in namespaces of others,
/// and what floods and strangers do to others' times.
public final class GuardRun {
  /// What is asked, in words.
  public static final String INPUT =
      "servers with 512 MiB of heap; prompts of 512 blocks with 8-byte hashes, values of 64 KiB and"
          + " 1 MiB; a flood of ten times its quotas; 1,000 slow handshakes; 10,000 wrong tokens a"
          + " minute";

  private static final int BLOCKS = 512;
  private static final int PROMPTS = 200;
  private static final int[] VALUES = {64 << 10, 1 << 20};
  private static final int PAIRS = 100_000;
  private static final int QUICK_PAIRS = 5_000;
  private static final int HANDSHAKES = 200;
  private static final int SLOW = 1_000;
  private static final int TOKENS_A_SECOND = 167;
  private static final String PLAIN = "plain";
  private static final String CONTROL = "control";
  private static final String NAMESPACE = GuardedServers.QUIET + "-1";

  private final boolean quick;
  private final RandomGenerator random;
  private final Consumer<String> progress;
  private final Clock clock = Clock.system();
  private final Samples samples = new Samples();
  private final List<String> prompts = new ArrayList<>();

  /// @param quick short rounds, and few
  /// @param progress is told what is being done, line by line
  public GuardRun(boolean quick, long seed, Consumer<String> progress) {
    this.quick = quick;
    this.progress = progress;
    this.random = RandomSource.seeded(seed);
    for (int i = 0; i < PROMPTS; i++) {
      var hashes = new StringBuilder();
      for (int block = 0; block < BLOCKS; block++) {
        hashes.append("%016x".formatted(random.nextLong()));
      }
      prompts.add(hashes.toString());
    }
  }

  /// Starts what it needs, measures it and stops it.
  public Samples run() throws IOException, InterruptedException {
    progress.accept("starting five of ./incipit serve");
    try (var servers = new GuardedServers()) {
      cost(servers);
      times(servers);
      flood(servers);
      strangers(servers);
    }
    return samples;
  }

  private int rounds() {
    return quick ? 3 : 7;
  }

  private long roundNs() {
    return quick ? 700_000_000L : 3_000_000_000L;
  }

  /// Makes a namespace, and publishes prompts in it.
  static void fill(RespClient client, String namespace, List<String> prompts) throws IOException {
    client.call(
        word("KVC.NAMESPACE"),
        word("CREATE"),
        word(namespace),
        word("BLOCKTOKENS"),
        word("16"),
        word("HASHBYTES"),
        word("8"));
    for (int i = 0; i < prompts.size(); i++) {
      client.call(
          word("KVC.PUBLISH"),
          word(namespace),
          word("engine"),
          word("1"),
          word("" + (i + 1)),
          word("STORE"),
          word("GPU"),
          word(""),
          word(prompts.get(i)),
          word("HEX"));
    }
  }

  private static byte[] match(String namespace, String hashes) {
    return encode(word("KVC.MATCH"), word(namespace), word(hashes), word("HEX"));
  }

  private List<byte[]> matches() {
    return prompts.stream().map(prompt -> match(NAMESPACE, prompt)).toList();
  }

  private void cost(GuardedServers servers) throws IOException {
    progress.accept("what TLS costs");
    try (var plain = servers.openClient();
        var tls = servers.tlsClient(GuardedServers.QUIET);
        var admin = servers.adminClient()) {
      fill(plain, NAMESPACE, prompts);
      fill(tls, NAMESPACE, prompts);
      var ways =
          List.of(
              new Way(Samples.OURS, servers.tls(), tls, admin),
              new Way(PLAIN, servers.open(), plain, plain));
      var buffer = new byte[VALUES[VALUES.length - 1]];
      for (var way : ways) {
        for (int bytes : VALUES) {
          way.values().call(word("SET"), word("v" + bytes), new byte[bytes]);
        }
        way.match(matches(), 20_000);
      }
      for (int round = 0; round < rounds(); round++) {
        for (var way : ways) {
          samples.add("tls.match.cpu", way.system(), way.match(matches(), quick ? 4_000 : 20_000));
          for (int bytes : VALUES) {
            int count = (quick ? 256 << 20 : 1 << 30) / bytes;
            var cell = "tls.get.%dk.ms".formatted(bytes >> 10);
            samples.add(cell, way.system(), way.get("v" + bytes, buffer, count));
          }
        }
        samples.add("tls.handshake.cpu", Samples.OURS, handshake(servers));
      }
    }
  }

  /// A server, and clients of it.
  ///
  /// @param client that asks for blocks
  /// @param values that may have values
  private record Way(String system, ServerProcess server, RespClient client, RespClient values) {
    /// @return CPU time of the server in microseconds for each request
    double match(List<byte[]> requests, int count) throws IOException {
      long before = server.cpuNs();
      for (int i = 0; i < count; i++) {
        var request = requests.get(i % requests.size());
        client.send(request, request.length);
        if (client.reply() != BLOCKS) {
          throw new IllegalStateException("blocks are missing");
        }
      }
      return (server.cpuNs() - before) / 1e3 / count;
    }

    /// @return CPU time of the server in milliseconds for each GiB
    double get(String key, byte[] buffer, int count) throws IOException {
      var request = encode(word("GET"), word(key));
      long before = server.cpuNs();
      long bytes = 0;
      for (int i = 0; i < count; i++) {
        values.send(request, request.length);
        bytes += values.value(buffer);
      }
      return (server.cpuNs() - before) / 1e6 * (1 << 30) / bytes;
    }
  }

  private static double handshake(GuardedServers servers) throws IOException {
    long before = servers.tls().cpuNs();
    for (int i = 0; i < HANDSHAKES; i++) {
      servers.tlsClient(GuardedServers.QUIET).close();
    }
    return (servers.tls().cpuNs() - before) / 1e3 / HANDSHAKES;
  }

  private void times(GuardedServers servers) throws IOException {
    var theirs = GuardedServers.LOUD + "-secret";
    var nothing = GuardedServers.LOUD + "-absent";
    var block = prompts.getFirst().substring(0, 16);
    try (var quiet = servers.userClient(GuardedServers.QUIET);
        var loud = servers.userClient(GuardedServers.LOUD)) {
      fill(loud, theirs, prompts.subList(0, 50));
      fill(quiet, NAMESPACE, List.of("11".repeat(8)));
      quiet.call(word("KVC.ATTACH"), word(NAMESPACE), word("MODEL"), word("any"));
      time(quiet, "match", match(theirs, block), match(nothing, block));
      time(quiet, "describe", describe(theirs), describe(nothing));
      time(quiet, "read", read(theirs, block), read(nothing, block));
      // A block that the other has, and one that nobody has, both asked of one's own.
      var unknown = "%016x".formatted(random.nextLong());
      time(quiet, "block", match(NAMESPACE, block), match(NAMESPACE, unknown));
      time(quiet, "bytes", read(NAMESPACE, block), read(NAMESPACE, unknown));
    }
  }

  private static byte[] describe(String namespace) {
    return encode(word("KVC.NAMESPACE"), word("DESCRIBE"), word(namespace));
  }

  private static byte[] read(String namespace, String hashes) {
    return encode(
        word("KVC.READ"), word("0"), word(namespace), word("0"), word(hashes), word("HEX"));
  }

  /// Asks both questions again and again, each pair in an order drawn by chance.
  private void time(RespClient client, String what, byte[] there, byte[] absent)
      throws IOException {
    int pairs = quick ? QUICK_PAIRS : PAIRS;
    progress.accept("%d pairs of answers: %s".formatted(pairs, what));
    var ofThere = new long[pairs];
    var ofAbsent = new long[pairs];
    for (int i = -pairs / 10; i < pairs; i++) {
      boolean first = random.nextBoolean();
      long one = timed(client, first ? there : absent);
      long other = timed(client, first ? absent : there);
      if (i >= 0) {
        ofThere[i] = first ? one : other;
        ofAbsent[i] = first ? other : one;
      }
    }
    double t = Math.abs(WelchTest.t(ofThere, ofAbsent));
    samples.add("timing." + what + ".t", Samples.OURS, t);
  }

  private long timed(RespClient client, byte[] request) throws IOException {
    long start = clock.nanoTime();
    client.send(request, request.length);
    client.replyOrError();
    return clock.nanoTime() - start;
  }

  private void flood(GuardedServers servers) throws IOException, InterruptedException {
    progress.accept("a flood beside");
    try (var quiet = servers.userClient(GuardedServers.QUIET);
        var asking = servers.userClient(GuardedServers.LOUD);
        var putting = servers.userClient(GuardedServers.LOUD);
        var askingElsewhere = servers.otherUserClient(GuardedServers.LOUD);
        var puttingElsewhere = servers.otherUserClient(GuardedServers.LOUD)) {
      fill(quiet, GuardedServers.QUIET + "-2", prompts);
      var flood = new Flood(asking, putting);
      var elsewhere = new Flood(askingElsewhere, puttingElsewhere);
      flood.prepare();
      elsewhere.prepare();
      var pace = pace(quiet, GuardedServers.QUIET + "-2");
      beside("flood", pace, servers.users(), () -> start(flood), () -> start(elsewhere));
      if (flood.refused() == 0) {
        throw new IllegalStateException("no look-up was refused: there was no flood");
      }
    }
  }

  private static Closeable start(Flood flood) {
    flood.start();
    return flood;
  }

  private Pace pace(RespClient client, String namespace) {
    var requests = prompts.stream().map(prompt -> match(namespace, prompt)).toList();
    return new Pace(client, requests, BLOCKS);
  }

  /// Begins what goes on beside, and returns what ends it.
  private interface Beside {
    Closeable begin() throws IOException;
  }

  /// Measures the 99th percentile alone, with something beside, and with the same at another
  /// server of this machine, by turns; and how much memory the rounds after the first take.
  private void beside(String cell, Pace pace, ServerProcess server, Beside here, Beside elsewhere)
      throws IOException, InterruptedException {
    pace.p99Us(roundNs());
    double first = 0;
    for (int round = 0; round < rounds(); round++) {
      for (int turn = 0; turn < 3; turn++) {
        switch ((turn + round) % 3) {
          case 0 -> samples.add(cell + ".p99", "alone", pace.p99Us(roundNs()));
          case 1 -> samples.add(cell + ".p99", CONTROL, p99Us(pace, elsewhere));
          default -> samples.add(cell + ".p99", Samples.OURS, p99Us(pace, here));
        }
      }
      first = round == 0 ? server.residentKib() / 1024.0 : first;
    }
    samples.add(cell + ".more.mib", Samples.OURS, server.residentKib() / 1024.0 - first);
  }

  private double p99Us(Pace pace, Beside beside) throws IOException, InterruptedException {
    try (var _ = beside.begin()) {
      pace.p99Us(roundNs() / 5);
      return pace.p99Us(roundNs());
    }
  }

  private void strangers(GuardedServers servers) throws IOException, InterruptedException {
    progress.accept("%d slow handshakes beside".formatted(SLOW));
    try (var client = servers.tlsClient(GuardedServers.QUIET)) {
      beside(
          "handshakes",
          pace(client, NAMESPACE),
          servers.tls(),
          () -> Strangers.slowHandshakes(servers.tls().port(), SLOW),
          () -> Strangers.slowHandshakes(servers.otherTls().port(), SLOW));
    }
    progress.accept("%d wrong tokens a second beside".formatted(TOKENS_A_SECOND));
    try (var client = servers.userClient(GuardedServers.QUIET)) {
      beside(
          "tokens",
          pace(client, GuardedServers.QUIET + "-2"),
          servers.users(),
          () -> Strangers.wrongTokens(servers.users().port(), TOKENS_A_SECOND),
          () -> Strangers.wrongTokens(servers.otherUsers().port(), TOKENS_A_SECOND));
    }
  }
}
