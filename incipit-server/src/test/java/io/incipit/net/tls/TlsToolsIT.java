// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.incipit.tls.TestAuthority;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Other people's programs against a server that speaks TLS.
class TlsToolsIT {
  @TempDir private Path directory;

  private static void require(String program) {
    boolean there =
        List.of(System.getenv().getOrDefault("PATH", "").split(":")).stream()
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    assumeTrue(there, () -> program + " is not installed");
  }

  /// Runs a program to its end and returns what it printed.
  private static String run(String typed, Object... command)
      throws IOException, InterruptedException {
    var words = List.of(command).stream().map(Object::toString).toList();
    var process = new ProcessBuilder(new ArrayList<>(words)).redirectErrorStream(true).start();
    try (var in = process.getOutputStream()) {
      in.write(typed.getBytes(StandardCharsets.US_ASCII));
    }
    var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(TlsBed.PATIENCE_MILLIS, TimeUnit.MILLISECONDS)).isTrue();
    return out;
  }

  @Test
  void redisCli_asksByTls_withAndWithoutACertificate() throws Exception {
    require("redis-cli");
    try (var bed = new TlsBed(directory, TlsBed.askingClients(directory, "required"))) {
      var certificate = directory.resolve("client.pem");
      var key = directory.resolve("client.key");
      bed.authority.issue("client").write(certificate, key);
      int port = bed.server.respPort();

      assertThat(
              run(
                  "",
                  "redis-cli",
                  "-p",
                  port,
                  "--tls",
                  "--cacert",
                  bed.ca,
                  "--cert",
                  certificate,
                  "--key",
                  key,
                  "SET",
                  "k",
                  "v"))
          .isEqualTo("OK\n");
      assertThat(run("", "redis-cli", "-p", port, "--tls", "--cacert", bed.ca, "PING"))
          .doesNotContain("PONG");
      assertThat(run("", "redis-cli", "-p", port, "PING")).doesNotContain("PONG");
    }
  }

  @Test
  void curl_asksByTls_andAgreesOnHttp1() throws Exception {
    require("curl");
    try (var bed = new TlsBed(directory, Map.of())) {
      var url = "https://localhost:" + bed.server.httpPort() + "/healthz";

      assertThat(run("", "curl", "-sv", "--cacert", bed.ca, url))
          .contains("ok", "TLSv1.3", "server accepted http/1.1");
      var stranger = directory.resolve("other-ca.pem");
      new TestAuthority("other").write(stranger);
      assertThat(run("", "curl", "-sS", "--cacert", stranger, url)).contains("certificate");
      assertThat(run("", "curl", "-sS", url.replace("https", "http"))).doesNotContain("ok");
    }
  }

  @Test
  void openssl_findsNoOldVersion_noCompression_noRenegotiation() throws Exception {
    require("openssl");
    try (var bed = new TlsBed(directory, Map.of("tls.versions", "1.2"))) {
      var address = "localhost:" + bed.server.respPort();

      for (var old : List.of("-tls1", "-tls1_1")) {
        assertThat(
                run(
                    "",
                    "openssl",
                    "s_client",
                    "-connect",
                    address,
                    old,
                    "-cipher",
                    "ALL:@SECLEVEL=0"))
            .contains("no peer certificate available");
      }
      var agreed =
          run("Q\n", "openssl", "s_client", "-connect", address, "-tls1_2", "-CAfile", bed.ca);
      assertThat(agreed).contains("Verification: OK", "ECDHE-ECDSA-AES", "Compression: NONE");
      assertThat(
              run(
                  "R\nPING\n",
                  "openssl",
                  "s_client",
                  "-connect",
                  address,
                  "-tls1_2",
                  "-CAfile",
                  bed.ca))
          .contains("RENEGOTIATING")
          .doesNotContain("+PONG");
    }
  }
}
