// SPDX-License-Identifier: Apache-2.0
package io.incipit.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.incipit.env.Clock;
import io.incipit.env.Disk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is said of files of certificates and keys.
class IdentityTest {
  private static final Duration HOUR = Duration.ofHours(1);

  @TempDir private Path directory;
  private final TestAuthority authority = new TestAuthority("authority");
  private Path certificate;
  private Path key;

  @BeforeEach
  void write() throws IOException {
    certificate = directory.resolve("a.pem");
    key = directory.resolve("a.key");
    authority.issue("server", "localhost").write(certificate, key);
  }

  private Identity load() throws IOException {
    return Identity.load(
        new PemFile("tls.certificate", certificate),
        new PemFile("tls.key", key),
        Disk.system(),
        Clock.system());
  }

  /// The one line that is said, with the directory left out.
  private void isRefused(String expected) {
    assertThatThrownBy(this::load)
        .isInstanceOf(IOException.class)
        .satisfies(
            refused ->
                assertThat(refused.getMessage().replace(directory + "/", ""))
                    .startsWith(expected)
                    .contains(" (expected: ")
                    .doesNotContain("\n"));
  }

  @Test
  void load_ofAPair_hasItsChainAndItsEnd() throws IOException {
    Files.writeString(certificate, Files.readString(certificate) + "some words\n");
    var ca = Files.readString(authority.write(directory.resolve("ca.pem")));
    Files.writeString(certificate, Files.readString(certificate) + ca);

    var identity = load();

    assertThat(identity.chain()).hasSize(2);
    assertThat(identity.chain().getFirst().getSubjectX500Principal().getName())
        .isEqualTo("CN=server");
    assertThat(identity.key().getAlgorithm()).isEqualTo("EC");
    assertThat(identity.expiresMillis())
        .isBetween(
            Instant.now().toEpochMilli(), Instant.now().plus(HOUR.multipliedBy(25)).toEpochMilli());
  }

  @Test
  void load_ofNoFile_saysWhich() throws IOException {
    Files.delete(key);
    isRefused("tls.key: a.key: there is no such file");
    Files.delete(certificate);
    isRefused("tls.certificate: a.pem: there is no such file");
    Files.createDirectory(certificate);
    isRefused("tls.certificate: a.pem: ");
  }

  @Test
  void load_ofSomethingElse_saysWhatWasExpected() throws IOException {
    var good = Files.readString(certificate);
    Files.writeString(certificate, "hello");
    isRefused("tls.certificate: a.pem: has no PEM");
    Files.writeString(certificate, Files.readString(key));
    isRefused("tls.certificate: a.pem: has no certificate");
    Files.writeString(certificate, TestAuthority.pem("CERTIFICATE", new byte[100]));
    isRefused("tls.certificate: a.pem: certificate 1 is damaged");
    Files.writeString(certificate, "x".repeat((1 << 20) + 1));
    isRefused("tls.certificate: a.pem: has 1048577 bytes");
    Files.writeString(certificate, good);
    TestAuthority.writeSecret(key, good);
    isRefused("tls.key: a.key: has no private key");
    TestAuthority.writeSecret(key, TestAuthority.pem("PRIVATE KEY", new byte[100]));
    isRefused("tls.key: a.key: its key is damaged");
    TestAuthority.writeSecret(key, TestAuthority.pem("EC PRIVATE KEY", new byte[100]));
    isRefused("tls.key: a.key: has an EC PRIVATE KEY (expected: PKCS#8");
    TestAuthority.writeSecret(key, TestAuthority.pem("ENCRYPTED PRIVATE KEY", new byte[100]));
    isRefused("tls.key: a.key: has an encrypted key (expected: PKCS#8");
  }

  @Test
  void load_ofAKeyThatOthersMayRead_isRefused() throws IOException {
    for (var rights : new String[] {"rw-r--r--", "rw-rw----", "rw------x"}) {
      Files.setPosixFilePermissions(key, PosixFilePermissions.fromString(rights));
      isRefused("tls.key: a.key: others may read or change it, mode 0");
    }
    for (var rights : new String[] {"rw-r-----", "r--------", "r--r-----"}) {
      Files.setPosixFilePermissions(key, PosixFilePermissions.fromString(rights));
      assertThat(load().chain()).hasSize(1);
    }
  }

  @Test
  void load_ofAKeyOfAnother_isRefused() throws IOException {
    authority.issue("other").write(directory.resolve("b.pem"), key);
    isRefused("tls.key: a.key: does not fit the first certificate of a.pem");
  }

  @Test
  void load_outsideOfItsTime_isRefused() throws IOException {
    var now = Instant.now();
    authority
        .issue("late", now.minus(HOUR.multipliedBy(2)), now.minus(HOUR))
        .write(certificate, key);
    isRefused("tls.certificate: a.pem: CN=late expired on ");
    authority
        .issue("early", now.plus(HOUR), now.plus(HOUR.multipliedBy(2)))
        .write(certificate, key);
    isRefused("tls.certificate: a.pem: CN=early is not valid before ");
  }
}
