// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.incipit.env.ManualClock;
import io.incipit.tls.TestAuthority;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UsersTest {
  private static final String SECRET = "token:" + "0".repeat(64);

  @TempDir private Path directory;

  private static byte[] token(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String secret(String token) {
    return "token:" + Secret.of(token(token)).digest();
  }

  private Path file(String mode, String text) throws IOException {
    var file = directory.resolve("users");
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    return file;
  }

  @Test
  void certificates_areFoundByTheirName_andByNothingElse() {
    var users =
        Users.parse(
            "f",
            "a cert:Host-1.Example read@*\nb cert:spiffe://td/B read@*\nc " + SECRET + " read@*");
    assertThat(users.haveCertificates()).isTrue();
    assertThat(users.ofSubject("host-1.example")).map(User::name).contains("a");
    assertThat(users.ofSubject("spiffe://td/B")).map(User::name).contains("b");
    assertThat(users.ofSubject("spiffe://td/b")).isEmpty();
    assertThat(users.ofSubject("")).isEmpty();
    for (var token : new String[] {"", "host-1.example", "cert:host-1.example"}) {
      assertThat(users.find("a", token(token))).isEmpty();
      assertThat(users.find("", token(token))).isEmpty();
    }
    var a = users.ofSubject("host-1.example").orElseThrow();
    assertThat(users.now(a)).contains(a);
    assertThat(Users.parse("f", "a cert:host-2.example read@*").now(a)).isEmpty();
    assertThat(Users.parse("f", "a " + SECRET + " read@*").now(a)).isEmpty();
    assertThat(Users.parse("f", "d cert:host-1.example read@*").now(a)).isEmpty();
    assertThat(a.secret()).hasToString("certificate");
  }

  @ParameterizedTest
  @CsvSource({
    "a.example, a.example",
    "A.Example, a.example",
    "worker_1, worker_1",
    "spiffe://td/ns/x, spiffe://td/ns/x",
    "urn:uuid:1, urn:uuid:1",
    "*.example, ",
    ".example, ",
    "example., ",
    "'', ",
    "a b, ",
    "ä.example, ",
    "spiffe://a b, ",
    ":x, ",
    "x:, ",
  })
  void subject_isADnsNameOrAUri(String text, String expected) {
    assertThat(Subject.parse(text)).isEqualTo(Optional.ofNullable(expected));
    assertThat(Subject.parse("a".repeat(513))).isEmpty();
  }

  @Test
  void subject_ofACertificate_isItsOnlyName() throws Exception {
    var authority = new TestAuthority("ca");
    var file = directory.resolve("c.pem");
    for (var row :
        new String[][] {
          {"host-1.example", "host-1.example"},
          {"host-1.example", "HOST-1.example"},
          {"host-1.example", "host-1.example", "10.0.0.1"},
          {"spiffe://td/a", "spiffe://td/a", "host-1.example", "host-2.example"},
          {"", "host-1.example", "host-2.example"},
          {"", "host-1.example", "host-1.example"},
          {"", "spiffe://td/a", "spiffe://td/b"},
          {"", "*.example"},
          {"", "10.0.0.1"},
          {""},
        }) {
      var names = Arrays.copyOfRange(row, 1, row.length);
      authority.issue("host-1.example", names).write(file, directory.resolve("c.key"));
      try (var in = Files.newInputStream(file)) {
        var certificate = CertificateFactory.getInstance("X.509").generateCertificate(in);
        assertThat(Subject.of((X509Certificate) certificate).orElse(""))
            .as(String.join(" ", row))
            .isEqualTo(row[0]);
      }
    }
  }

  @Test
  void secret_ofAToken_isItsSha256() {
    // As sha256sum says of "abc".
    assertThat(Secret.of(token("abc")).digest())
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assertThat(Secret.of(token("abc"))).hasToString("token");
  }

  @Test
  void parse_takesUsersCommentsAndBlanks() {
    var users =
        Users.parse(
            "f",
            "# who\n\n  a " + secret("x") + " read@team-a-* \nb\t" + secret("y") + " admin@*\n");
    assertThat(users.all()).extracting(User::name).containsExactly("a", "b");
    assertThat(users.all())
        .extracting(User::shown)
        .containsExactly("user a read@team-a-*", "user b read,publish,admin@*");
    assertThat(users.all().toString()).doesNotContain(Secret.of(token("x")).digest());
  }

  @Test
  void find_aNameInSeveralLines_hasTheRulesOfTheLineOfItsSecret() {
    var users =
        Users.parse(
            "f",
            "a " + secret("x") + " read@*\na cert:host-1 admin@*\na " + secret("y") + " admin@b");
    var x = users.find("a", token("x")).orElseThrow();
    var y = users.find("a", token("y")).orElseThrow();
    assertThat(x.shown()).isEqualTo("user a read@*");
    assertThat(y.shown()).isEqualTo("user a read,publish,admin@b");
    assertThat(users.find("", token("y"))).contains(y);
    assertThat(users.find("default", token("y"))).contains(y);
    assertThat(users.find("a", token("z"))).isEmpty();
    assertThat(users.ofSubject("host-1").orElseThrow().may(Verb.ADMIN)).isTrue();
    var later = Users.parse("f", "a " + secret("y") + " read@c");
    assertThat(later.now(x)).isEmpty();
    assertThat(later.now(y).orElseThrow().shown()).isEqualTo("user a read@c");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a S            | f:1: a: 2 words (expected: NAME SECRET RULE..., with 1 to 64 rules)",
        "a geheim r@*   | f:1: secret of a: 6 characters (expected: token: and 64 hex digits, as"
            + " incipit user token prints them)",
        "a S read       | f:1: rule 1 of a: 4 characters (expected: such as read,publish@team-a-*"
            + " or admin@*)",
        "a S raed@x     | f:1: rule 1 of a: raed@x (expected: such as read,publish@team-a-* or"
            + " admin@*)",
        "a S read@      | f:1: rule 1 of a: read@ (expected: such as read,publish@team-a-* or"
            + " admin@*)",
        "ä S read@*     | f:1: name: 1 characters (expected: 1 to 64 letters, digits, dots,"
            + " underscores and dashes)",
        "a S read@*\\na T read@*\\na cert:x read@*\\na cert:y read@*\\na cert:z read@*"
            + " | f:5: a: 5 lines (expected: at most 4 of one name)",
        "a S read@*\\nb S read@* | f:2: b: the token of a (expected: one of its own)",
        "a cert:x read@*\\nb cert:X read@* | f:2: b: the certificate of a (expected: one of its"
            + " own)",
        "a cert:*.x read@* | f:1: certificate of a: 8 characters (expected: cert: and a DNS name"
            + " without wildcards, or a URI, of at most 512)",
        "'# nobody'     | f: no users (expected: one a line)"
      })
  void parse_whatIsWrong_isNamedByLine(String text, String error) {
    var file =
        text.replace("\\n", "\n")
            .replace(" S ", " " + SECRET + " ")
            .replace(" T ", " token:" + "1".repeat(64) + " ");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Users.parse("f", file.endsWith(" S") ? "a " + SECRET : file))
        .withMessage(error);
  }

  @Test
  void parse_secretsInAnyPlace_areNeverSaid() {
    var token = "incipit_" + "q".repeat(43);
    for (var line :
        new String[] {
          token + "! " + SECRET + " read@*", "a " + token + " read@*", "a " + SECRET + " " + token,
        }) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Users.parse("f", line))
          .withMessageStartingWith("f:1: ")
          .satisfies(fault -> assertThat(fault.getMessage()).doesNotContain("q".repeat(9)));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "*, x, true",
    "team-a-*, team-a-, true",
    "team-a-*, team-a-x, true",
    "team-a-*, team-b-x, false",
    "team-a-*, TEAM-A-x, false",
    "a*b*c, aXbYbc, true",
    "a*b*c, aXbYb, false",
    "default, default, true",
    "default, default2, false",
    "a?c, abc, false"
  })
  void fits_onlyStarsStandForOthers(String pattern, String name, boolean fits) {
    assertThat(Rule.parse("read@" + pattern).orElseThrow().fits(name)).isEqualTo(fits);
  }

  @Test
  void find_takesTheRightTokenOnly() {
    var users = Users.parse("f", "a " + secret("x") + " read@*\nb " + secret("y") + " publish@c\n");
    assertThat(users.find("", token("x")).map(User::name)).contains("a");
    assertThat(users.find("default", token("y")).map(User::name)).contains("b");
    assertThat(users.find("a", token("x")).map(User::name)).contains("a");
    assertThat(users.find("a", token("y"))).isEmpty();
    assertThat(users.find("nobody", token("x"))).isEmpty();
    assertThat(users.find("", token(""))).isEmpty();
    assertThat(users.find("nobody", token(""))).isEmpty();
    assertThat(users.find("a", token(secret("x")))).isEmpty();
  }

  @Test
  void rights_areTheSumOfRules_andAdminIncludesTheOthers() {
    var user =
        Users.parse("f", "a " + SECRET + " read@t-* publish@t-1 admin@t-2").all().iterator().next();
    assertThat(user.rights("t-0")).isEqualTo(Verb.READ.bit());
    assertThat(user.rights("t-1")).isEqualTo(Verb.READ.bit() | Verb.PUBLISH.bit());
    assertThat(user.rights("t-2")).isEqualTo(Verb.ALL);
    assertThat(user.rights("u")).isZero();
    assertThat(user.may(Verb.READ)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r--r--", "rw--w----", "rw-rw----", "rw------x"})
  void of_aFileThatOthersMayReadOrWrite_isRefused(String mode) throws IOException {
    var config = new AccessConfig(Optional.of(file(mode, "a " + SECRET + " read@*")), "redis");
    assertThatIOException()
        .isThrownBy(() -> Access.of(config, new ManualClock()))
        .withMessageContaining("(expected: 0600 or 0640, so that others neither read nor write");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-------", "rw-r-----", "r--------"})
  void of_aFileThatIsKept_isTaken(String mode) throws IOException {
    var config = new AccessConfig(Optional.of(file(mode, "a " + SECRET + " read@*")), "redis");
    assertThat(Access.of(config, new ManualClock()).isGuarded()).isTrue();
  }

  @Test
  void of_noFile_isRefused() {
    var config = new AccessConfig(Optional.of(directory.resolve("none")), "redis");
    assertThatIOException()
        .isThrownBy(() -> Access.of(config, new ManualClock()))
        .withMessageEndingWith("none: no such file (expected: one that exists)");
  }

  @Test
  void reload_aBadFile_isCountedOnceAndChangesNothing() throws IOException {
    var good = "a " + secret("x") + " read@*";
    var file = file("rw-------", good);
    var access = Access.of(new AccessConfig(Optional.of(file), "redis"), new ManualClock());
    assertThat(access.reload()).isEqualTo(Access.Reload.SAME);

    Files.writeString(file, "a b");
    assertThat(access.reload()).isEqualTo(Access.Reload.REFUSED);
    assertThat(access.reload()).isEqualTo(Access.Reload.SAME);
    assertThat(access.faults()).isEqualTo(1);
    assertThat(access.login("h", "a", token("x")).user()).isPresent();

    Files.writeString(file, "a b c d e");
    assertThat(access.reload()).isEqualTo(Access.Reload.REFUSED);
    Files.delete(file);
    assertThat(access.reload()).isEqualTo(Access.Reload.REFUSED);
    assertThat(access.faults()).isEqualTo(3);

    file("rw-------", good);
    assertThat(access.reload()).isEqualTo(Access.Reload.SAME);
    file("rw-------", good + "\nb " + secret("y") + " read@*");
    assertThat(access.reload()).isEqualTo(Access.Reload.TAKEN);
    assertThat(access.login("h", "b", token("y")).user()).isPresent();
    assertThat(access.faults()).isEqualTo(3);
  }

  @Test
  void failures_delayTheAddressOnly_andASuccessEndsThat() {
    var table = new FailureTable();
    for (int i = 0; i < 5; i++) {
      assertThat(table.delayNs("h", 0)).isZero();
      table.note("h", false, 0);
    }
    for (long seconds : new long[] {1, 2, 4, 8, 16, 30, 30}) {
      assertThat(table.delayNs("h", 0)).isEqualTo(Duration.ofSeconds(seconds).toNanos());
      table.note("h", false, 0);
    }
    assertThat(table.delayNs("g", 0)).isZero();
    assertThat(table.delayNs("h", Duration.ofMinutes(11).toNanos())).isZero();
    table.note("h", true, 0);
    assertThat(table.delayNs("h", 0)).isZero();
    assertThat(table.size()).isZero();
  }

  @Test
  void failures_ofVeryManyAddresses_areBounded() {
    var table = new FailureTable();
    for (int i = 0; i < FailureTable.ADDRESSES_MAX + 1_000; i++) {
      table.note("10.0." + i, false, i);
    }
    assertThat(table.size()).isEqualTo(FailureTable.ADDRESSES_MAX);
  }

  @Test
  void failures_ofOneNetwork_areOneAddress() {
    var table = new FailureTable();
    for (int i = 0; i < 6; i++) {
      table.note("2001:db8:0:1:0:0:0:" + i, false, 0);
    }
    assertThat(table.size()).isEqualTo(1);
    assertThat(table.delayNs("2001:db8:0:1:f:f:f:f", 0)).isPositive();
    assertThat(table.delayNs("2001:db8:0:2:0:0:0:1", 0)).isZero();
  }
}
