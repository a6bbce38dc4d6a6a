// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Two machines on one network, as far as their sockets can tell: network namespaces of this host
/// with a wire between. Gone when it is closed, or the JVM ends.
final class Namespaces implements AutoCloseable {
  /// Ends what hangs; nothing is measured by it.
  private static final int SECONDS_MAX = 300;

  private final long own = ProcessHandle.current().pid();
  private final Thread atExit = new Thread(this::remove, "remove-namespaces");

  /// What a program printed, both ways together, and its exit code.
  record Outcome(int code, String text) {}

  private Namespaces() {}

  /// Two of them, or a test that is skipped and says why.
  ///
  /// @param server the address of the one
  /// @param client the address of the other, both with the length of their network
  static Namespaces make(String server, String client) throws Exception {
    var made = new Namespaces();
    var first = outcome(new ProcessBuilder("sh", "-c", "ip netns add " + made.server()));
    assumeTrue(first.code == 0, () -> "no network namespaces here: " + first.text.strip());
    Runtime.getRuntime().addShutdownHook(made.atExit);
    try {
      ip("netns", "add", made.client());
      var wire = "ic%d".formatted(made.own);
      ip(
          "-n",
          made.server(),
          "link",
          "add",
          wire,
          "type",
          "veth",
          "peer",
          wire,
          "netns",
          made.client());
      made.start(made.server(), wire, server);
      made.start(made.client(), wire, client);
      return made;
    } catch (AssertionError | Exception failure) {
      made.close();
      throw failure;
    }
  }

  private void start(String namespace, String wire, String address) throws Exception {
    ip("-n", namespace, "link", "set", "lo", "up");
    ip("-n", namespace, "addr", "add", address, "dev", wire);
    ip("-n", namespace, "link", "set", wire, "up");
  }

  private static void ip(String... arguments) throws Exception {
    var command = new ArrayList<>(List.of("ip"));
    command.addAll(List.of(arguments));
    var done = outcome(new ProcessBuilder(command));
    assertThat(done.code).as("%s: %s", command, done.text).isZero();
  }

  String server() {
    return "incipit-%d-server".formatted(own);
  }

  String client() {
    return "incipit-%d-client".formatted(own);
  }

  /// A program in a namespace; its process is that of the program.
  static ProcessBuilder in(String namespace, Path directory, List<String> command) {
    var all = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
    all.addAll(command);
    return new ProcessBuilder(all).directory(directory.toFile());
  }

  /// Runs a program to its end.
  static Outcome outcome(ProcessBuilder program) throws IOException, InterruptedException {
    var file = Files.createTempFile("outcome", ".txt");
    try {
      var process = program.redirectErrorStream(true).redirectOutput(file.toFile()).start();
      process.getOutputStream().close();
      if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
      return new Outcome(process.exitValue(), Files.readString(file, StandardCharsets.UTF_8));
    } finally {
      Files.delete(file);
    }
  }

  private void remove() {
    for (var namespace : List.of(server(), client())) {
      try {
        var _ = outcome(new ProcessBuilder("ip", "netns", "del", namespace));
      } catch (IOException | InterruptedException gone) {
        assertThat(gone).isNotNull();
      }
    }
  }

  @Override
  public void close() {
    remove();
    Runtime.getRuntime().removeShutdownHook(atExit);
  }
}
