// SPDX-License-Identifier: Apache-2.0
package io.incipit.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The generic commands and errors, byte for byte as a real Redis answers them. Errors about limits
/// are not here: the limits differ.
class RedisDifferentialIT {
  private static final List<String> CONVERSATIONS =
      List.of(
          "PING\r\n",
          "ping\r\nPing hello\r\n",
          "*1\r\n$4\r\nPING\r\n*2\r\n$4\r\nPING\r\n$0\r\n\r\n",
          "PING a b\r\n",
          "ECHO\r\nECHO a\r\nECHO a b\r\n",
          "*2\r\n$4\r\nECHO\r\n$4\r\na\r\nb\r\n",
          "SELECT 0\r\nSELECT 9999999\r\nSELECT x\r\nSELECT\r\n",
          "HELLO 4\r\nHELLO x\r\nHELLO 3 WHAT\r\nHELLO 2 SETNAME\r\n",
          "HELLO 2 AUTH nobody x\r\n",
          "CLIENT SETNAME me\r\nCLIENT GETNAME\r\n",
          "CLIENT GETNAME\r\n",
          "CLIENT GETNAME a\r\nCLIENT\r\n",
          "CLIENT NO-EVICT on\r\nCLIENT NO-EVICT maybe\r\n",
          "PING\r\nNOSUCH\r\nNOSUCH a b c\r\n",
          "*2\r\n$6\r\nNO\r\nSU\r\n$3\r\na\tb\r\n",
          "*3\r\n$1\r\nx\r\n$130\r\n" + "y".repeat(130) + "\r\n$1\r\nz\r\n",
          "RESET\r\nPING\r\n",
          "QUIT\r\nPING\r\n",
          "\r\n\r\nPING\r\n",
          "PING\nPING\n",
          "*0\r\nPING\r\n",
          "*-1\r\nPING\r\n",
          "*-5\r\nPING\r\n",
          "*x\r\n",
          "*1\r\n+PING\r\n",
          "*1\r\nPING\r\n",
          "*1\r\n$-1\r\n",
          "*1\r\n$x\r\n",
          "PING\r\n*1\r\n:1\r\nPING\r\n",
          "CONFIG GET save\r\nCONFIG GET databases-of-mine\r\n",
          "COMMAND INFO nosuch\r\n",
          "ECHO 'a b'\r\nECHO \"a\\x41\\n\"\r\nECHO 'a\r\n",
          "ECHO \"a\"b\r\n",
          "MULTI\r\nMULTI\r\nWATCH a\r\nPING\r\nEXEC\r\nEXEC\r\nDISCARD\r\n",
          "MULTI\r\nECHO\r\nEXEC\r\n",
          "MULTI\r\nNOSUCH\r\nEXEC\r\n",
          "MULTI\r\nPING\r\nRESET\r\nEXEC\r\n",
          "MULTI\r\nPING\r\nDISCARD\r\nPING\r\n",
          "MULTI\r\nQUIT\r\nEXEC\r\n",
          "MULTI\r\nEXEC\r\nUNWATCH\r\nWATCH a\r\nWATCH\r\n",
          "AUTH x\r\nAUTH a b\r\nAUTH default x\r\nAUTH a b c\r\nAUTH\r\n",
          "CLIENT GETREDIR\r\nCLIENT TRACKINGINFO\r\nCLIENT UNPAUSE\r\n",
          "CLIENT KILL 1.2.3.4:5\r\nCLIENT KILL ID 999\r\nCLIENT KILL ID x\r\n",
          "CLIENT KILL FOO x\r\nCLIENT LIST TYPE foo\r\nCLIENT FOO\r\n",
          "DBSIZE\r\nSCAN 0\r\nSCAN x\r\nSCAN 0 FOO 1\r\n",
          "SLOWLOG GET x\r\nSLOWLOG LEN\r\nSLOWLOG RESET\r\nSLOWLOG\r\nSLOWLOG FOO\r\n",
          "LATENCY LATEST\r\nLATENCY GRAPH x\r\nLATENCY HISTORY x\r\nLATENCY RESET\r\n",
          "MEMORY USAGE a\r\nMEMORY FOO\r\nMEMORY\r\nROLE\r\nMODULE LIST\r\n",
          "CONFIG SET foo bar\r\nCONFIG REWRITE\r\nCONFIG SET databases 3\r\nCONFIG FOO\r\n",
          "x".repeat(100_000));

  @Test
  void replies_areThoseOfRedis(@TempDir Path directory) throws Exception {
    Tools.require("redis-server");
    int port = freePort();
    var redis =
        new ProcessBuilder(
                "redis-server",
                "--port",
                Integer.toString(port),
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--dir",
                directory.toString(),
                "--databases",
                "1")
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectErrorStream(true)
            .start();
    try (var server = Tools.server(Map.of())) {
      awaitPort(port, redis);
      var softly = new SoftAssertions();
      for (var conversation : CONVERSATIONS) {
        var shown = conversation.substring(0, Math.min(60, conversation.length()));
        softly
            .assertThat(replies(server.respPort(), conversation))
            .as(shown)
            .isEqualTo(replies(port, conversation));
      }
      softly.assertAll();
    } finally {
      redis.destroy();
      redis.waitFor();
    }
  }

  private static String replies(int port, String conversation) throws IOException {
    try (var wire = new Wire(port)) {
      // An unfinished line ends the connection; else this is what comes last.
      wire.send(conversation.endsWith("\n") ? conversation + "PING the-end\r\n" : conversation);
      return wire.until("the-end\r\n");
    } catch (SocketException reset) {
      return "(closed)";
    }
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static void awaitPort(int port, Process process) throws InterruptedException {
    while (true) {
      assertThat(process.isAlive()).as("redis-server runs").isTrue();
      try (var wire = new Wire(port)) {
        wire.send("PING\r\n");
        if (wire.line().equals("+PONG")) {
          return;
        }
      } catch (IOException notYet) {
        Thread.sleep(50);
      }
    }
  }
}
