// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.incipit.env.Clock;
import io.incipit.env.Disk;
import io.incipit.net.audit.Audit;
import io.incipit.tls.PemFile;
import io.incipit.tls.TestAuthority;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What becomes of the files of TLS while a server runs.
class TlsTest {
  @TempDir private Path directory;
  private final TestAuthority authority = new TestAuthority("authority");
  private final PrometheusRegistry registry = new PrometheusRegistry();

  private Path certificate() {
    return directory.resolve("a.pem");
  }

  private Path key() {
    return directory.resolve("a.key");
  }

  private TlsConfig config(ClientCertificates demand) {
    var ca = new PemFile("tls.client-ca", directory.resolve("ca.pem"));
    return new TlsConfig(
        new PemFile("tls.certificate", certificate()),
        new PemFile("tls.key", key()),
        demand == ClientCertificates.NONE ? Optional.empty() : Optional.of(ca),
        demand,
        ClientCertificates.NONE,
        TlsVersions.FROM_1_3);
  }

  private Tls open(ClientCertificates demand) throws IOException {
    var around =
        new Tls.Surroundings(
            Disk.system(),
            Clock.system(),
            registry,
            Duration.ofSeconds(5),
            1,
            (reason, _) -> assertThat(reason).isEmpty(),
            Audit.NONE);
    return Tls.open(config(demand), around);
  }

  private double reloads(String outcome) {
    return registry.scrape("incipit_tls_reloads"::equals).stream()
        .flatMap(metric -> ((CounterSnapshot) metric).getDataPoints().stream())
        .filter(point -> outcome.equals(point.getLabels().get("outcome")))
        .mapToDouble(CounterSnapshot.CounterDataPointSnapshot::getValue)
        .sum();
  }

  @Test
  void look_atFilesThatStay_doesNothing() throws IOException {
    authority.issue("a").write(certificate(), key());
    try (var tls = open(ClientCertificates.NONE)) {
      for (int i = 0; i < 5; i++) {
        tls.look();
      }
      assertThat(reloads("taken") + reloads("refused")).isZero();
    }
  }

  @Test
  void look_atAPairThatChanges_waitsUntilItIsSettled_andTakesIt() throws IOException {
    authority.issue("a").write(certificate(), key());
    try (var tls = open(ClientCertificates.NONE)) {
      var before = tls.contexts();
      authority.issue("b").write(certificate(), directory.resolve("later.key"));
      tls.look();
      assertThat(tls.contexts()).isSameAs(before);
      // Only now comes the key: a pair that is half old is not looked into.
      Files.move(directory.resolve("later.key"), directory.resolve("b.key"));
      Files.delete(key());
      Files.move(directory.resolve("b.key"), key());
      tls.look();
      tls.look();

      assertThat(tls.contexts()).isNotSameAs(before);
      assertThat(reloads("taken")).isEqualTo(1);
      assertThat(reloads("refused")).isZero();
    }
  }

  @Test
  void look_atABadPair_keepsTheOldOne_andSaysSoOnce() throws IOException {
    authority.issue("a").write(certificate(), key());
    try (var tls = open(ClientCertificates.NONE)) {
      var before = tls.contexts();
      authority.issue("b").write(certificate(), directory.resolve("b.key"));
      for (int i = 0; i < 5; i++) {
        tls.look();
      }
      assertThat(tls.contexts()).isSameAs(before);
      assertThat(reloads("refused")).isEqualTo(1);

      Files.delete(certificate());
      for (int i = 0; i < 5; i++) {
        tls.look();
      }
      assertThat(tls.contexts()).isSameAs(before);
      assertThat(reloads("refused")).isEqualTo(2);
    }
  }

  @Test
  void open_withACaThatHasNoCertificates_isRefused() throws IOException {
    authority.issue("a").write(certificate(), key());
    Files.writeString(directory.resolve("ca.pem"), TestAuthority.pem("X509 CRL", new byte[9]));
    assertThatThrownBy(() -> open(ClientCertificates.REQUIRED))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("tls.client-ca: " + directory.resolve("ca.pem"))
        .hasMessageContaining("has no certificate (expected: ");
  }
}
