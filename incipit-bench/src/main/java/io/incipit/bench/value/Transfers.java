// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.value;

import io.incipit.bench.report.Samples;
import io.incipit.bench.report.Spread;
import io.incipit.bench.value.Server.Work;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// Measures what it costs servers to give and to take values of one size, in rounds in which each
/// has its turn, so that what disturbs the machine disturbs all of them.
final class Transfers {
  /// What the name of a server ends with that compares checksums each time, which a cell of its own
  /// is about; the same server without is there as well.
  static final String CHECKED = "-checked";

  /// The server that does the least; see [FloorServer].
  static final String FLOOR = "floor";

  /// What the name of a server begins with that runs in several ways, of which the best counts.
  private static final String VALKEY = "valkey";

  private final Plan plan;
  private final Samples samples;
  private final Consumer<String> progress;

  Transfers(Plan plan, Samples samples, Consumer<String> progress) {
    this.plan = plan;
    this.samples = samples;
    this.progress = progress;
  }

  /// Fills all servers with values of a size, measures them, and empties them.
  void run(Plan.Size size, List<Server> servers) throws IOException {
    progress.accept(
        "%s: filling with %d values, warming up with %d requests"
            .formatted(size.name(), plan.held(size), plan.warmUp(size)));
    for (var server : servers) {
      server.fill(size.name(), size.bytes(), plan.held(size));
      warmUp(server, size);
    }
    for (int round = 0; round < plan.rounds(); round++) {
      progress.accept("%s: round %d of %d".formatted(size.name(), round + 1, plan.rounds()));
      for (int turn = 0; turn < servers.size(); turn++) {
        measure(servers.get((turn + round) % servers.size()), size);
      }
    }
    addCheck(size);
    for (var cell : List.of(cell("get", size), cell("get-checked", size), cell("set", size))) {
      addBest(samples, cell);
    }
    for (var server : servers) {
      server.empty();
    }
  }

  /// Ours and the floor are compiled first; the others need no more than memory that has been
  /// touched.
  private void warmUp(Server server, Plan.Size size) throws IOException {
    int count = isJava(server) ? plan.warmUp(size) : Math.min(plan.held(size), plan.warmUp(size));
    server.read(count);
    server.put(count);
  }

  private static boolean isJava(Server server) {
    return server.system().startsWith(Samples.OURS) || server.system().startsWith(FLOOR);
  }

  private void measure(Server server, Plan.Size size) throws IOException {
    double read = server.cost(Work.GET, plan.sample(size));
    if (server.system().endsWith(CHECKED)) {
      var system = server.system().substring(0, server.system().length() - CHECKED.length());
      samples.add(cell("get-checked", size), system, read);
      return;
    }
    samples.add(cell("get", size), server.system(), read);
    if (!isJava(server)) {
      samples.add(cell("get-checked", size), server.system(), read);
    }
    samples.add(cell("set", size), server.system(), server.cost(Work.SET, plan.sample(size)));
  }

  private static String cell(String work, Plan.Size size) {
    return work + "." + size.name() + ".*.cpu";
  }

  /// What comparing checksums costs: the difference of two servers in a round.
  private void addCheck(Plan.Size size) {
    var with = rounds(samples, cell("get-checked", size), Samples.OURS);
    var without = rounds(samples, cell("get", size), Samples.OURS);
    for (int i = 0; i < Math.min(with.size(), without.size()); i++) {
      samples.add("check." + size.name() + ".cpu", Samples.OURS, with.get(i) - without.get(i));
    }
  }

  private static List<Double> rounds(Samples samples, String cell, String system) {
    return samples.all().getOrDefault(cell, Map.of()).getOrDefault(system, List.of());
  }

  /// Of a rival that runs in several ways, the one with the lowest median is what ours is compared
  /// with: its samples are added once more, under the name of the rival.
  static void addBest(Samples samples, String cell) {
    var systems = samples.all().getOrDefault(cell, Map.of());
    var best =
        systems.keySet().stream()
            .filter(system -> system.startsWith(VALKEY + "-"))
            .min(
                Comparator.comparingDouble(
                    system -> Spread.of(rounds(samples, cell, system)).median()));
    if (best.isPresent()) {
      var copy = new ArrayList<>(rounds(samples, cell, best.get()));
      copy.forEach(sample -> samples.add(cell, VALKEY, sample));
    }
  }
}
