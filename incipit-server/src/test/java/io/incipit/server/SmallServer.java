// SPDX-License-Identifier: Apache-2.0
package io.incipit.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A server in a process of its own with a small heap, under the flags of `./incipit serve`: it
/// ends when memory runs out. For one test; what it prints goes to a file.
final class SmallServer implements AutoCloseable {
  private static final String PORT = "RESP on port ";

  private final Process process;
  private final Path log;
  private final int port;

  private SmallServer(Process process, Path log, int port) {
    this.process = process;
    this.log = log;
    this.port = port;
  }

  /// Starts one and waits until it answers.
  ///
  /// @param heap as `-Xmx` has it
  /// @param settings each `key=value`
  static SmallServer start(Path log, String heap, String... settings)
      throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx" + heap,
            "-XX:+UseCompactObjectHeaders",
            "--enable-native-access=ALL-UNNAMED",
            "-XX:+UseZGC",
            "-XX:+ExitOnOutOfMemoryError",
            "-ea",
            "-cp",
            System.getProperty("java.class.path"),
            ServeMain.class.getName()));
    command.addAll(List.of(settings));
    var process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    while (process.isAlive() && !Files.readString(log).contains(PORT)) {
      Thread.sleep(20);
    }
    var text = Files.readString(log);
    int at = text.indexOf(PORT);
    if (at < 0) {
      throw new IOException("the server did not start: " + text);
    }
    var line = text.substring(at + PORT.length()).lines().findFirst().orElse("").strip();
    return new SmallServer(process, log, Integer.parseInt(line));
  }

  int port() {
    return port;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /// All that it has printed.
  String log() throws IOException {
    return Files.readString(log);
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().join();
  }
}
