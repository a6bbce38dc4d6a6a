// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.evaluate;

import io.incipit.bench.chime.ChimeConfig;
import io.incipit.bench.chime.ChimeIndex;
import io.incipit.bench.pool.CostModel;
import io.incipit.bench.pool.MemoryPool;
import io.incipit.bench.pool.PoolClient;
import io.incipit.bench.pool.PoolIndex;
import io.incipit.bench.pool.Transport;
import io.incipit.bench.race.Race;
import io.incipit.bench.race.RaceConfig;
import io.incipit.bench.runpool.Writing;
import io.incipit.bench.sherman.Sherman;
import io.incipit.bench.sherman.ShermanConfig;
import io.incipit.bench.target.ServerProcess;
import io.incipit.bench.target.Valkey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongFunction;

/// The systems that can be evaluated, by name.
final class Systems {
  /// How a system comes into being for one phase of one trace.
  interface Opening {
    Subject open(Requests requests, Steps steps, Setting setting)
        throws IOException, InterruptedException;
  }

  /// What all systems are given alike.
  ///
  /// @param model of the network
  /// @param cacheBytes that a client may keep on its side
  record Setting(CostModel model, long cacheBytes) {}

  /// Where a system runs.
  enum Kind {
    /// Over one-sided memory: counted and modelled.
    ONE_SIDED,
    /// In this process: measured.
    LOCAL,
    /// A server of its own process: measured over the loopback interface.
    NETWORKED
  }

  /// One system.
  ///
  /// @param published whether it answers as its authors' programs do, wrongly where those do; it is
  ///     reported apart
  /// @param perBlock whether it is asked block by block, and so on few requests of small blocks
  /// @param about what is special about it, in words
  record Entry(
      String name, Kind kind, boolean published, boolean perBlock, String about, Opening opening) {}

  /// Of clients that ask for much at once: 16 READs may be under way on each.
  static final int QUEUE_PAIRS = 16;

  private final List<Entry> all = new ArrayList<>();

  private Systems() {}

  /// All of them, in the order of reports.
  static Systems all() {
    var systems = new Systems();
    systems.runPool();
    systems.race();
    systems.sherman();
    systems.chime();
    systems.local();
    systems.redis("redis", Systems::redis);
    systems.redis("valkey", () -> Valkey.start(Valkey.install(), 1));
    return systems;
  }

  private static ServerProcess redis() throws IOException {
    return ServerProcess.redis();
  }

  private void local() {
    all.add(
        new Entry(
            "incipit",
            Kind.LOCAL,
            false,
            false,
            "our index, in this process",
            (requests, _, _) -> new LocalSubject(requests)));
    all.add(
        new Entry(
            "incipit-resp",
            Kind.NETWORKED,
            false,
            false,
            "our server, a KVC.MATCH a request",
            (requests, steps, _) ->
                new ServerSubject(requests, ServerProcess.incipit(), false, steps)));
    all.add(
        new Entry(
            "incipit-cursor",
            Kind.NETWORKED,
            false,
            false,
            "the same, of what follows the deepest block that the client has a cursor for",
            (requests, steps, _) ->
                new ServerSubject(requests, ServerProcess.incipit(), true, steps)));
  }

  private void runPool() {
    var owner = Writing.OWNER;
    var clients = Writing.CLIENTS;
    runPool("", "our run index over one-sided memory, holders", owner, false, 1, true);
    runPool("-locations", "the same with a location for each block", owner, true, 1, true);
    runPool("-16", "16 clients, each with a directory of its own", owner, false, 16, true);
    runPool("-no-directory", "clients that keep nothing", owner, false, 1, false);
    runPool("-cas", "written by its clients with CAS, not by an owner", clients, false, 1, true);
    runPool("-cas-locations", "that with a location for each block", clients, true, 1, true);
    runPool("-cas-16", "that written by 16 clients", clients, false, 16, true);
  }

  private void runPool(
      String name, String about, Writing writing, boolean locations, int clients, boolean keeps) {
    var form = new RunPoolSubject.Form(locations, writing, clients, keeps);
    all.add(
        new Entry(
            "incipit-pool" + name,
            Kind.ONE_SIDED,
            false,
            false,
            about,
            (requests, steps, setting) -> new RunPoolSubject(requests, form, steps, setting)));
  }

  /// Makes an index in an empty pool, and a client of it.
  private interface Pooled {
    PoolIndex open(PoolClient client, Requests requests, Setting setting);
  }

  /// How an index is asked.
  ///
  /// @param queuePairs of its client
  private record Manner(boolean published, Keys keys, boolean atOnce, int queuePairs) {
    static final Manner PUBLISHED = new Manner(true, Keys.DENSE, false, 1);
    static final Manner REPAIRED = new Manner(false, Keys.DENSE, false, 1);
    static final Manner BATCHED = new Manner(false, Keys.DENSE, true, QUEUE_PAIRS);
    static final Manner HASHED = new Manner(false, Keys.HASHED, true, QUEUE_PAIRS);

    Manner withQueuePairs(int pairs) {
      return new Manner(published, keys, atOnce, pairs);
    }
  }

  private void pooled(String name, String about, Manner manner, Pooled index) {
    all.add(
        new Entry(
            name,
            Kind.ONE_SIDED,
            manner.published(),
            false,
            about,
            (requests, steps, setting) -> {
              var pool = new MemoryPool(setting.model());
              var client = new PoolClient(pool, Transport.WHOLE, manner.queuePairs());
              List<PoolIndex> opened = List.of(index.open(client, requests, setting));
              return new IndexSubject(requests, manner.keys(), manner.atOnce(), opened, steps);
            }));
  }

  private void race() {
    race("race", "a two-choice hash table, 64-byte buckets, all keys at once", 8, 64, 0, 16);
    race("race-4qp", "the same over 4 queue pairs instead of 16", 8, 64, 0, 4);
    race("race-1qp", "over one", 8, 64, 0, 1);
    race("race-growing", "batches of 8, 16, 32 ... keys, up to the first miss", 8, 64, 8, 16);
    race("race-128", "128-byte buckets", 8, 128, 0, 16);
    race("race-32", "32-byte keys, 128-byte buckets", 32, 128, 0, 16);
    pooled(
        "race-32-items",
        "32-byte keys outside of 64-byte buckets of fingerprints: two round trips",
        Manner.HASHED,
        race(keys -> RaceConfig.forKeys(keys, 32, 64).withItems(keys)));
  }

  private void race(String name, String about, int keyBytes, int bucket, int first, int pairs) {
    pooled(
        name,
        about,
        Manner.HASHED.withQueuePairs(pairs),
        race(keys -> RaceConfig.forKeys(keys, keyBytes, bucket).withFirstBatch(first)));
  }

  private static Pooled race(LongFunction<RaceConfig> configs) {
    return (client, requests, _) -> {
      var config = configs.apply(requests.distinct());
      Race.create(client.pool(), config);
      return Race.open(client, config);
    };
  }

  private void sherman() {
    var repaired = ShermanConfig.REPAIRED;
    var batched = repaired.withBatched(true);
    pooled(
        "sherman-published",
        "Sherman's own layout, 8-byte keys, ranges and cache as published",
        Manner.PUBLISHED,
        sherman(ShermanConfig.PUBLISHED));
    pooled(
        "sherman",
        "the same, repaired: its cache from level 1 on, complete ranges",
        Manner.REPAIRED,
        sherman(repaired));
    pooled(
        "sherman-batched",
        "the same, all operations of a prompt in one batch",
        Manner.BATCHED,
        sherman(batched));
    pooled(
        "sherman-hashed",
        "keys are hashes, so that a range is as many searches, in one batch",
        Manner.HASHED,
        sherman(batched));
  }

  private static Pooled sherman(ShermanConfig config) {
    return (client, _, setting) -> {
      var own = config.withCacheBytes(setting.cacheBytes());
      Sherman.create(client.pool(), own);
      return Sherman.open(client, own);
    };
  }

  private void chime() {
    chime("sherman-clv", "Sherman as CHIME's authors evaluate it", ChimeConfig.SHERMAN_CLV);
    chime("chime", "CHIME", ChimeConfig.CHIME);
    ChimeConfig.ablation()
        .forEach(
            (step, config) ->
                pooled(
                    "chime-ablation" + ("-" + step.toLowerCase(Locale.ROOT)).replace("-+", "+"),
                    "ablation of CHIME: " + step,
                    Manner.REPAIRED,
                    chime(config.withRepaired(true))));
  }

  private void chime(String name, String about, ChimeConfig published) {
    var repaired = published.withRepaired(true);
    pooled(
        name + "-published",
        about + ", 8-byte keys, ranges as published",
        Manner.PUBLISHED,
        chime(published));
    pooled(
        name + "-32-published",
        about + ", 32-byte keys, ranges as published",
        Manner.PUBLISHED,
        chime(published.withKeyBytes(32)));
    pooled(name, about + ", 8-byte keys, repaired", Manner.REPAIRED, chime(repaired));
    pooled(
        name + "-32",
        about + ", 32-byte keys, repaired",
        Manner.REPAIRED,
        chime(repaired.withKeyBytes(32)));
    var batched = repaired.withBatched(true);
    pooled(
        name + "-batched",
        about + ", repaired, all operations of a prompt in one batch",
        Manner.BATCHED,
        chime(batched));
    pooled(
        name + "-hashed",
        about + ", keys are hashes, so that a range is as many searches, in one batch",
        Manner.HASHED,
        chime(batched));
  }

  private static Pooled chime(ChimeConfig config) {
    return (client, _, setting) -> {
      long hot = config.speculation() ? setting.cacheBytes() * 3 / 10 : ChimeConfig.CACHE_MIN;
      var own = config.withCaches(setting.cacheBytes() - hot, hot);
      ChimeIndex.create(client.pool(), own);
      return ChimeIndex.open(client, own);
    };
  }

  /// Starts a server that speaks as Redis does.
  private interface Start {
    ServerProcess start() throws IOException, InterruptedException;
  }

  private void redis(String name, Start start) {
    redis(name, "one MGET a request", RedisSubject.Manner.MGET, start);
    redis(
        name + "-exists",
        "one EXISTS a request: a count, no values",
        RedisSubject.Manner.EXISTS,
        start);
    redis(
        name + "-lua",
        "a script that walks to the first missing block",
        RedisSubject.Manner.WALK,
        start);
    redis(
        name + "-stretches",
        "as the paper asks it: an MGET for each contiguous stretch, a GET for each other block",
        RedisSubject.Manner.STRETCHES,
        start);
    redis(
        name + "-get",
        "a GET for each block, one after the other, up to the first missing one",
        RedisSubject.Manner.GET,
        start);
  }

  private void redis(String name, String about, RedisSubject.Manner manner, Start start) {
    all.add(
        new Entry(
            name,
            Kind.NETWORKED,
            false,
            manner == RedisSubject.Manner.GET,
            about,
            (requests, steps, _) -> new RedisSubject(requests, start.start(), manner, steps)));
  }

  List<Entry> entries() {
    return all;
  }

  /// Those of some names; a name with a star at its end stands for all that begin so.
  ///
  /// @throws IllegalArgumentException if a name is unknown
  List<Entry> named(List<String> names) {
    if (names.isEmpty()) {
      return all;
    }
    var chosen = new ArrayList<Entry>();
    for (var entry : all) {
      if (names.stream().anyMatch(name -> matches(name, entry.name()))) {
        chosen.add(entry);
      }
    }
    unknown(names)
        .ifPresent(
            name -> {
              throw new IllegalArgumentException(
                  "--systems: %s (expected: names of %s, or a beginning and *)"
                      .formatted(name, String.join(", ", known())));
            });
    return chosen;
  }

  private Optional<String> unknown(List<String> names) {
    return names.stream()
        .filter(name -> all.stream().noneMatch(entry -> matches(name, entry.name())))
        .findFirst();
  }

  private Set<String> known() {
    var known = new TreeSet<String>();
    all.forEach(entry -> known.add(entry.name()));
    return known;
  }

  private static boolean matches(String asked, String name) {
    return asked.endsWith("*")
        ? name.startsWith(asked.substring(0, asked.length() - 1))
        : name.equals(asked);
  }
}
