// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.net.access.Users;
import io.incipit.net.tls.TlsBed.Speaker;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Users who are known by their certificates of TLS.
class CertificateUsersIT {
  private static final String ROUTER = "router cert:router-1.example read@*\n";

  @TempDir private Path directory;
  private Path users;

  private static String token(String name, String rules) {
    return Users.line(name, "token-of-" + name, List.of(rules.split(" "))) + "\n";
  }

  @BeforeEach
  void write() throws Exception {
    users = Files.createFile(directory.resolve("users"));
    Files.setPosixFilePermissions(users, PosixFilePermissions.fromString("rw-------"));
    Files.writeString(
        users,
        ROUTER + "boss cert:spiffe://td/boss admin@*\n" + token("team", "read,publish@redis"));
  }

  private TlsBed bed(String demand) throws IOException {
    var settings = new HashMap<>(Map.of("access.users", users.toString()));
    settings.put("tls.client-certificates", demand);
    settings.put("tls.http-client-certificates", demand);
    if (!demand.equals("none")) {
      settings.put("tls.client-ca", directory.resolve("ca.pem").toString());
    }
    return new TlsBed(directory, settings);
  }

  /// A client whose certificate says these names, and `router-1.example` in its `CN`.
  private static SSLContext client(TlsBed bed, String... names) {
    return TlsBed.context(bed.ca, Optional.of(bed.authority.issue("router-1.example", names)));
  }

  private static String whoami(Speaker speaker) throws IOException {
    var header = speaker.ask("ACL", "WHOAMI");
    return header.startsWith("$") ? speaker.line() : header;
  }

  @ParameterizedTest
  @ValueSource(strings = {"required", "optional"})
  void aKnownCertificate_isWhoOneIs_atOnce(String demand) throws Exception {
    try (var bed = bed(demand);
        var router = bed.connect(client(bed, "Router-1.example"));
        var boss = bed.connect(client(bed, "spiffe://td/boss", "router-1.example"))) {
      assertThat(router.ask("GET", "k")).isEqualTo("$-1");
      assertThat(whoami(router)).isEqualTo("router");
      assertThat(router.ask("SET", "k", "v")).startsWith("-NOPERM SET: user router ");
      assertThat(whoami(boss)).isEqualTo("boss");
      assertThat(boss.ask("SET", "k", "v")).isEqualTo("+OK");
    }
  }

  @Test
  void othersAreNobody_whateverTheirCommonNameSays() throws Exception {
    try (var bed = bed("optional")) {
      for (var names :
          new String[][] {
            {}, {"router-2.example"}, {"router-1.example", "router-2.example"}, {"*.example"}
          }) {
        try (var other = bed.connect(client(bed, names))) {
          assertThat(other.ask("GET", "k")).as(String.join(" ", names)).startsWith("-NOAUTH");
          assertThat(other.ask("AUTH", "router", "")).startsWith("-WRONGPASS");
          assertThat(other.ask("AUTH", "router", "router-1.example")).startsWith("-WRONGPASS");
        }
      }
      try (var plain = bed.connect()) {
        assertThat(plain.ask("GET", "k")).startsWith("-NOAUTH");
        assertThat(plain.ask("AUTH", "team", "token-of-team")).isEqualTo("+OK");
      }
    }
  }

  @Test
  void auth_replacesIt_andResetGoesBack() throws Exception {
    try (var bed = bed("required");
        var router = bed.connect(client(bed, "router-1.example"))) {
      assertThat(router.ask("AUTH", "team", "wrong")).startsWith("-WRONGPASS");
      assertThat(whoami(router)).isEqualTo("router");
      assertThat(router.ask("AUTH", "team", "token-of-team")).isEqualTo("+OK");
      assertThat(router.ask("SET", "k", "v")).isEqualTo("+OK");
      assertThat(whoami(router)).isEqualTo("team");
      assertThat(router.ask("RESET")).isEqualTo("+RESET");
      assertThat(whoami(router)).isEqualTo("router");
    }
  }

  @Test
  void aUserWhoseLineIsGone_isCut_andOneThatComesIsKnown() throws Exception {
    try (var bed = bed("required");
        var router = bed.connect(client(bed, "router-1.example"));
        var later = bed.connect(client(bed, "later.example"))) {
      assertThat(whoami(router)).isEqualTo("router");
      assertThat(whoami(later)).startsWith("-NOAUTH");
      Files.writeString(users, "later cert:later.example read@*\n");
      while (whoami(later).startsWith("-NOAUTH")) {
        Thread.sleep(20);
      }
      assertThat(whoami(later)).isEqualTo("later");
      assertThat(router.in.read()).isEqualTo(-1);
      try (var again = bed.connect(client(bed, "router-1.example"))) {
        assertThat(whoami(again)).startsWith("-NOAUTH");
      }
    }
  }

  @Test
  void http_needsNoHeader_andOneThatIsThereWins() throws Exception {
    try (var bed = bed("optional")) {
      var boss = client(bed, "spiffe://td/boss");
      assertThat(status(bed, boss, "")).isEqualTo("200");
      assertThat(status(bed, boss, "Authorization: Bearer token-of-team\r\n")).isEqualTo("403");
      assertThat(status(bed, boss, "Authorization: Bearer wrong\r\n")).isEqualTo("401");
      assertThat(status(bed, client(bed, "router-1.example"), "")).isEqualTo("403");
      assertThat(status(bed, client(bed, "other.example"), "")).isEqualTo("401");
      assertThat(status(bed, TlsBed.context(bed.ca, Optional.empty()), "")).isEqualTo("401");
    }
  }

  private static String status(TlsBed bed, SSLContext context, String header) throws IOException {
    try (var socket =
        context
            .getSocketFactory()
            .createSocket(InetAddress.getLoopbackAddress(), bed.server.httpPort())) {
      socket.setSoTimeout(TlsBed.PATIENCE_MILLIS);
      var request =
          "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + header + "\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      var answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return answer.split(" ", -1)[1];
    }
  }

  @Test
  void whereNobodyIsAsked_certificatesAreNotLookedAt() throws Exception {
    try (var bed = bed("none");
        var router = bed.connect(client(bed, "router-1.example"))) {
      assertThat(whoami(router)).startsWith("-NOAUTH");
    }
  }
}
