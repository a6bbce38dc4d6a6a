// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.load;

import static io.incipit.bench.load.RespClient.encode;
import static io.incipit.bench.load.RespClient.word;

import io.incipit.bench.report.Samples;
import io.incipit.bench.target.ServerProcess;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
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

  /// @param quick short rounds, and few
  /// @param progress is told what is being done, line by line
  public ServerRun(boolean quick, long seed, Consumer<String> progress) {
    this.quick = quick;
    this.progress = progress;
    this.chains = new StoredChains(seed);
  }

  /// Starts both servers, fills them, measures them and stops them.
  public Samples run() throws IOException {
    progress.accept("starting and filling redis-server and ./incipit serve");
    try (var redis = ServerProcess.redis();
        var incipit = ServerProcess.incipit();
        var redisClient = new RespClient(redis.port());
        var client = new RespClient(incipit.port())) {
      chains.storeInRedis(redisClient);
      chains.publish(client);
      var cells = new ArrayList<Cell>();
      cells.add(ping(redis, redisClient, incipit, client));
      for (int blocks : BLOCKS) {
        cells.add(match(blocks, redis, redisClient, incipit, client));
      }
      measure(cells);
    }
    return samples;
  }

  /// A question, and the ways to ask it, ours first.
  ///
  /// @param name of results, with a star where the way to ask stands
  private record Cell(String name, List<Exchange> ways) {}

  private static Cell ping(
      ServerProcess redis, RespClient redisClient, ServerProcess incipit, RespClient client) {
    var request = List.of(encode(word("PING")));
    return new Cell(
        "server.*",
        List.of(
            new Exchange(Samples.OURS, incipit, client, request, 1, 1),
            new Exchange("ping", redis, redisClient, request, 1, 1)));
  }

  private Cell match(
      int blocks,
      ServerProcess redis,
      RespClient redisClient,
      ServerProcess incipit,
      RespClient client) {
    var ways = new ArrayList<Exchange>();
    ways.add(new Exchange(Samples.OURS, incipit, client, chains.matches(blocks), 1, blocks));
    ways.add(
        new Exchange("exists", redis, redisClient, chains.manyKeys("EXISTS", blocks), 1, blocks));
    if (blocks > 1) {
      ways.add(new Exchange("mget", redis, redisClient, chains.manyKeys("MGET", blocks), 1, 1));
      ways.add(new Exchange("pipelined", redis, redisClient, chains.singleKeys(blocks), blocks, 1));
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
