// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.rivals;

import io.incipit.env.Disk;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// Builds the programs of `incipit-bench/rivals`, each around a published package of another
/// project. What cannot be built is left out, and said in one line.
final class Programs {
  private static final String DYNAMO = "dynamo-kv-router 1.6.1";

  private final Path sources;
  private final Path folder;
  private final Consumer<String> skipped;

  /// @param sources the folder `rivals`
  /// @param folder where what is built goes
  /// @param skipped is told what is left out, a line each
  Programs(Path sources, Path folder, Consumer<String> skipped) {
    this.sources = sources;
    this.folder = folder;
    this.skipped = skipped;
  }

  /// All that can be built.
  List<Rival> build() throws IOException, InterruptedException {
    var rivals = new ArrayList<Rival>();
    rivals.addAll(dynamo());
    return rivals;
  }

  private List<Rival> dynamo() throws IOException, InterruptedException {
    var manifest = sources.resolve("dynamo").resolve("Cargo.toml").toString();
    var target = folder.resolve("dynamo");
    var command =
        List.of(
            "cargo",
            "build",
            "--release",
            "--locked",
            "--quiet",
            "--manifest-path",
            manifest,
            "--target-dir",
            target.toString());
    if (!run("dynamo", command, sources, Map.of(), "https://rustup.rs")) {
      return List.of();
    }
    var program = target.resolve("release").resolve("incipit-rival-dynamo").toString();
    var rivals = new ArrayList<Rival>();
    for (var index : List.of("crtc", "radix", "strided", "binary")) {
      var notes =
          switch (index) {
            case "crtc" -> "ConcurrentRadixTreeCompressed, its production index";
            case "radix" -> "RadixTree, for one thread";
            default -> "PositionalIndexer, " + index + "; wired into its benchmarks only";
          };
      rivals.add(
          new Rival(
              "dynamo-" + index, DYNAMO, List.of(program, index), Map.of(), false, false, notes));
    }
    return rivals;
  }

  /// Runs a build.
  ///
  /// @param where the tool is to be had
  /// @return whether it went well; if not, why has been said
  private boolean run(
      String name, List<String> command, Path in, Map<String, String> environment, String where)
      throws IOException, InterruptedException {
    var log = folder.resolve(name + "-build.log");
    var builder =
        new ProcessBuilder(command)
            .directory(new File(in.toString()))
            .redirectErrorStream(true)
            .redirectOutput(new File(log.toString()));
    builder.environment().putAll(environment);
    Process process;
    try {
      process = builder.start();
    } catch (IOException absent) {
      skipped.accept("%s: %s is not on PATH (%s)".formatted(name, command.getFirst(), where));
      return false;
    }
    if (process.waitFor() == 0) {
      return true;
    }
    var text = Disk.system().readText(log).strip();
    var last = text.substring(text.lastIndexOf('\n') + 1);
    skipped.accept(
        "%s: %s %s failed: %s (log in %s)"
            .formatted(name, command.getFirst(), command.get(1), last, log));
    return false;
  }
}
