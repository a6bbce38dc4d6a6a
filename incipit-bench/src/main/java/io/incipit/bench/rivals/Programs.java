// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.rivals;

import io.incipit.env.Disk;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// Builds the programs of `incipit-bench/rivals`, each around a published package of another
/// project. What cannot be built is left out, and said in one line.
final class Programs {
  private static final String DYNAMO = "dynamo-kv-router 1.6.1";
  private static final String LLM_D = "github.com/llm-d/llm-d-kv-cache v0.8.1";
  private static final String AIBRIX = "github.com/vllm-project/aibrix v0.7.0";

  /// What llm-d makes for a log message at each look-up, whether or not it is written.
  private static final String EAGER = "podsPerKeyPrintHelper(podsPerKey)";

  private static final String LOOK_UP = "pkg/kvcache/kvblock/in_memory.go";

  private final Path sources;
  private final Path folder;
  private final Tools tools;
  private final Consumer<String> skipped;

  /// What builds.
  ///
  /// @param cargo Rust's builder, by its name on PATH or its path
  /// @param go Go's, likewise
  record Tools(String cargo, String go) {
    /// Those of this machine.
    static final Tools USUAL = new Tools("cargo", "go");
  }

  /// @param sources the folder `rivals`
  /// @param folder where what is built goes
  /// @param skipped is told what is left out, a line each
  Programs(Path sources, Path folder, Tools tools, Consumer<String> skipped) {
    this.sources = sources;
    this.folder = folder;
    this.tools = tools;
    this.skipped = skipped;
  }

  /// All that can be built.
  List<Rival> build() throws IOException, InterruptedException {
    var rivals = new ArrayList<Rival>();
    rivals.addAll(dynamo());
    rivals.addAll(llmd());
    rivals.addAll(aibrix());
    return rivals;
  }

  private List<Rival> dynamo() throws IOException, InterruptedException {
    var manifest = sources.resolve("dynamo").resolve("Cargo.toml").toString();
    var target = folder.resolve("dynamo");
    var command =
        List.of(
            tools.cargo(),
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

  /// Twice: as published, and with what its trace message says made only when somebody reads it.
  private List<Rival> llmd() throws IOException, InterruptedException {
    var in = sources.resolve("llm-d");
    var published = folder.resolve("llm-d-as-published");
    if (!go("llm-d", in, published, List.of())) {
      return List.of();
    }
    var notes = "InMemoryIndex and its scorer; a frozen release, whose successor is not published";
    var rivals = new ArrayList<Rival>();
    var mod = patched(in);
    var program = folder.resolve("llm-d");
    if (mod.isPresent() && go("llm-d", in, program, List.of("-modfile", mod.get().toString()))) {
      var patched = notes + "; without the message that it makes for a disabled log";
      rivals.add(llmd("llm-d", program, patched));
    }
    rivals.add(llmd("llm-d-as-published", published, notes));
    return rivals;
  }

  private static Rival llmd(String name, Path program, String notes) {
    return new Rival(name, LLM_D, List.of(program.toString()), Map.of(), true, false, notes);
  }

  /// A copy of the module in which the message is its length only, and a `go.mod` that names it.
  ///
  /// @return empty if the module is not as expected, which has been said
  private Optional<Path> patched(Path in) throws IOException, InterruptedException {
    var disk = Disk.system();
    var mod = folder.resolve("llm-d-patched.mod");
    var copy = folder.resolve("llm-d-module");
    var module = output(in, tools.go(), "list", "-m", "-f", "{{.Dir}}", LLM_D.split(" ", -1)[0]);
    if (!disk.exists(copy)) {
      output(in, "cp", "-R", module, copy.toString());
      output(in, "chmod", "-R", "u+w", copy.toString());
    }
    var published = Path.of(module).resolve(LOOK_UP);
    var text = disk.exists(published) ? disk.readText(published) : "";
    if (!text.contains(EAGER)) {
      skipped.accept("llm-d without its message: %s has no %s".formatted(published, EAGER));
      return Optional.empty();
    }
    disk.writeText(copy.resolve(LOOK_UP), text.replace(EAGER, "len(podsPerKey)"));
    var own = disk.readText(in.resolve("go.mod")).replace("../protocol", protocol());
    var name = LLM_D.split(" ", -1)[0];
    disk.writeText(mod, own + "%nreplace %s => %s%n".formatted(name, copy));
    disk.writeText(folder.resolve("llm-d-patched.sum"), disk.readText(in.resolve("go.sum")));
    return Optional.of(mod);
  }

  private String protocol() {
    return sources.resolve("protocol").toString();
  }

  private static String output(Path in, String... command)
      throws IOException, InterruptedException {
    var process =
        new ProcessBuilder(command)
            .directory(new File(in.toString()))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return said.strip();
  }

  private List<Rival> aibrix() throws IOException, InterruptedException {
    var program = folder.resolve("aibrix");
    if (!go("aibrix", sources.resolve("aibrix"), program, List.of())) {
      return List.of();
    }
    var environment = Map.of("AIBRIX_PREFIX_CACHE_BLOCK_SIZE", "8");
    var notes =
        "SyncPrefixHashTable; a block a message, its hashing of tokens measured alone and"
            + " subtracted, answers in whole percent";
    var command = List.of(program.toString());
    return List.of(new Rival("aibrix", AIBRIX, command, environment, true, true, notes));
  }

  private boolean go(String name, Path in, Path program, List<String> more)
      throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of(tools.go(), "build", "-mod=readonly"));
    command.addAll(more);
    command.addAll(List.of("-o", program.toString(), "."));
    return run(name, command, in, Map.of(), "https://go.dev/dl");
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
