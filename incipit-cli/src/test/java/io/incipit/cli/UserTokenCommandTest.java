// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class UserTokenCommandTest {
  private final AtomicLong seed = new AtomicLong(0x0123456789abcdefL);

  private String run(String... arguments) {
    var out = new StringWriter();
    var shell =
        Shell.of(new Main.Root())
            .with(
                new UserCommand(),
                new UserTokenCommand(seed::incrementAndGet),
                new UserCertificateCommand());
    shell.line().setOut(new PrintWriter(out)).setErr(new PrintWriter(out));
    shell.run(arguments);
    return out.toString();
  }

  @Test
  void token_isPrintedOnce_besideALineThatHasItsHash() throws Exception {
    var lines = run("user", "token", "router", "read@*", "publish@a").lines().toList();
    assertThat(lines).hasSize(2);
    var token = lines.get(0).split(" +", -1)[1];
    assertThat(token).matches("incipit_[A-Za-z0-9_-]{43}");
    var digest =
        MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
    assertThat(lines.get(1))
        .isEqualTo("line   router token:" + HexFormat.of().formatHex(digest) + " read@* publish@a");
    assertThat(run("user", "token", "router", "read@*")).doesNotContain(token);
  }

  @Test
  void token_ofALineThatNoServerTakes_isMisuse() {
    assertThat(run("user", "token", "router", "read@a b")).contains("a rule with blanks in it");
    assertThat(run("user", "token", "a/b", "read@*")).contains("name: 3 characters (expected: ");
    assertThat(run("user", "token", "router", "reed@*"))
        .contains("rule 1 of router: reed@* (expected: ")
        .doesNotContain("incipit_");
  }

  @Test
  void token_withoutARule_isMisuse() {
    assertThat(run("user", "token", "router")).contains("RULE");
  }

  @Test
  void cert_printsTheLine_asServersCompareIt() {
    assertThat(run("user", "cert", "router", "Router-1.Example", "read@*"))
        .isEqualToIgnoringNewLines("line   router cert:router-1.example read@*");
    assertThat(run("user", "cert", "router", "spiffe://td/Router", "read@*", "publish@a"))
        .isEqualToIgnoringNewLines("line   router cert:spiffe://td/Router read@* publish@a");
    assertThat(run("user", "cert", "router", "*.example", "read@*"))
        .contains("certificate of router: 14 characters (expected: cert: and a DNS name without");
    assertThat(run("user", "cert", "router", "router-1.example")).contains("RULE");
  }
}
