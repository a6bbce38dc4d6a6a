// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli.secure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.incipit.env.Clock;
import io.incipit.env.Disk;
import io.incipit.env.RandomSource;
import io.incipit.server.IncipitServer;
import io.incipit.server.ServerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecureHomeTest {
  private static final String TOKEN = "incipit_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

  @TempDir private Path root;

  private static HostNames names(String bind, String... more) {
    return HostNames.of(List.of(bind, ""), List.of(more), Disk.system());
  }

  private SecureHome make(String name, HostNames names, Map<String, String> given)
      throws IOException {
    var home = SecureHome.at(root.resolve(name), Disk.system());
    var line = IncipitServer.userLine(SecureHome.USER, TOKEN, List.of("admin@*"));
    home.make(home.settings(given, names), names, TOKEN, line, Clock.system());
    return home;
  }

  private static X509Certificate certificate(Path file) throws Exception {
    try (var in = Files.newInputStream(file)) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
  }

  @Test
  void make_writesSettingsThatAServerStartsWith_fromAnyDirectory() throws Exception {
    var home =
        make("a \\ b's", names("127.0.0.1"), Map.of("net.resp-port", "0", "net.http-port", "0"));
    var values = ServerConfig.parse(Files.readString(home.settings()));
    assertThat(values)
        .containsEntry("net.resp-port", "0")
        .containsEntry("tls.key", home.directory().resolve("server.key").toString());
    assertThat(home.directory()).isAbsolute();
    try (var server = IncipitServer.start(ServerConfig.of(values))) {
      assertThat(server.isEncrypted()).isTrue();
      assertThat(server.hasUsers()).isTrue();
    }
    assertThat(SecureHome.of(home.settings(), values, Disk.system())).contains(home);
    assertThat(SecureHome.of(home.settings(), Map.of(), Disk.system())).isEmpty();
    assertThat(Files.readString(home.token())).isEqualTo(TOKEN + "\n");
    assertThat(Files.readString(home.directory().resolve("users"))).doesNotContain(TOKEN);
    assertThat(Files.readString(home.settings())).doesNotContain(TOKEN);
  }

  @Test
  void make_certificates_haveTheExtensionsOfTheirUse() throws Exception {
    var home = make("a", names("10.0.0.5", "Cache-1.Example", "fd00::1"), Map.of());
    var ca = certificate(home.ca());
    var server = certificate(home.directory().resolve("server.pem"));
    var client = certificate(home.directory().resolve("client.pem"));

    ca.verify(ca.getPublicKey());
    assertThat(ca.getBasicConstraints()).isZero();
    assertThat(ca.getCriticalExtensionOIDs()).containsExactlyInAnyOrder("2.5.29.15", "2.5.29.19");
    assertThat(uses(ca)).containsExactly(5, 6);
    assertThat(life(ca)).isEqualTo(Duration.ofDays(3650));
    for (var leaf : List.of(server, client)) {
      leaf.verify(ca.getPublicKey());
      assertThat(leaf.getBasicConstraints()).isEqualTo(-1);
      assertThat(leaf.getCriticalExtensionOIDs()).contains("2.5.29.15", "2.5.29.19");
      assertThat(uses(leaf)).containsExactly(0);
      assertThat(life(leaf)).isEqualTo(Duration.ofDays(397));
      assertThat(leaf.getExtensionValue("2.5.29.14")).as("its key's identifier").isNotNull();
      assertThat(leaf.getExtensionValue("2.5.29.35")).as("that of the CA's").isNotNull();
    }
    assertThat(server.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
    assertThat(client.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.2");
    var called = new ArrayList<String>();
    server.getSubjectAlternativeNames().forEach(name -> called.add(name.get(1).toString()));
    assertThat(called)
        .contains("localhost", "127.0.0.1", "0:0:0:0:0:0:0:1")
        .contains("10.0.0.5", "cache-1.example", "fd00:0:0:0:0:0:0:1");
    assertThat(ServerConfig.parse(Files.readString(home.settings())).get("net.http-hosts"))
        .contains("cache-1.example")
        .doesNotContain("localhost", "10.0.0.5");
  }

  private static List<Integer> uses(X509Certificate certificate) {
    var uses = new ArrayList<Integer>();
    for (int i = 0; i < certificate.getKeyUsage().length; i++) {
      if (certificate.getKeyUsage()[i]) {
        uses.add(i);
      }
    }
    return uses;
  }

  private static Duration life(X509Certificate certificate) {
    return Duration.between(
        certificate.getNotBefore().toInstant(), certificate.getNotAfter().toInstant());
  }

  @Test
  void authorities_haveNamesNumbersAndKeysOfTheirOwn() {
    var one = Authority.create(RandomSource.system(), Clock.system());
    var other = Authority.create(RandomSource.system(), Clock.system());
    assertThat(one.own().certificate().getSubjectX500Principal())
        .isNotEqualTo(other.own().certificate().getSubjectX500Principal());
    assertThat(one.own().certificate().getPublicKey())
        .isNotEqualTo(other.own().certificate().getPublicKey());
    var serials =
        List.of(
            one.own().certificate().getSerialNumber(),
            one.client("a").certificate().getSerialNumber(),
            one.client("a").certificate().getSerialNumber());
    assertThat(serials).doesNotHaveDuplicates().allMatch(serial -> serial.bitLength() > 64);
  }

  @Test
  void at_whereOneIs_saysHowToStart_andChangesNothing() throws IOException {
    var home = make("a b", names("127.0.0.1"), Map.of());
    var before = Files.readString(home.directory().resolve("server.pem"));
    assertThatThrownBy(() -> SecureHome.at(root.resolve("a b"), Disk.system()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("has files of an earlier run")
        .hasMessageContaining("serve --config '" + home.settings() + "'");
    assertThat(Files.readString(home.directory().resolve("server.pem"))).isEqualTo(before);
  }

  @Test
  void at_withWhatACrashLeftBesideIt_beginsAfresh() throws IOException {
    Files.createDirectory(root.resolve(".a.0123.part"));
    Files.writeString(root.resolve(".a.0123.part/server.key"), "half");
    var home = make("a", names("127.0.0.1"), Map.of());
    assertThat(Files.readString(home.directory().resolve("server.key"))).contains("PRIVATE KEY");
    assertThat(root.resolve(".a.0123.part/server.key")).hasContent("half");
  }

  @Test
  void at_aPathThatNoLineCanHave_isRefused() {
    assertThatThrownBy(() -> SecureHome.at(root.resolve("a\nb"), Disk.system()))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("--init-secure: a path with control characters");
  }

  @Test
  void settings_thatAreMade_areNotGiven() throws IOException {
    var home = SecureHome.at(root.resolve("a"), Disk.system());
    assertThatThrownBy(() -> home.settings(Map.of("tls.key", "mine"), names("127.0.0.1")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("tls.key: mine (expected: not with --init-secure, which makes its own)");
  }

  @Test
  void names_thatAreNone_areRefused() {
    for (var wrong : List.of("", "a b", "-a", "a..b", "https://a", "*.a", "1.2.3", "0.0.0.0")) {
      assertThatThrownBy(() -> names("127.0.0.1", wrong))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("--name: " + wrong + " (expected: ");
    }
    var many = IntStream.range(0, 200).mapToObj(i -> "n" + i).toArray(String[]::new);
    assertThatThrownBy(() -> names("127.0.0.1", many))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageMatching("--name: 20\\d names and addresses in all \\(expected: at most 100\\)");
  }

  @Test
  void names_areThereOnce() {
    assertThat(
            names("::1", "0:0:0:0:0:0:0:1", "127.0.0.1", "LOCALHOST", "fd00::1", "fd00:0::1").all())
        .doesNotHaveDuplicates()
        .contains("::1", "fd00:0:0:0:0:0:0:1")
        .doesNotContain("0:0:0:0:0:0:0:1", "LOCALHOST");
  }

  @Test
  void names_ofABindToAll_haveNoWildcard() {
    assertThat(names("0.0.0.0").all()).contains("localhost").doesNotContain("0.0.0.0");
    assertThat(names("::").all()).contains("::1").doesNotContain("::", "0:0:0:0:0:0:0:0");
    assertThat(names("fe80::1%eth0").all()).contains("fe80:0:0:0:0:0:0:1");
  }
}
