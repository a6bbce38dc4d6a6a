// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.value;

import io.incipit.bench.report.Samples;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// Measures what values cost our server, Redis and Valkey, each a process of its own, asked by the
/// same client over one connection each.
public final class StoreRun {
  private final Plan plan;
  private final long seed;
  private final Consumer<String> progress;
  private final Samples samples = new Samples();

  /// @param quick short rounds, and few, of two sizes
  /// @param progress is told what is being done, line by line
  public StoreRun(boolean quick, long seed, Consumer<String> progress) {
    this.plan = quick ? Plan.QUICK : Plan.FULL;
    this.seed = seed;
    this.progress = progress;
  }

  /// What the servers are filled with, in words.
  public String input() {
    var sizes = plan.sizes().stream().map(Plan.Size::name).collect(Collectors.joining(", "));
    return "values of %s, %d MiB of each size; ours with a heap of %d MiB and %d MiB for values"
        .formatted(sizes, plan.heldBytes() >> 20, Servers.HEAP_MIB, Servers.POOL_MIB);
  }

  /// Starts the servers, fills them, measures them and stops them.
  public Samples run() throws IOException, InterruptedException {
    progress.accept(
        "starting ./incipit serve twice, the floor twice, redis-server and valkey-server twice");
    try (var servers = new Servers(progress)) {
      int longest = plan.sizes().getLast().bytes();
      var values = new ValueBytes(seed, Math.max(longest, LookupsBeside.LARGE_BYTES));
      var all = servers.connect(values, longest);
      var transfers = new Transfers(plan, samples, progress);
      for (var size : plan.sizes()) {
        transfers.run(size, all);
        addMemory(servers.residentMib());
      }
      all.addAll(beside(servers, values));
      addMemory(servers.residentMib());
      add("wrong.replies", all.stream().mapToDouble(Server::wrong).sum());
    }
    return samples;
  }

  private void addMemory(double residentMib) {
    add("rss.mib", residentMib);
    add("rss.over.mib", Math.max(0, residentMib - Servers.HEAP_MIB - Servers.POOL_MIB));
  }

  private List<Server> beside(Servers servers, ValueBytes values)
      throws IOException, InterruptedException {
    var small = servers.connect(values, LookupsBeside.SMALL_BYTES);
    var large = servers.connect(values, LookupsBeside.LARGE_BYTES);
    var pairs = new ArrayList<LookupsBeside>();
    for (int i = 0; i < small.size(); i++) {
      var system = small.get(i).system();
      if (!system.endsWith(Transfers.CHECKED) && !system.equals(Transfers.FLOOR)) {
        pairs.add(new LookupsBeside(small.get(i), large.get(i)));
      }
    }
    for (var pair : pairs) {
      pair.fill();
      var _ = pair.p999Us(plan.besideNs());
    }
    for (int round = 0; round < plan.rounds(); round++) {
      progress.accept(
          "look-ups beside large values: round %d of %d".formatted(round + 1, plan.rounds()));
      for (int turn = 0; turn < pairs.size(); turn++) {
        var pair = pairs.get((turn + round) % pairs.size());
        samples.add("beside.*.p999", pair.system(), pair.p999Us(plan.besideNs()));
      }
    }
    Transfers.addBest(samples, "beside.*.p999");
    var both = new ArrayList<>(small);
    both.addAll(large);
    return both;
  }

  private void add(String name, double value) {
    samples.add(name, Samples.OURS, value);
  }
}
