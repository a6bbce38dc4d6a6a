// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.incipit.cli.Namespaces.Outcome;
import io.incipit.tls.TestAuthority;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// The commands of `docs/security.md`, letter by letter, between two machines: a server that
/// `--init-secure` made in one network namespace, and clients in another.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SecurityMdIT {
  private static final Path ROOT = Path.of(System.getProperty("incipit.root", ".."));
  private static final String JAVA =
      Path.of(System.getProperty("java.home"), "bin", "java").toString();
  private static final String CLASS_PATH = System.getProperty("java.class.path");

  private Path root;
  private List<String> blocks;
  private Namespaces machines;
  private Process server;
  private Path serverHome;
  private Path clientHome;

  /// A way to break a command: what of its text, or of the client's files, is replaced.
  private record Breach(String what, String reason, String from, String to) {}

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    root = directory;
    blocks = blocks(ROOT.resolve("docs/security.md"));
    machines = Namespaces.make("10.0.0.5/24", "10.0.0.9/24");
    serverHome = Files.createDirectory(root.resolve("server"));
    clientHome = Files.createDirectories(root.resolve("client/secure")).getParent();
    server = serve(block("./incipit serve --init-secure "));
    for (var file : List.of("ca.pem", "admin.token")) {
      Files.copy(serverHome.resolve("secure").resolve(file), clientHome.resolve("secure/" + file));
    }
    var create = block("redis-cli").replace("KVC.STATS", "KVC.NAMESPACE CREATE llama");
    if (Files.isExecutable(Path.of("/usr/bin/redis-cli"))) {
      assertThat(client(create + " BLOCKTOKENS 16 HASHBYTES 8").text()).contains("OK");
    }
  }

  @AfterAll
  void stop() throws Exception {
    if (server != null) {
      server.destroy();
      if (!server.waitFor(60, TimeUnit.SECONDS)) {
        server.destroyForcibly().waitFor();
      }
    }
    if (machines != null) {
      machines.close();
    }
  }

  /// What stands between fences.
  private static List<String> blocks(Path page) throws IOException {
    var blocks = new ArrayList<String>();
    var parts = Files.readString(page).split("(?m)^```.*\n", -1);
    for (int i = 1; i < parts.length; i += 2) {
      blocks.add(parts[i].strip());
    }
    return blocks;
  }

  /// The first block of the page that has a text.
  private String block(String text) {
    return blocks.stream()
        .filter(block -> block.contains(text))
        .findFirst()
        .orElseThrow(() -> new AssertionError("docs/security.md shows nothing with " + text));
  }

  /// Starts what the page shows, and waits until it answers.
  private Process serve(String shown) throws IOException {
    var words = new ArrayList<>(List.of(JAVA, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    words.addAll(List.of("-cp", CLASS_PATH, "io.incipit.cli.Main"));
    words.addAll(List.of(shown.split(" ", -1)).subList(1, shown.split(" ", -1).length));
    var log = root.resolve("server.log").toFile();
    var process = Namespaces.in(machines.server(), serverHome, words).redirectError(log).start();
    BufferedReader out = process.inputReader();
    for (var line = out.readLine(); ; line = out.readLine()) {
      assertThat(line).as(Files.readString(log.toPath())).isNotNull();
      if (line.contains("Ctrl-C")) {
        return process;
      }
    }
  }

  /// Runs a line on the other machine.
  private Outcome client(String line) throws Exception {
    return shell(machines.client(), clientHome, line);
  }

  private static Outcome shell(String namespace, Path directory, String line) throws Exception {
    return Namespaces.outcome(Namespaces.in(namespace, directory, List.of("bash", "-c", line)));
  }

  private Outcome java(String body) throws Exception {
    var file = clientHome.resolve("Snippet.java");
    Files.writeString(
        file,
        """
        import io.incipit.client.*;
        import java.io.File;
        import java.nio.file.*;
        import redis.clients.jedis.*;

        class Snippet {
          public static void main(String... none) throws Exception {
        %s
          }
        }
        """
            .formatted(body));
    return client("'%s' -cp '%s' -XX:TieredStopAtLevel=1 Snippet.java".formatted(JAVA, CLASS_PATH));
  }

  private Outcome python(String program, String body) throws Exception {
    Files.writeString(clientHome.resolve("snippet.py"), body + "\n");
    var path = ROOT.resolve("python").toAbsolutePath();
    return client("PYTHONPATH='%s' '%s' snippet.py".formatted(path, program));
  }

  /// Runs a text of the page.
  private interface Running {
    Outcome run(String text) throws Exception;
  }

  /// That what the page shows works, and is refused without a token, with a wrong one, and where
  /// the CA is another or none is known; and works again.
  private void assertLetsIn(String shown, String found, Running running, List<Breach> breaches)
      throws Exception {
    assertThat(running.run(shown).text()).contains(found);
    for (var breach : breaches) {
      assertThat(shown).contains(breach.from);
      var refused = running.run(shown.replace(breach.from, breach.to));
      assertThat(refused.text())
          .as(breach.what)
          .doesNotContain(found)
          .containsPattern(breach.reason);
    }
    assertThat(running.run(shown).text()).contains(found);
  }

  private static Breach noToken(String reason, String from, String to) {
    return new Breach("no token", reason, from, to);
  }

  /// A token that is nobody's, in a file beside the right one.
  private Breach wrongToken(String reason) throws IOException {
    TestAuthority.writeSecret(
        clientHome.resolve("secure/wrong.token"), "incipit_" + "x".repeat(43));
    return new Breach("wrong token", reason, "secure/admin.token", "secure/wrong.token");
  }

  /// A CA that vouches for nothing here.
  private Breach otherCa(String reason) throws IOException {
    new TestAuthority("other").write(clientHome.resolve("secure/other.pem"));
    return new Breach("other CA", reason, "secure/ca.pem", "secure/other.pem");
  }

  private static Breach noCa(String reason, String from, String to) {
    return new Breach("no CA", reason, from, to);
  }

  private static void require(String program) {
    assumeTrue(
        Files.isExecutable(Path.of("/usr/bin", program)),
        () -> program + " is not installed (checks/setup installs it)");
  }

  @Test
  void redisCli_isLetInByTokenAndCa() throws Exception {
    require("redis-cli");
    assertLetsIn(
        block("redis-cli"),
        "namespaces",
        this::client,
        List.of(
            noToken("NOAUTH", "REDISCLI_AUTH=\"$(cat secure/admin.token)\"", ""),
            wrongToken("WRONGPASS"),
            otherCa("certificate verify failed"),
            noCa("certificate verify failed", "--cacert secure/ca.pem", ""),
            new Breach("no TLS", "reset|closed", "--tls --cacert secure/ca.pem", "")));
  }

  @Test
  void curl_isLetInByTokenAndCa() throws Exception {
    require("curl");
    assertLetsIn(
        block("curl --silent").replace("--silent", "--silent --show-error"),
        "incipit_server_",
        this::client,
        List.of(
            noToken("error: 401", "-H @- ", ""),
            wrongToken("error: 401"),
            otherCa("SSL certificate problem"),
            noCa("SSL certificate problem", "--cacert secure/ca.pem", ""),
            new Breach(
                "other name",
                "no alternative certificate subject name",
                "https://10.0.0.5:7380",
                "--resolve other.example:7380:10.0.0.5 https://other.example:7380"),
            new Breach("no TLS", "Empty reply|reset", "https://", "http://")));
  }

  @Test
  void ourJavaClient_isLetInByTokenAndCa() throws Exception {
    assertLetsIn(
        block("new IncipitClient(config)"),
        "Names[",
        this::java,
        List.of(
            noToken("NOAUTH", ".with(admin)", ""),
            wrongToken("WRONGPASS"),
            otherCa("no CA that is trusted vouches for"),
            noCa(
                "no CA that is trusted vouches for",
                "ClientTls.ofCa(Path.of(\"secure/ca.pem\"))",
                "ClientTls.ofSystem()")));
  }

  @Test
  void ourPythonClient_isLetInByTokenAndCa() throws Exception {
    require("python3");
    assertLetsIn(
        block("import incipit").replace("print(", "print('names', "),
        "names (",
        body -> python("python3", body),
        List.of(
            noToken("NOAUTH", ", token_file=\"secure/admin.token\"", ""),
            wrongToken("WRONGPASS"),
            otherCa("certificate"),
            noCa("certificate", "ca=\"secure/ca.pem\"", "tls=True")));
  }

  @Test
  void redisPy_isLetInByTokenAndCa() throws Exception {
    var made = ROOT.resolve("target/clients/python").toAbsolutePath();
    assumeTrue(
        Files.exists(made.resolve("made-for")),
        "the client in python is not there (checks/setup prepares it)");
    assertLetsIn(
        block("import redis").replace("print(", "print('names', "),
        "names [",
        body -> python(made.resolve("venv/bin/python").toString(), body),
        List.of(
            noToken("Authentication required", "password=token, ", ""),
            wrongToken("AuthenticationError"),
            otherCa("certificate verify failed"),
            noCa("certificate verify failed", ", ssl_ca_certs=\"secure/ca.pem\"", "")));
  }

  @Test
  void jedis_isLetInByTokenAndCa() throws Exception {
    var keytool = Path.of(System.getProperty("java.home"), "bin");
    var importing = "PATH='%s':$PATH; %s".formatted(keytool, block("keytool"));
    assertThat(client(importing).code()).isZero();
    new TestAuthority("other").write(clientHome.resolve("secure/another.pem"));
    var another = importing.replace("ca.pem", "another.pem").replace("ca.p12", "another.p12");
    assertThat(client(another).code()).isZero();
    assertLetsIn(
        block("new Jedis("),
        "redis_version",
        this::java,
        List.of(
            noToken("NOAUTH", ".password(token)", ""),
            wrongToken("WRONGPASS"),
            new Breach("other CA", "PKIX", "secure/ca.p12", "secure/another.p12"),
            noCa("PKIX", ".sslOptions(trust)", "")));
  }

  @Test
  void renewal_needsNothingOfClients() throws Exception {
    require("openssl");
    require("curl");
    var scrape = block("curl --silent");
    var renewed = shell(machines.server(), serverHome, "set -e\n" + block("secure/new.csr"));
    assertThat(renewed.code()).as(renewed.text()).isZero();
    var counted = "";
    while (!counted.matches("(?s).*incipit_tls_reloads_total\\{[^}]*\\} [1-9].*")) {
      counted = client(scrape).text();
      assertThat(counted).contains("incipit_server_");
    }
    assertThat(counted).doesNotContainPattern("reloads_total\\{outcome=\"refused\"\\} [1-9]");
    var look =
        client(
            "openssl s_client -connect 10.0.0.5:7379 -CAfile secure/ca.pem -verify_ip 10.0.0.5"
                + " -verify_return_error </dev/null");
    assertThat(look.text()).contains("Verify return code: 0 (ok)");
  }

  /// A line of the page's checklist.
  ///
  /// @param says begins with what must be printed, in backquotes, or with `nothing`
  private record Check(String number, boolean onServer, String run, String says) {}

  private static final Pattern CHECK =
      Pattern.compile("\\| (\\d+) \\| (server|client) \\| `([^`]+)` \\| (.*) \\|");
  private static final Pattern SAYS = Pattern.compile("`([^`]+)`.*");

  private static List<Check> checks() throws IOException {
    return Files.readAllLines(ROOT.resolve("docs/security.md")).stream()
        .map(CHECK::matcher)
        .filter(Matcher::matches)
        .map(
            row ->
                new Check(row.group(1), row.group(2).equals("server"), row.group(3), row.group(4)))
        .toList();
  }

  @Test
  void checklist_saysWhatIsShown() throws Exception {
    for (var program : List.of("redis-cli", "openssl", "curl", "ss")) {
      require(program);
    }
    var key = serverHome.resolve("secure/ca.key");
    var elsewhere = serverHome.resolve("ca.key");
    assertThat(checks()).hasSize(10);
    Files.move(key, elsewhere);
    try {
      for (var check : checks()) {
        assertSays(check);
      }
    } finally {
      Files.move(elsewhere, key);
    }
  }

  private void assertSays(Check check) throws Exception {
    var said =
        (check.onServer ? shell(machines.server(), serverHome, check.run) : client(check.run))
            .text();
    var wanted = SAYS.matcher(check.says);
    if (check.says.startsWith("nothing")) {
      assertThat(said).as(check.number).isEmpty();
    } else {
      assertThat(wanted.matches()).as(check.number).isTrue();
      assertThat(said).as(check.number).contains(wanted.group(1)).doesNotContain("PONG", "llama");
    }
  }
}
