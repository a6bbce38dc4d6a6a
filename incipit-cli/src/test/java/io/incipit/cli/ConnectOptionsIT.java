// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.cli.option.TraceInput;
import io.incipit.env.Clock;
import io.incipit.env.Disk;
import io.incipit.env.RandomSource;
import io.incipit.server.IncipitServer;
import io.incipit.server.ServerConfig;
import io.incipit.tls.TestAuthority;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A replay against a server that speaks TLS, and wants a certificate.
class ConnectOptionsIT {
  @TempDir private Path directory;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private IncipitServer server;

  @BeforeEach
  void start() throws IOException {
    var authority = new TestAuthority("authority");
    authority.write(file("ca.pem"));
    authority.issue("server", "localhost").write(file("server.pem"), file("server.key"));
    authority.issue("client").write(file("client.pem"), file("client.key"));
    server =
        IncipitServer.start(
            ServerConfig.of(
                Map.of(
                    "net.resp-port",
                    "0",
                    "net.http-port",
                    "0",
                    "tls.certificate",
                    file("server.pem").toString(),
                    "tls.key",
                    file("server.key").toString(),
                    "tls.client-ca",
                    file("ca.pem").toString(),
                    "tls.client-certificates",
                    "required")));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Path file(String name) {
    return directory.resolve(name);
  }

  private int replay(String... arguments) {
    var input = new TraceInput(Disk.system(), Clock.system(), false);
    var command = new ReplayCommand(input, Clock.system(), RandomSource.system());
    var shell = Shell.of(new Main.Root()).with(command);
    shell.line().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    var all = new ArrayList<>(List.of("replay", "--synthetic", "10"));
    all.addAll(List.of(arguments));
    return shell.run(all.toArray(String[]::new));
  }

  private String target() {
    return "localhost:" + server.respPort();
  }

  @Test
  void replay_withACertificate_isLetIn() {
    int code =
        replay(
            "--target",
            target(),
            "--tls-ca",
            file("ca.pem").toString(),
            "--tls-cert",
            file("client.pem").toString(),
            "--tls-key",
            file("client.key").toString());
    assertThat(code).as(err.toString()).isZero();
    assertThat(out.toString()).contains("10 requests");
  }

  @Test
  void replay_withoutOne_saysWhy() {
    assertThat(replay("--target", target(), "--tls-ca", file("ca.pem").toString())).isEqualTo(1);
    assertThat(err.toString()).contains("a client certificate that it trusts");
  }

  @Test
  void replay_misused_saysHow() {
    assertThat(replay("--tls")).isEqualTo(2);
    assertThat(err.toString()).contains("--tls: in this process (expected: with --target");
    assertThat(replay("--token-file", "none")).isEqualTo(2);
    assertThat(err.toString()).contains("--token-file: in this process (expected: with --target");
    assertThat(replay("--user", "router")).isEqualTo(2);
    assertThat(err.toString()).contains("--user: in this process (expected: with --target");
    assertThat(replay("--target", target(), "--user", "router")).isEqualTo(2);
    assertThat(err.toString()).contains("--user: alone (expected: --token-file too)");
    assertThat(replay("--target", target(), "--tls-key", file("client.key").toString()))
        .isEqualTo(2);
    assertThat(err.toString()).contains("--tls-key: alone (expected: --tls-cert and --tls-key)");
    assertThat(replay("--target", target(), "--tls-ca", file("none.pem").toString())).isEqualTo(1);
    assertThat(err.toString()).contains("tls-ca: " + file("none.pem") + ": there is no such file");
  }
}
