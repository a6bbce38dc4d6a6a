// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.target;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// That servers end with the program that started them.
final class ServerProcessTest {
  @TempDir Path folder;

  /// Starts what is given as Redis is started.
  static final class Starter {
    public static void main(String[] arguments) throws IOException {
      ServerProcess.redis(arguments[0], List.of());
    }
  }

  @Test
  void aServerThatIsNotReadyYet_endsWithUs() throws IOException, InterruptedException {
    var script = folder.resolve("server");
    Files.writeString(script, "#!/bin/sh\necho up > \"$0.up\"\nexec sleep 600\n");
    assertThat(script.toFile().setExecutable(true)).isTrue();
    var up = folder.resolve("server.up");
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(Starter.class.getName(), script.toString()));
    var starter = new ProcessBuilder(command).inheritIO().start();
    while (starter.isAlive() && !Files.exists(up)) {
      Thread.sleep(20);
    }
    assertThat(starter.isAlive()).isTrue();
    var server = starter.descendants().findFirst().orElseThrow();

    starter.destroy();
    starter.waitFor();

    try {
      server.onExit().orTimeout(30, TimeUnit.SECONDS).join();
    } finally {
      server.destroy();
    }
    assertThat(server.isAlive()).isFalse();
  }
}
