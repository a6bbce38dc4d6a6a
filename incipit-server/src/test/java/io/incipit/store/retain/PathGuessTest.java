// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.retain;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.incipit.env.Disk;
import io.incipit.trace.TraceFile;
import io.incipit.trace.TraceReader;
import io.incipit.trace.TraceRequest;
import io.incipit.trace.generate.ConversationTrace;
import io.incipit.trace.mooncake.MooncakeFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What a store finds whose clients name no paths, beside one that is told them.
final class PathGuessTest {
  private static final Path TRACE =
      Path.of(System.getProperty("incipit.root", ".."), "../shared/traces/conversation_trace.jsonl")
          .normalize();
  private static final boolean SLOW = Boolean.getBoolean("incipit.slow.programs");
  private static final int REQUESTS = 3_000;
  private static final int VALUE_BYTES = 64;
  private static final double POINTS = 0.01;
  private static final long KEY_NS = 1_000;
  private static final long STEP_NS = 1_000_000;

  /// How clients ask.
  private enum Client {
    /// All keys of a prompt are looked up, then those found read, then the others put.
    ALL(1, false, 0),
    /// As above, the others once the prompt is prefilled.
    ALL_LATE(1, false, 300_000_000),
    /// Keys are looked up until one is missing.
    FIRST_MISS(1, true, 0),
    FIRST_MISS_LATE(1, true, 300_000_000),
    /// Each request has its keys cut into stretches, one for each connection.
    SLICES(4, false, 0),
    SLICES_LATE(4, false, 300_000_000);

    final int connections;
    final boolean stops;
    final long prefillNs;
    final boolean asserted;

    Client(int connections, boolean stops, long prefillNs) {
      this.asserted = connections == 1 && prefillNs > 0;
      this.connections = connections;
      this.stops = stops;
      this.prefillNs = prefillNs;
    }
  }

  @ParameterizedTest
  @EnumSource
  void guess_conversation_findsWhatIsFoundWithTruePaths(KeepPolicy policy) throws IOException {
    for (int capacity : SLOW ? new int[] {2_048, 5_120, 10_240, 20_480} : new int[] {5_120}) {
      double told = told(policy, capacity);
      var line = new StringBuilder();
      double worst = 0;
      for (var client : Client.values()) {
        if (!client.asserted && !SLOW) {
          continue;
        }
        double guessed = guessed(policy, capacity, client);
        worst = client.asserted ? Math.max(worst, told - guessed) : worst;
        line.append(" %s %.2f".formatted(client, 100 * guessed));
      }
      System.out.printf("%s, %,d blocks: true paths %.2f,%s%n", policy, capacity, 100 * told, line);
      assertTrue(worst <= POINTS, line::toString);
    }
  }

  private static TraceReader trace() throws IOException {
    return Files.exists(TRACE)
        ? new MooncakeFormat().open(new TraceFile(Disk.system(), TRACE, false))
        : new ConversationTrace(REQUESTS, 1);
  }

  private static double told(KeepPolicy policy, int capacity) throws IOException {
    try (var trace = trace();
        var store = new StoreReplay(policy, capacity, trace.blockTokens(), VALUE_BYTES, true)) {
      for (var next = trace.next(); next.isPresent(); next = trace.next()) {
        store.offer(next.get());
      }
      return store.hitRate();
    }
  }

  private static double guessed(KeepPolicy policy, int capacity, Client client) throws IOException {
    try (var trace = trace();
        var store = new StoreReplay(policy, capacity, trace.blockTokens(), VALUE_BYTES, true)) {
      var guess = new PathGuess(store.retention);
      var connections = new ArrayList<PathGuess.Connection>();
      for (int i = 0; i < client.connections; i++) {
        connections.add(guess.open());
      }
      for (var next = trace.next(); next.isPresent(); next = trace.next()) {
        store.advanceTo(next.get().timeNs());
        guess.tick(store.clock.nanoTime());
        ask(store, guess, connections, client, next.get());
      }
      return store.hitRate();
    }
  }

  private static void ask(
      StoreReplay store,
      PathGuess guess,
      List<PathGuess.Connection> connections,
      Client client,
      TraceRequest request) {
    var ids = new long[request.ids().length()];
    request.ids().copyTo(ids);
    int length = request.fullBlocks();
    int slice = Math.max(1, Math.ceilDiv(length, connections.size()));
    int found = 0;
    while (found < length && store.retention.isPresent(ids[found])) {
      found++;
    }
    int lookedUp = client.stops ? Math.min(length, found + 1) : length;
    for (int i = 0; i < lookedUp; i++) {
      connections.get(i / slice).asked(now(store), ids[i]);
    }
    store.advance(STEP_NS);
    for (int i = 0; i < found; i++) {
      store.read(ids[i]);
      connections.get(i / slice).asked(now(store), ids[i]);
    }
    for (long ns = 0; ns < client.prefillNs; ns += PathGuess.GAP_NS / 5) {
      store.advance(PathGuess.GAP_NS / 5);
      guess.tick(store.clock.nanoTime());
    }
    for (int i = found; i < length; i++) {
      boolean admitted = connections.get(i / slice).admits(ids[i]);
      long handle = admitted ? store.commit(ids[i]) : -1;
      if (handle >= 0) {
        connections.get(i / slice).stored(now(store), handle, ids[i], VALUE_BYTES);
      }
    }
    store.advance(STEP_NS);
    store.asked += ids.length;
    store.hits += found;
  }

  private static long now(StoreReplay store) {
    store.advance(KEY_NS);
    return store.clock.nanoTime();
  }
}
