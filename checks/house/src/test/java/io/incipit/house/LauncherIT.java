// SPDX-License-Identifier: Apache-2.0
package io.incipit.house;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
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
    for (var module : List.of("incipit-cli", "incipit-bench")) {
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

  /// What `java` is started with.
  private List<String> launch(String... arguments) throws Exception {
    var command = new String[arguments.length + 2];
    command[0] = "bash";
    command[1] = root.resolve("incipit").toString();
    System.arraycopy(arguments, 0, command, 2, arguments.length);
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("JAVA_HOME", root.resolve("jdk").toString());
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
}
