// SPDX-License-Identifier: Apache-2.0
package io.incipit.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// What integration tests start: servers of this project in this process, and programs of Redis in
/// their own.
final class Tools {
  /// Ends what hangs; nothing is measured by it.
  private static final int SECONDS_MAX = 600;

  private Tools() {}

  /// A server on free ports.
  static IncipitServer server(Map<String, String> settings) throws IOException {
    var values = new HashMap<>(settings);
    values.putIfAbsent("net.resp-port", "0");
    values.putIfAbsent("net.http-port", "0");
    return IncipitServer.start(ServerConfig.of(values));
  }

  /// Skips the test, and says why, where a program is missing.
  static void require(String program) {
    boolean there =
        List.of(System.getenv().getOrDefault("PATH", "").split(":")).stream()
            .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
    assumeTrue(there, () -> program + " is not installed (checks/setup installs it)");
  }

  /// Runs a program to its end and returns what it printed.
  static String run(String... command) throws IOException, InterruptedException {
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    assertThat(process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)).as("%s ends", command[0]).isTrue();
    return out;
  }

  /// What `redis-cli` prints, without decoration, for one request to a port.
  static String cli(int port, String... words) throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of("redis-cli", "-p", Integer.toString(port)));
    command.addAll(List.of(words));
    return run(command.toArray(String[]::new)).strip();
  }
}
