// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `incipit serve` as a process of its own.
class ServeIT {
  private static final Pattern PORTS = Pattern.compile("RESP on port (\\d+), HTTP on port (\\d+)");

  private static Process serve(String... arguments) throws IOException {
    return serve(List.of(), arguments);
  }

  private static Process serve(List<String> flags, String... arguments) throws IOException {
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path")));
    command.addAll(flags);
    command.addAll(List.of("io.incipit.cli.Main", "serve"));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).start();
  }

  private static String errors(Process process) throws IOException, InterruptedException {
    var text = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return text;
  }

  @Test
  void serve_greetsAnswersAndStops(@TempDir Path directory) throws Exception {
    var file = directory.resolve("a.properties");
    Files.writeString(file, "net.resp-port = 1\nnet.connections-max = 7\n");
    var process =
        serve(
            "--config",
            file.toString(),
            "--set",
            "net.connections-max=9",
            "--port",
            "0",
            "--http-port",
            "0");
    try (BufferedReader out = process.inputReader()) {
      var ports = PORTS.matcher(String.valueOf(out.readLine()));
      assertThat(ports.find()).isTrue();
      assertThat(out.readLine()).contains("redis-cli -p " + ports.group(1) + " KVC.STATS");
      assertThat(out.readLine()).contains("http://127.0.0.1:" + ports.group(2) + "/");
      assertThat(out.readLine()).contains("Ctrl-C");
      try (var socket =
          new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(ports.group(1)))) {
        socket.getOutputStream().write("INFO clients\r\n".getBytes(StandardCharsets.US_ASCII));
        var reply = new byte[200];
        int size = socket.getInputStream().read(reply);
        assertThat(new String(reply, 0, size, StandardCharsets.US_ASCII)).contains("maxclients:9");
      }
      assertThat(process.toHandle().destroy()).isTrue();
      assertThat(process.waitFor(15, TimeUnit.SECONDS)).isTrue();
      assertThat(errors(process)).contains("stop-server").doesNotContain("Exception");
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void serve_onAPortInUse_isOneClearLine() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var process = serve("--port", Integer.toString(taken.getLocalPort()), "--http-port", "0");

      var errors = errors(process);

      assertThat(process.exitValue()).isEqualTo(1);
      assertThat(errors.lines().filter(line -> line.startsWith("incipit serve: ")))
          .singleElement()
          .asString()
          .contains("port " + taken.getLocalPort() + " on 127.0.0.1: in use", "--port");
      assertThat(errors).doesNotContain("Exception");
    }
  }

  @Test
  void serve_misconfigured_saysWhatAndEnds() throws Exception {
    var exposed = serve("--bind", "0.0.0.0");
    assertThat(errors(exposed)).contains("--i-accept-unauthenticated-network");
    assertThat(exposed.exitValue()).isEqualTo(2);

    var unknown = serve("--set", "net.prot=1");
    assertThat(errors(unknown)).contains("net.prot: no such setting (nearest: net.");
    assertThat(unknown.exitValue()).isEqualTo(2);

    var missing = serve("--config", "/no/such/file");
    assertThat(errors(missing))
        .contains("--config: /no/such/file: there is none (expected: a properties file)")
        .doesNotContain("\tat ");
    assertThat(missing.exitValue()).isEqualTo(1);

    var folder = serve("--config", ".");
    assertThat(errors(folder)).contains("--config: .: Is a directory (expected: a properties");
  }

  /// What a secure server prints until it has said everything.
  private static List<String> greeting(BufferedReader out) throws IOException {
    var lines = new ArrayList<String>();
    for (var line = out.readLine(); line != null; line = out.readLine()) {
      lines.add(line);
      if (line.contains("Ctrl-C")) {
        break;
      }
    }
    return lines;
  }

  private static void end(Process process) throws Exception {
    assertThat(process.toHandle().destroy()).isTrue();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
  }

  private static String line(List<String> lines, String what) {
    var start = "  " + what + ":";
    var found = lines.stream().filter(line -> line.startsWith(start)).toList();
    assertThat(found).as(String.join("\n", lines)).hasSize(1);
    return found.getFirst().substring(start.length()).strip();
  }

  /// Runs a line as somebody who has pasted it.
  private static String paste(Path where, String line) throws Exception {
    var process = new ProcessBuilder("sh", "-c", line).directory(where.toFile()).start();
    process.getOutputStream().close();
    var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return text;
  }

  private static void assertLinesWork(List<String> lines) throws Exception {
    var elsewhere = Path.of("/");
    if (Files.isExecutable(Path.of("/usr/bin/redis-cli"))) {
      assertThat(paste(elsewhere, line(lines, "Try"))).contains("namespaces");
      assertThat(paste(elsewhere, line(lines, "Try").replaceFirst("^.* redis-cli ", "redis-cli ")))
          .doesNotContain("namespaces");
    }
    assertThat(paste(elsewhere, line(lines, "Look"))).contains("incipit_server_");
  }

  @Test
  void serve_initSecure_makesAServerThatThePrintedLinesReach(@TempDir Path directory)
      throws Exception {
    var home = directory.resolve("it's secure");
    var first = serve("--init-secure", home.toString(), "--port", "0", "--http-port", "0");
    try (var out = first.inputReader()) {
      var lines = greeting(out);
      assertLinesWork(lines);
      var token = Files.readString(home.resolve("admin.token")).strip();
      assertThat(lines.stream().filter(line -> line.contains(token))).hasSize(1);
      assertThat(line(lines, "Python")).startsWith("incipit.Client(\"localhost\", ");

      var second = serve("--init-secure", home.toString());
      assertThat(errors(second)).contains("has files of an earlier run", "serve --config '");
      assertThat(second.exitValue()).isEqualTo(1);
      end(first);
      assertThat(errors(first)).doesNotContain(token).doesNotContain("Exception");
    } finally {
      first.destroyForcibly();
    }

    var again = serve("--config", home.resolve("incipit.properties").toString());
    try (var out = again.inputReader()) {
      assertLinesWork(greeting(out));
      end(again);
    } finally {
      again.destroyForcibly();
    }
  }

  @Test
  void serve_initSecure_thatCannotStart_leavesWhatItMade(@TempDir Path directory) throws Exception {
    var home = directory.resolve("home");
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var process =
          serve(
              "--init-secure",
              home.toString(),
              "--port",
              Integer.toString(taken.getLocalPort()),
              "--http-port",
              "0");
      assertThat(errors(process)).contains("in use");
      assertThat(process.exitValue()).isEqualTo(1);
    }
    assertThat(home.resolve("incipit.properties")).exists();
  }

  @Test
  void serve_initSecure_misused_makesNothing(@TempDir Path directory) throws Exception {
    var home = directory.resolve("home");
    for (var wrong :
        List.of(
            List.of("--config=x", "--config: with --init-secure (expected: one of them)"),
            List.of("--i-accept-unauthenticated-network", "network: with --init-secure"),
            List.of("--name=a b", "--name: a b (expected: a host's name such as"),
            List.of("--bind=nowhere", "net.bind: nowhere (expected: an IP address or localhost)"),
            List.of("--set=net.prot=1", "net.prot: no such setting"),
            List.of("--set=access.users=x", "access.users: x (expected: not with --init-sec"))) {
      var process = serve("--init-secure", home.toString(), wrong.get(0));
      assertThat(errors(process)).contains(wrong.get(1));
      assertThat(process.exitValue()).isNotZero();
      assertThat(directory).isEmptyDirectory();
    }
    var alone = serve("--name=a");
    assertThat(errors(alone)).contains("--name: a (expected: with --init-secure)");
  }

  @Test
  void serve_withoutInitSecure_loadsNothingOfBouncyCastle(@TempDir Path directory)
      throws Exception {
    var log = directory.resolve("classes");
    var process = serve(List.of("-Xlog:class+load:file=" + log), "--port", "0", "--http-port", "0");
    try (var out = process.inputReader()) {
      greeting(out);
      end(process);
    } finally {
      process.destroyForcibly();
    }
    assertThat(Files.readString(log)).contains("IncipitServer").doesNotContain("org.bouncycastle");
  }
}
