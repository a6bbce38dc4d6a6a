// SPDX-License-Identifier: Apache-2.0
package io.incipit.house;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The launcher, in a tree where everything was built and `java` prints its arguments.
class LauncherIT {
  @TempDir Path root;

  @BeforeEach
  void prepare() throws IOException {
    Files.copy(House.ROOT.resolve("incipit"), root.resolve("incipit"));
    Files.createFile(root.resolve("pom.xml"));
    for (var module : List.of("incipit-cli", "incipit-tokenizers", "incipit-bench")) {
      Files.createDirectories(root.resolve(module + "/src/main"));
      Files.createFile(root.resolve(module + "/pom.xml"));
    }
    for (var tool : List.of("java", "javac")) {
      write(root.resolve("jdk/bin/" + tool), "#!/bin/sh\nprintf '%s\\n' \"$@\"\n");
    }
    write(root.resolve("jdk/release"), "JAVA_VERSION=\"25.0.1\"\n");
    write(root.resolve("target/dist/current/built"), "");
  }

  private static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  /// What `java` is started with, behind what the launcher itself says.
  private List<String> launch(String... arguments) throws Exception {
    return launch(Map.of(), arguments);
  }

  private List<String> launch(Map<String, String> environment, String... arguments)
      throws Exception {
    var command = new String[arguments.length + 2];
    command[0] = "bash";
    command[1] = root.resolve("incipit").toString();
    System.arraycopy(arguments, 0, command, 2, arguments.length);
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("JAVA_HOME", root.resolve("jdk").toString());
    builder.environment().remove("INCIPIT_HOME");
    builder.environment().remove("XDG_CACHE_HOME");
    builder.environment().putAll(environment);
    var process = builder.start();
    var out = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(out).isZero();
    return out.lines().toList();
  }

  private static List<String> last(List<String> words, int count) {
    return words.subList(words.size() - count, words.size());
  }

  @Test
  void productCommands_runFromTheJarsOfTheCommandLineAlone() throws Exception {
    var jars = root.toRealPath().resolve("target/dist/current/incipit-cli/*").toString();
    for (var line : List.of("serve --port 7", "replay a.jsonl", "trace stats", "plan", "--help")) {
      var words = Arrays.asList(line.split(" ", -1));

      var started = launch(words.toArray(String[]::new));

      var end = last(started, 3 + words.size());
      assertThat(end.subList(0, 3)).containsExactly("-cp", jars, "io.incipit.cli.Main");
      assertThat(end.subList(3, end.size())).isEqualTo(words);
    }
  }

  @Test
  void bench_runsFromItsOwnJars() throws Exception {
    var jars = root.toRealPath().resolve("target/dist/current/incipit-bench/*").toString();

    assertThat(last(launch("bench", "index"), 5))
        .containsExactly("-cp", jars, "io.incipit.bench.cli.Main", "bench", "index");
  }

  @Test
  void tokenizer_addsTheJarsOfTokenizers() throws Exception {
    var generation = root.toRealPath().resolve("target/dist/current");
    var jars = "%s/incipit-cli/*:%s/incipit-tokenizers/*".formatted(generation, generation);
    for (var line : List.of("plan a --tokenizer t.json", "trace sim a --tokenizer=o200k_base")) {
      assertThat(launch(line.split(" ", -1))).containsSubsequence("-cp", jars);
    }
  }

  /// A Maven that leaves jars without content and says where it ran.
  private Map<String, String> maven() throws IOException {
    write(
        root.resolve("tools/mvn"),
        """
        #!/bin/bash
        for word; do case $word in -Dincipit.dist=*) dist=${word#*=} ;; esac; done
        for module in incipit-cli incipit-tokenizers incipit-bench; do
          mkdir -p "$dist/$module" "$module/target/fast"
          touch "$module/target/fast/$module-1.jar"
        done
        pwd >"$dist/where"
        """);
    return Map.of(
        "PATH", root.resolve("tools") + ":" + System.getenv("PATH"),
        "HOME", root.resolve("home").toString(),
        "XDG_CACHE_HOME", root.resolve("cache").toString());
  }

  /// Nobody can build in a module whose `target` is a file, whoever runs this test.
  private void forbidBuilding() throws IOException {
    write(root.resolve("incipit-cli/target"), "");
    write(root.resolve("docs/protocol.md"), "");
    write(root.resolve("incipit-cli/src/main/New.java"), "");
    Files.setLastModifiedTime(
        built(), FileTime.fromMillis(Files.getLastModifiedTime(built()).toMillis() - 10_000));
  }

  private Path built() {
    return root.resolve("target/dist/current/built");
  }

  @Test
  void checkoutOfOthers_changed_isBuiltInAFolderOfTheUser() throws Exception {
    forbidBuilding();

    var said = String.join("\n", launch(maven(), "plan"));

    assertThat(said)
        .contains("may not be written, so what is built goes to " + root.resolve("cache/incipit"))
        .containsPattern("-cp\n" + root.toRealPath() + "/cache/incipit/[^\n]+/incipit-cli/\\*");
    assertThat(said.lines().filter(line -> line.contains("building"))).hasSize(1);
    assertThat(launch(maven(), "plan")).noneMatch(line -> line.contains("building"));
  }

  @Test
  void checkoutOfOthers_changedAndNothingToBuildWith_runsWhatIsThereAndSaysSo() throws Exception {
    forbidBuilding();

    var said = launch(Map.of("HOME", root.resolve("pom.xml").toString()), "plan");

    assertThat(said).first().asString().contains("WARNING", "running what was built before");
    assertThat(last(said, 3)).contains("io.incipit.cli.Main");
  }

  @Test
  void incipitHome_isWhereThingsAreBuilt() throws Exception {
    write(root.resolve("docs/protocol.md"), "");
    var environment = new HashMap<>(maven());
    environment.put("INCIPIT_HOME", root.resolve("elsewhere").toString());

    assertThat(String.join("\n", launch(environment, "--help")))
        .containsPattern("-cp\n" + root.toRealPath() + "/elsewhere/[^\n]+/incipit-cli/\\*");
    try (var made = Files.list(root.resolve("target/dist"))) {
      assertThat(made).containsExactly(root.resolve("target/dist/current"));
    }
  }

  @Test
  void commitOfTheBuild_isToldToTheJvm() throws Exception {
    Files.writeString(built(), "abc1234+\n");

    assertThat(launch("--version")).contains("-Dincipit.commit=abc1234+");
  }
}
