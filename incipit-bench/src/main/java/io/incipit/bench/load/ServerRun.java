// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.load;

import static io.incipit.bench.load.RespClient.encode;
import static io.incipit.bench.load.RespClient.word;

import io.incipit.bench.report.Samples;
import io.incipit.bench.target.ServerProcess;
import io.incipit.bench.target.Valkey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Measures our server and Redis, each a process of its own, asked by the same client over one
/// connection each, in rounds in which each way to ask has its turn.
public final class ServerRun {
  /// What both servers are filled with, in words.
  public static final String INPUT =
      "1,000 chains of 767 blocks with 16-byte hashes, in 3 runs each";

  private static final int[] DEPTHS = {1, 16};
  private static final int[] BLOCKS = {1, 100, StoredChains.BLOCKS};

  private final boolean quick;
  private final Consumer<String> progress;
  private final Samples samples = new Samples();
  private final StoredChains chains;
  private final Optional<Path> valkey;

  /// @param quick short rounds, and few
  /// @param progress is told what is being done, line by line
  public ServerRun(boolean quick, long seed, Consumer<String> progress) {
    this(quick, seed, progress, Optional.empty());
  }

  /// The same beside Valkey, whose ways to ask are called as those of Redis, after `valkey-`.
  ///
  /// @param valkey its program
  public ServerRun(boolean quick, long seed, Consumer<String> progress, Optional<Path> valkey) {
    this.valkey = valkey;
    this.quick = quick;
    this.progress = progress;
    this.chains = new StoredChains(seed);
  }

  /// Starts both servers, fills them, measures them and stops them.
  public Samples run() throws IOException {
    progress.accept("starting and filling redis-server and ./incipit serve");
    var others = new ArrayList<Other>();
    try (var incipit = ServerProcess.incipit();
        var client = new RespClient(incipit.port())) {
      others.add(Other.of("", ServerProcess.redis()));
      if (valkey.isPresent()) {
        others.add(Other.of("valkey-", Valkey.start(valkey.get(), 1)));
      }
      for (var other : others) {
        chains.storeInRedis(other.client());
      }
      chains.publish(client);
      var cells = new ArrayList<Cell>();
      cells.add(ping(others, incipit, client));
      for (int blocks : BLOCKS) {
        cells.add(match(blocks, others, incipit, client));
      }
      measure(cells);
    } finally {
      others.forEach(Other::close);
    }
    return samples;
  }

  /// A server that speaks as Redis does.
  ///
  /// @param prefix of the words for the ways to ask it
  private record Other(String prefix, ServerProcess server, RespClient client) {
    static Other of(String prefix, ServerProcess server) throws IOException {
      return new Other(prefix, server, new RespClient(server.port()));
    }

    Exchange way(String name, List<byte[]> requests, int replies, long expected) {
      return new Exchange(prefix + name, server, client, requests, replies, expected);
    }

    void close() {
      client.close();
      server.close();
    }
  }

  /// A question, and the ways to ask it, ours first.
  ///
  /// @param name of results, with a star where the way to ask stands
  private record Cell(String name, List<Exchange> ways) {}

  private static Cell ping(List<Other> others, ServerProcess incipit, RespClient client) {
    var request = List.of(encode(word("PING")));
    var ways = new ArrayList<Exchange>();
    ways.add(new Exchange(Samples.OURS, incipit, client, request, 1, 1));
    others.forEach(other -> ways.add(other.way("ping", request, 1, 1)));
    return new Cell("server.*", ways);
  }

  private Cell match(int blocks, List<Other> others, ServerProcess incipit, RespClient client) {
    var ways = new ArrayList<Exchange>();
    ways.add(new Exchange(Samples.OURS, incipit, client, chains.matches(blocks), 1, blocks));
    for (var other : others) {
      ways.add(other.way("exists", chains.manyKeys("EXISTS", blocks), 1, blocks));
      if (blocks > 1) {
        ways.add(other.way("mget", chains.manyKeys("MGET", blocks), 1, 1));
        ways.add(other.way("pipelined", chains.singleKeys(blocks), blocks, 1));
      }
    }
    return new Cell("server.match." + blocks + ".*", ways);
  }

  private void measure(List<Cell> cells) throws IOException {
    progress.accept("warming up");
    for (int i = 0; i < 3; i++) {
      for (var cell : cells) {
        cell.ways().getFirst().run(16, quick ? 400_000_000L : 1_500_000_000L);
        cell.ways().getFirst().run(1, quick ? 200_000_000L : 500_000_000L);
      }
    }
    int rounds = quick ? 3 : 7;
    for (int round = 0; round < rounds; round++) {
      progress.accept("round %d of %d".formatted(round + 1, rounds));
      for (var cell : cells) {
        for (int depth : DEPTHS) {
          round(cell, depth);
        }
      }
    }
  }

  private void round(Cell cell, int depth) throws IOException {
    for (var way : cell.ways()) {
      var outcome = way.run(depth, quick ? 250_000_000L : 1_000_000_000L);
      var name = cell.name() + ".p" + depth;
      samples.add(name + ".cpu", way.system(), outcome.cpuUs());
      samples.add(name + ".wall", way.system(), outcome.wallUs());
      samples.add(name + ".p50", way.system(), outcome.p50Us());
      samples.add(name + ".p99", way.system(), outcome.p99Us());
    }
  }
}
