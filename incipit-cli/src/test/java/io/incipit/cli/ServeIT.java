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
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "io.incipit.cli.Main",
                "serve"));
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
}
