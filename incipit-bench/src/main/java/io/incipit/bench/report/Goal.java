// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What a result should reach.
///
/// @param result name of the result
/// @param what it in words
/// @param least whether `bound` is the least that it should be, else the most
public record Goal(String result, String what, boolean least, double bound) {
  /// Theirs by ours where ours may take a fifth more.
  private static final double LEVEL = 1 / 1.2;

  /// The goals of the index.
  public static final List<Goal> INDEX =
      List.of(
          least("match.length.arrival.16.hashmap", "length, at arrival, vs HashMap", 50),
          least("match.length.full.16.hashmap", "length, full, vs HashMap", 150),
          least("match.holders.arrival.16.hashmap", "holders, at arrival, vs HashMap", 40),
          least("match.holders.full.16.hashmap", "holders, full, vs HashMap", 100),
          least("match.length.arrival.16.positional", "length, at arrival, vs positional", 4),
          least("match.length.full.16.positional", "length, full, vs positional", 3.5),
          least("put.anchored.16.hashmap", "put, anchored, vs HashMap", 20),
          least("put.removal.16.hashmap", "put, removal by hash, vs HashMap", 4),
          most("memory.tree.16.bytes", "tree, B per block", 10),
          most("memory.tree.16.wide.bytes", "tree, 16-byte hashes, B per block", 18),
          most("memory.byhash.16.steady.bytes", "by hash, steady, B per block", 12),
          most("memory.byhash.16.peak.bytes", "by hash, peak of growth, B per block", 24),
          most("beside.16.match.p999.ns", "match beside a writer, p99.9, ns", 5_000),
          most("beside.16.collections", "collections in steady state", 0));

  /// The goals of the server.
  public static final List<Goal> SERVER =
      List.of(
          least("server.match.767.exists.p16.cpu", "767 blocks, 16 in flight, server CPU", 7),
          least("server.match.767.exists.p1.cpu", "767 blocks, one at a time, server CPU", 3),
          least("server.match.100.exists.p16.cpu", "100 blocks, 16 in flight, server CPU", 3),
          least("server.match.100.exists.p1.cpu", "100 blocks, one at a time, server CPU", 1.3),
          least("server.match.1.exists.p16.cpu", "1 block, 16 in flight, server CPU", LEVEL),
          least("server.match.1.exists.p1.cpu", "1 block, one at a time, server CPU", LEVEL),
          least("server.ping.p16.cpu", "PING, 16 in flight, server CPU", LEVEL),
          least("server.ping.p1.cpu", "PING, one at a time, server CPU", LEVEL),
          least("server.match.767.exists.p16.p99", "767 blocks, 16 in flight, p99", 1),
          least("server.match.767.exists.p1.p99", "767 blocks, one at a time, p99", 1),
          least("server.match.100.exists.p16.p99", "100 blocks, 16 in flight, p99", 1),
          least("server.match.100.exists.p1.p99", "100 blocks, one at a time, p99", 1),
          least("server.match.1.exists.p16.p99", "1 block, 16 in flight, p99", LEVEL),
          least("server.match.1.exists.p1.p99", "1 block, one at a time, p99", LEVEL),
          least("server.ping.p16.p99", "PING, 16 in flight, p99", LEVEL),
          least("server.ping.p1.p99", "PING, one at a time, p99", LEVEL));

  /// The goals of following engines and answering routers.
  public static final List<Goal> ROUTER =
      List.of(
          most("ingest.b8.pair.us", "8 blocks a message, stored and dropped, CPU us each", 1.3),
          most("ingest.b1.pair.us", "one block a message, the same", 1.3),
          least("follow.b8.kpairs", "8 blocks a message, thousands a second", 300),
          least("follow.b1.kpairs", "one block a message, thousands a second", 150),
          least("fleet.http.dynamo.cpu", "256 workers over HTTP, server CPU, vs Dynamo", 2),
          least("fleet.score.dynamo.cpu", "256 workers over RESP, the same", 8));

  /// What many events leave behind.
  public static final List<Goal> EVENTS =
      List.of(
          most("events.heap.growth", "heap after a collection, last look over first", 1.05),
          most("events.rss.growth", "resident memory, the same", 1.05),
          most("events.map.growth", "map of the engine's blocks, the same", 1.05));

  /// The goals of the store. A goal of at most 0.4 times theirs is one of at least 2.5 here.
  public static final List<Goal> STORE =
      List.of(
          least("get.8m.redis.cpu", "GET of 8 MiB vs Redis, server CPU", 1 / 0.4),
          least("get.32m.redis.cpu", "GET of 32 MiB vs Redis", 1 / 0.4),
          least("get.8m.valkey.cpu", "GET of 8 MiB vs Valkey", 1 / 1.4),
          least("get.32m.valkey.cpu", "GET of 32 MiB vs Valkey", 1 / 1.4),
          least("get-checked.8m.redis.cpu", "GET that checks, 8 MiB, vs Redis", 1 / 0.5),
          least("get-checked.32m.redis.cpu", "GET that checks, 32 MiB, vs Redis", 1 / 0.5),
          least("get-checked.8m.valkey.cpu", "GET that checks, 8 MiB, vs Valkey", 1 / 1.8),
          least("get-checked.32m.valkey.cpu", "GET that checks, 32 MiB, vs Valkey", 1 / 1.8),
          least("set.8m.redis.cpu", "SET of 8 MiB vs Redis", 1 / 0.4),
          least("set.32m.redis.cpu", "SET of 32 MiB vs Redis", 1 / 0.4),
          least("set.8m.valkey.cpu", "SET of 8 MiB vs Valkey", 1 / 1.4),
          least("set.32m.valkey.cpu", "SET of 32 MiB vs Valkey", 1 / 0.4),
          least("get.1m.redis.cpu", "GET of 1 MiB vs Redis", LEVEL),
          least("get.1m.valkey.cpu", "GET of 1 MiB vs Valkey", LEVEL),
          least("get.64k.redis.cpu", "GET of 64 KiB vs Redis", LEVEL),
          least("get.64k.valkey.cpu", "GET of 64 KiB vs Valkey", LEVEL),
          least("set.1m.redis.cpu", "SET of 1 MiB vs Redis", LEVEL),
          least("set.1m.valkey.cpu", "SET of 1 MiB vs Valkey", LEVEL),
          least("set.64k.redis.cpu", "SET of 64 KiB vs Redis", LEVEL),
          least("set.64k.valkey.cpu", "SET of 64 KiB vs Valkey", LEVEL),
          least("beside.valkey.p999", "1 KiB beside 10 x 10 MB a second, p99.9, vs Valkey", 1),
          most("rss.over.mib", "resident memory beyond heap and pool, MiB", 512),
          most("wrong.replies", "wrong replies", 0));

  /// The goals of the tier `DISK`. A share of fio's bytes a second is fio's time by ours.
  public static final List<Goal> DISK =
      List.of(
          least("disk.read.1m.fio", "reads of 1 MiB, share of fio", 0.85),
          least("disk.read.64k.fio", "reads of 64 KiB, share of fio", 0.85),
          least("disk.write.1m.fio", "writes of 1 MiB, share of fio", 0.7),
          least("disk.write.64k.fio", "writes of 64 KiB, share of fio", 0.7));

  /// The goals of what lets nobody in. A control's time by ours.
  public static final List<Goal> GUARD =
      List.of(
          most("timing.match.t", "another's namespace or none, MATCH, abs(t)", 4.5),
          most("timing.describe.t", "the same, DESCRIBE", 4.5),
          most("timing.read.t", "the same, READ", 4.5),
          most("timing.block.t", "another's block or none, MATCH", 4.5),
          most("timing.bytes.t", "the same, READ", 4.5),
          least("flood.p99.control", "p99 by a flood elsewhere by p99 by one here", 0.5),
          least("handshakes.p99.control", "the same, 1,000 slow handshakes", 1 / 1.1),
          least("tokens.p99.control", "the same, 10,000 wrong tokens a minute", 1 / 1.1),
          most("handshakes.more.mib", "memory that rounds of handshakes add, MiB", 64),
          most("tokens.more.mib", "memory that rounds of tokens add, MiB", 64));

  /// The goals of a benchmark, by its name.
  public static List<Goal> of(String benchmark) {
    return switch (benchmark) {
      case "index" -> INDEX;
      case "server" -> SERVER;
      case "router" -> ROUTER;
      case "events" -> EVENTS;
      case "store" -> STORE;
      case "disk" -> DISK;
      case "guard" -> GUARD;
      default -> List.of();
    };
  }

  private static Goal least(String result, String what, double bound) {
    return new Goal(result, what, true, bound);
  }

  private static Goal most(String result, String what, double bound) {
    return new Goal(result, what, false, bound);
  }

  /// Whether the median reaches the bound.
  public boolean isReached(Spread spread) {
    return least ? spread.median() >= bound : spread.median() <= bound;
  }

  /// The bound in words.
  public String boundText() {
    return (least ? ">= " : "<= ") + Numbers.text(bound);
  }

  /// The goals that results do not reach, a line each.
  public static List<String> missed(List<Goal> goals, Map<String, Spread> results) {
    var lines = new ArrayList<String>();
    for (var goal : goals) {
      var spread = results.get(goal.result());
      if (spread != null && !goal.isReached(spread)) {
        lines.add(
            "%s (%s): %s, goal %s"
                .formatted(
                    goal.what(), goal.result(), Numbers.text(spread.median()), goal.boundText()));
      }
    }
    return lines;
  }
}
