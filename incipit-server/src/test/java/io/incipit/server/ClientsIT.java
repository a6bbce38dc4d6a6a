// SPDX-License-Identifier: Apache-2.0
package io.incipit.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Clients of other languages that decode replies as text get right numbers, whatever they hold:
/// with `HEX`, chains that are longer than 127 blocks too, and hashes of bytes above 0x7f.
final class ClientsIT {
  private static final Path CLIENTS =
      Path.of(System.getProperty("incipit.root", ""), "target", "clients");

  @Test
  void python_decodedReplies_areRight() throws IOException, InterruptedException {
    assertRight("python", "venv/bin/python", "client.py");
  }

  @Test
  void node_decodedReplies_areRight() throws IOException, InterruptedException {
    assertRight("node", "node", "client.js");
  }

  @Test
  void go_decodedReplies_areRight() throws IOException, InterruptedException {
    assertRight("go", "client");
  }

  private static void assertRight(String language, String program, String... arguments)
      throws IOException, InterruptedException {
    var made = CLIENTS.resolve(language);
    assumeTrue(
        Files.exists(made.resolve("made-for")),
        () -> "the client in " + language + " is not there (checks/setup prepares it)");
    var local = made.resolve(program);
    var command = new ArrayList<String>();
    command.add(Files.exists(local) ? local.toString() : program);
    for (var argument : arguments) {
      command.add(made.resolve(argument).toString());
    }
    try (var server = Tools.server(Map.of())) {
      command.add(Integer.toString(server.respPort()));
      assertThat(Tools.run(command.toArray(String[]::new)).lines())
          .containsExactlyElementsOf(all());
    }
  }

  private static List<String> all() {
    var lines = new ArrayList<String>();
    lines.addAll(of(200, 1));
    lines.addAll(of(5_000, 2));
    return lines;
  }

  /// What a client should say: owner 0 holds the chain in GPU, owner 1 its first half in
  /// HOST.
  private static List<String> of(int blocks, int seq) {
    int half = blocks / 2;
    int tokens = 16 * blocks;
    var following = new StringBuilder();
    for (long i = 1; i <= 3; i++) {
      following.append("%016x".formatted(((long) blocks << 48 | 0x8f9f_afbf_cfdfL) + i));
    }
    var holders = "0 %d 0 0 0 %d 1 1".formatted(blocks, half);
    return List.of(
        "publish " + seq,
        "publish " + seq,
        "match %d %d 0 by %s".formatted(blocks, tokens, holders),
        "from %d %d 0 by %s".formatted(blocks, tokens, holders),
        "score %1$d 0 by 0 %2$d %2$d %2$d 0 %1$d %1$d %1$d %1$d".formatted(blocks, half),
        "locate 0 0",
        "run " + following);
  }
}
