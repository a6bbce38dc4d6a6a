// SPDX-License-Identifier: Apache-2.0
package io.incipit.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.incipit.block.Hash64;
import io.incipit.store.memory.Payload;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/// Values over sockets: as the clients of LMCache send and read them, and as none should.
class ValuesIT {
  private static final int MIB = 1 << 20;
  private static final Path CLIENTS =
      Path.of(System.getProperty("incipit.root", ""), "target", "clients");

  private static byte[] value(int key, long version, int length) {
    return Payload.bytes(key, version, 0, length).array();
  }

  @Test
  void strictClientOfLmcache_getsByteForByteWhatItWaitsFor() throws Exception {
    try (var server = Tools.server(Map.of("store.host-limit", "256MiB"));
        var one = new Peer(server.respPort(), 0);
        var two = new Peer(server.respPort(), 0)) {
      for (int length : new int[] {64 << 10, 4 * MIB, 16 * MIB}) {
        for (int chunk = 0; chunk < 4; chunk++) {
          var name = "tiny/llama@2@0@%016x@bfloat16".formatted(chunk + length);
          var key = name.getBytes(StandardCharsets.US_ASCII);
          one.send("EXISTS", key);
          one.expect(":0\r\n");
          two.send("SET", key, value(chunk, 1, length));
          two.expect("+OK\r\n");
          one.send("EXISTS", key);
          one.expect(":1\r\n");
          one.send("GET", key);
          one.expect("$" + length + "\r\n");
          assertThat(one.in.readNBytes(length)).isEqualTo(value(chunk, 1, length));
          one.expect("\r\n");
          two.send("DEL", key);
          two.expect(":1\r\n");
          two.send("DEL", key);
          two.expect(":0\r\n");
        }
      }
    }
  }

  @Test
  void clientThatSendsALotBeforeItReads_isNotHung() throws Exception {
    try (var server = Tools.server(Map.of("store.host-limit", "512MiB"));
        var peer = new Peer(server.respPort(), 64 << 10)) {
      var key = "k".getBytes(StandardCharsets.US_ASCII);
      peer.send("SET", key, value(1, 1, 8 * MIB));
      peer.expect("+OK\r\n");
      for (int i = 0; i < 4; i++) {
        peer.send("GET", key);
      }
      peer.send("SET", key, value(1, 2, 8 * MIB));
      peer.send("GET", key);
      for (int i = 0; i < 5; i++) {
        if (i == 4) {
          peer.expect("+OK\r\n");
        }
        assertThat(Payload.wrongAt(peer.bulk(), 1, i < 4 ? 1 : 2, 0)).isEqualTo(-1);
      }
    }
  }

  /// Each key has the version that its value says, and the value is that of the key, whole.
  @Test
  void manyClients_withLittleMemory_neverGetAWrongByte() throws Exception {
    int clients = 8;
    try (var server = Tools.server(Map.of("store.host-limit", "64MiB", "store.verify-age", "0"));
        var threads = Executors.newFixedThreadPool(clients)) {
      var running = new ArrayList<Callable<int[]>>();
      for (int client = 0; client < clients; client++) {
        int seed = client;
        running.add(() -> play(server.respPort(), seed));
      }
      int hits = 0;
      int misses = 0;
      for (var done : threads.invokeAll(running)) {
        hits += done.get()[0];
        misses += done.get()[1];
      }
      assertThat(hits).isGreaterThan(100);
      assertThat(misses).isGreaterThan(100);
    }
  }

  private static int[] play(int port, int seed) throws IOException {
    var random = new Random(seed);
    int hits = 0;
    int misses = 0;
    try (var peer = new Peer(port, 0)) {
      for (int i = 0; i < 400; i++) {
        int number = random.nextInt(64);
        var key = Payload.key(number);
        int choice = random.nextInt(10);
        if (choice < 4) {
          long version = random.nextInt(1_000);
          int length = length(number, version);
          peer.send("SET", key, value(number, version, length));
          peer.expect("+OK\r\n");
        } else if (choice < 9) {
          peer.send("GET", key);
          var bytes = peer.bulk();
          hits += bytes.hasRemaining() ? 1 : 0;
          misses += bytes.hasRemaining() ? 0 : 1;
          assertThat(isOfSomeVersion(bytes, number)).as("key %d", number).isTrue();
        } else {
          peer.send("DEL", key);
          assertThat(peer.line()).isIn(":0", ":1");
        }
      }
    }
    return new int[] {hits, misses};
  }

  private static int length(int number, long version) {
    int most = number % 4 == 0 ? 4 * MIB : 100_000;
    return 1 + Math.floorMod(Hash64.chain(number, version), most);
  }

  /// Whether bytes are none, or all of some version of a key's value.
  private static boolean isOfSomeVersion(ByteBuffer bytes, int number) {
    boolean known = !bytes.hasRemaining();
    for (int version = 0; version < 1_000 && !known; version++) {
      known =
          bytes.remaining() == length(number, version)
              && Payload.wrongAt(bytes.duplicate(), number, version, 0) == -1;
    }
    return known;
  }

  @Test
  void redisPy_asLmcacheAndOthersUseIt_isAnsweredRight() throws Exception {
    assertRight("python");
  }

  @Test
  void glide_asLmcacheUsesIt_isAnsweredRight() throws Exception {
    assertRight("glide");
  }

  private static void assertRight(String language) throws IOException, InterruptedException {
    var made = CLIENTS.resolve(language);
    assumeTrue(
        Files.exists(made.resolve("made-for")),
        () -> "the client " + language + " is not there (checks/setup prepares it)");
    try (var server = Tools.server(Map.of("store.host-limit", "256MiB"))) {
      assertThat(
              Tools.run(
                  made.resolve("venv/bin/python").toString(),
                  made.resolve("values.py").toString(),
                  Integer.toString(server.respPort())))
          .isEqualTo("ok\n");
    }
  }
}
