// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.evaluate;

import io.incipit.bench.pool.CostModel;
import io.incipit.bench.target.ServerProcess;
import io.incipit.bench.target.Valkey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

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

  private final List<Entry> all = new ArrayList<>();

  private Systems() {}

  /// All of them, in the order of reports.
  static Systems all() {
    var systems = new Systems();
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
