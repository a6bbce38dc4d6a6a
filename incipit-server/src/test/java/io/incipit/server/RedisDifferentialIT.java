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
          "x".repeat(100_000),
          // Values. Each conversation begins with what those before have left.
          "FLUSHALL\r\nGET a\r\nSET a 1\r\nGET a\r\nGET\r\nGET a b\r\nSET a\r\nDBSIZE\r\n",
          "SET a 2 NX\r\nSET b 2 NX\r\nSET c 2 XX\r\nSET a 3 XX\r\nMGET a b c\r\nSET a 4 NX XX\r\n",
          "SET a 5 GET\r\nSET new 5 GET\r\nSET a 6 NX GET\r\nSET n2 6 XX GET\r\nGET a\r\n",
          "SET a b EX\r\nSET a b EX x\r\nSET a b EX 0\r\nSET a b EX -1\r\nSET a b EX 10 PX 10\r\n",
          "SET a b EX 9223372036854775807\r\nSET a b KEEPTTL EX 3\r\nSET a b WHAT\r\nGET a\r\n",
          "SET t v EX 100\r\nTTL t\r\nSET t w KEEPTTL\r\nTTL t\r\nSET t x\r\nTTL t\r\nTTL none\r\n",
          "SET t v PX 100000\r\nTTL t\r\nPERSIST t\r\nPERSIST t\r\nTTL t\r\n",
          "PTTL t\r\nPTTL none\r\n",
          "SET t v EXAT 1\r\nEXISTS t\r\nSET t v EXAT 99999999999\r\n",
          "EXISTS t\r\nPERSIST nosuch\r\n",
          "SETEX s 0 v\r\nSETEX s -1 v\r\nSETEX s x v\r\n",
          "SETEX s 50 v\r\nTTL s\r\nPSETEX s 50000 w\r\nTTL s\r\n",
          "SETNX s v\r\nSETNX fresh v\r\nGET s\r\nGET fresh\r\nSETNX a\r\nSETEX a 1\r\n",
          "MSET x 1 y 2\r\nMGET x y z\r\nMSET x\r\nMSET x 1 y\r\nMSET x 3 x 4\r\nGET x\r\nMGET\r\n",
          "SET r hello\r\nGETRANGE r 0 -1\r\nGETRANGE r 1 2\r\n",
          "GETRANGE r -3 -2\r\nGETRANGE r -100 100\r\n",
          "GETRANGE r 3 1\r\nGETRANGE r -1 -3\r\nGETRANGE r 9 12\r\n",
          "GETRANGE none 0 1\r\nGETRANGE r x 1\r\n",
          "GETRANGE r -9 -7\r\nGETRANGE r 0 -9\r\nGETRANGE r 4 4\r\nSTRLEN r\r\nSTRLEN none\r\n",
          "SET e ''\r\nGET e\r\nSTRLEN e\r\nGETRANGE e 0 -1\r\nEXISTS e\r\nMGET e e\r\n",
          "EXISTS a a none b\r\nEXISTS\r\nTOUCH a none\r\nTYPE a\r\nTYPE none\r\n",
          "DEL a none b\r\nDEL a\r\nUNLINK x y\r\nEXISTS a b x y\r\nDEL\r\n",
          "SET q v\r\nEXPIRE q 100\r\nTTL q\r\nEXPIRE q 50 GT\r\nTTL q\r\n",
          "EXPIRE q 50 LT\r\nTTL q\r\n",
          "EXPIRE q 70 NX\r\nEXPIRE q 70 XX\r\nTTL q\r\n",
          "PEXPIRE q 80000\r\nTTL q\r\nEXPIRE none 1\r\n",
          "SET u v\r\nEXPIRE u 9 XX\r\nEXPIRE u 9 GT\r\n",
          "EXPIRE u 9 LT\r\nTTL u\r\nEXPIRE u 9 NX XX\r\n",
          "EXPIRE u 9 GT LT\r\nEXPIRE u 9 FOO\r\nEXPIRE u x\r\nEXPIRE u 9223372036854775807\r\n",
          "EXPIRE u -1\r\nEXISTS u\r\nSET u v\r\nPEXPIREAT u 1\r\nGET u\r\nEXPIREAT none 1\r\n",
          "SET u v\r\nEXPIREAT u 99999999999\r\nEXISTS u\r\n",
          "PEXPIREAT u 99999999999999\r\nGET u\r\n",
          "FLUSHDB\r\nDBSIZE\r\nSET k:1 v\r\nKEYS k*\r\nKEYS [j-l]:?\r\n",
          "KEYS x*\r\nSCAN 0 COUNT 100\r\n",
          "SCAN 0 COUNT 0\r\nSCAN 0 COUNT x\r\nSCAN 0 MATCH\r\n",
          "SCAN 0 MATCH k* COUNT 100\r\nSCAN 0 TYPE hash COUNT 99\r\n",
          "FLUSHDB FOO\r\nFLUSHDB ASYNC\r\nFLUSHALL SYNC\r\nDBSIZE\r\nRANDOM\r\n",
          "MULTI\r\nSET m 1\r\nGET m\r\nDEL m\r\nEXEC\r\nGET m\r\n",
          "MULTI\r\nSET m 1\r\nSET m\r\nEXEC\r\nGET m\r\n",
          "WATCH w\r\nMULTI\r\nSET w 1\r\nEXEC\r\n",
          "WATCH w\r\nSET w 2\r\nMULTI\r\nGET w\r\nEXEC\r\nGET w\r\n",
          "WATCH w\r\nDEL w\r\nSET w 2\r\nUNWATCH\r\nMULTI\r\nGET w\r\nEXEC\r\n",
          "WATCH nothing\r\nMULTI\r\nGET w\r\nEXEC\r\n",
          set("big", 40_000) + "STRLEN big\r\nGETRANGE big 39990 -1\r\nGET big\r\n",
          set("big", 300_000) + "GET big\r\nMGET big none big\r\n",
          set("big", 100_000) + set("big", 33_000) + "GET big\r\nSTRLEN big\r\n",
          "MULTI\r\n" + set("big", 50_000) + "STRLEN big\r\nEXEC\r\nGET big\r\n",
          "*4\r\n$5\r\nSETEX\r\n$1\r\nk\r\n$3\r\n100\r\n$40000\r\n"
              + "v".repeat(40_000)
              + "\r\nTTL k\r\nSTRLEN k\r\n",
          "*5\r\n$3\r\nSET\r\n$1\r\nk\r\n$40000\r\n"
              + "w".repeat(40_000)
              + "\r\n$2\r\nEX\r\n$2\r\n30\r\nTTL k\r\nGETRANGE k 0 3\r\n",
          "*4\r\n$3\r\nSET\r\n$1\r\nk\r\n$40000\r\n"
              + "x".repeat(40_000)
              + "\r\n$3\r\nFOO\r\nGETRANGE k 0 3\r\n",
          "*4\r\n$3\r\nSET\r\n$1\r\nk\r\n$40000\r\n"
              + "y".repeat(40_000)
              + "\r\n$2\r\nNX\r\nGETRANGE k 0 3\r\n",
          "*2\r\n$3\r\nSET\r\n$1\r\nk\r\nPING\r\n");

  /// `SET` of a key to so many bytes.
  private static String set(String key, int bytes) {
    return "*3\r\n$3\r\nSET\r\n$%d\r\n%s\r\n$%d\r\n%s\r\n"
        .formatted(key.length(), key, bytes, "abcdefghij".repeat(bytes / 10));
  }

  @Test
  void replies_areThoseOfRedis(@TempDir Path directory) throws Exception {
    compare(directory, Map.of());
  }

  /// Values come to disk at once, and leave memory when a few more come.
  @Test
  void repliesOfValuesOnDisk_areThoseOfRedis(@TempDir Path directory) throws Exception {
    compare(
        directory,
        Map.of(
            "store.host-limit", "1MiB",
            "store.disk-directory", directory.resolve("values").toString(),
            "store.disk-limit", "64MiB",
            "store.durability", "disk"));
  }

  private static void compare(Path directory, Map<String, String> settings) throws Exception {
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
    try (var server = Tools.server(settings)) {
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
