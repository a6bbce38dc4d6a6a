// SPDX-License-Identifier: Apache-2.0
package io.incipit.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// A server in a process of its own with a small heap, under the flags of `./incipit serve`: it
/// ends when memory runs out. For one test; what it prints goes to a file.
final class SmallServer implements AutoCloseable {
  private static final Pattern PORT = Pattern.compile("HTTP on port (\\d+)\nRESP on port (\\d+)\n");

  private final Process process;
  private final Path log;
  private final int port;
  private final int httpPort;

  private SmallServer(Process process, Path log, int port, int httpPort) {
    this.process = process;
    this.log = log;
    this.port = port;
    this.httpPort = httpPort;
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
    while (process.isAlive() && !PORT.matcher(Files.readString(log)).find()) {
      Thread.sleep(20);
    }
    var ports = PORT.matcher(Files.readString(log));
    if (!ports.find()) {
      throw new IOException("the server did not start: " + Files.readString(log));
    }
    return new SmallServer(
        process, log, Integer.parseInt(ports.group(2)), Integer.parseInt(ports.group(1)));
  }

  int port() {
    return port;
  }

  int httpPort() {
    return httpPort;
  }

  /// The process that it is.
  Process process() {
    return process;
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
