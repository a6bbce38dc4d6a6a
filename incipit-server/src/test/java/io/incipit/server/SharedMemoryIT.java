// SPDX-License-Identifier: Apache-2.0
package io.incipit.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.incipit.store.memory.Payload;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// Servers that share their memory in one directory: killed, stopped, and beside one another.
@EnabledOnOs(OS.LINUX)
class SharedMemoryIT {
  private static final Path SHM = Path.of("/dev/shm");
  private static final int LENGTH = 700_001;
  private static final String HASH = "a0a0a0a0a0a0a0a0";

  @TempDir private Path logs;
  private Path directory = SHM;
  private int servers;

  @BeforeEach
  void makeDirectory() throws IOException {
    assumeTrue(Files.isWritable(SHM));
    directory = Files.createTempDirectory(SHM, "incipit-it-");
  }

  @AfterEach
  void removeDirectory() throws IOException {
    for (var file : files()) {
      Files.delete(file);
    }
    Files.delete(directory);
  }

  private List<Path> files() throws IOException {
    try (var files = Files.list(directory)) {
      return files.sorted().toList();
    }
  }

  private SmallServer start(String limit) throws IOException, InterruptedException {
    return SmallServer.start(
        logs.resolve("log-" + servers++),
        "128m",
        "store.host-limit=" + limit,
        "store.share-directory=" + directory);
  }

  private static byte[][] words(String... words) {
    var bytes = new byte[words.length][];
    for (int i = 0; i < words.length; i++) {
      bytes[i] = words[i].getBytes(StandardCharsets.US_ASCII);
    }
    return bytes;
  }

  private static String ask(Peer peer, String command, String... words) throws IOException {
    peer.send(command, words(words));
    return peer.line();
  }

  private static Peer attached(SmallServer server) throws IOException {
    var peer = new Peer(server.port(), 0);
    ask(peer, "KVC.NAMESPACE", "CREATE", "kv", "BLOCKTOKENS", "16", "HASHBYTES", "8");
    assertThat(ask(peer, "KVC.ATTACH", "kv")).isEqualTo("+OK");
    return peer;
  }

  private static void put(Peer peer, int key) throws IOException {
    var words = words("kv", "put", "", HASH, "0/1", "");
    words[5] = Payload.bytes(key, 1, 0, LENGTH).array();
    peer.send("KVC.PUT", words);
    assertThat(peer.line()).isIn("+OK", "+HAVE");
    assertThat(ask(peer, "KVC.COMMIT", "kv", "put")).isEqualTo("*3");
    for (int i = 0; i < 3; i++) {
      peer.line();
    }
  }

  /// A block where a server says that it is.
  private record Place(Path file, long offset, int length) {
    ByteBuffer read(FileChannel from) throws IOException {
      var bytes = ByteBuffer.allocate(length);
      while (bytes.hasRemaining() && from.read(bytes, offset + bytes.position()) >= 0) {
        // Goes on.
      }
      return bytes.flip();
    }
  }

  private static Place where(Peer peer) throws IOException {
    assertThat(ask(peer, "KVC.WHERE", "0", "kv", "0", HASH, "HEX")).isEqualTo("*3");
    assertThat(peer.line()).isEqualTo("*2");
    var path = StandardCharsets.UTF_8.decode(peer.bulk()).toString();
    assertThat(peer.line()).isEqualTo(":30000");
    assertThat(peer.line()).isEqualTo("*4");
    long offset = Long.parseLong(peer.line().substring(1));
    int length = Integer.parseInt(peer.line().substring(1));
    peer.line();
    peer.bulk();
    assertThat(peer.line()).isEqualTo("+END");
    return new Place(Path.of(path), offset, length);
  }

  private static void assertHolds(SmallServer server, int key) throws IOException {
    try (var peer = attached(server)) {
      put(peer, key);
      var place = where(peer);
      try (var file = FileChannel.open(place.file())) {
        var bytes = place.read(file);
        assertThat(bytes.remaining()).isEqualTo(LENGTH);
        assertThat(Payload.wrongAt(bytes, key, 1, 0)).isNegative();
      }
    }
  }

  @Test
  void killed_fileStaysForReadersUntilTheNextStart() throws Exception {
    Place place;
    try (var server = start("16MiB");
        var peer = attached(server)) {
      put(peer, 1);
      place = where(peer);
      server.process().destroyForcibly().waitFor();
    }
    assertThat(files()).containsExactly(place.file());
    try (var open = FileChannel.open(place.file())) {
      assertThat(Payload.wrongAt(place.read(open), 1, 1, 0)).isNegative();
      try (var next = start("16MiB")) {
        assertThat(files()).hasSize(1).doesNotContain(place.file());
        assertThat(place.read(open).remaining()).isZero();
        assertHolds(next, 2);
      }
    }
  }

  @Test
  void twoInOneDirectory_eachHasItsOwn() throws Exception {
    try (var first = start("16MiB")) {
      assertHolds(first, 1);
      try (var second = start("16MiB")) {
        assertThat(files()).hasSize(2);
        assertHolds(second, 2);
        second.process().destroyForcibly().waitFor();
      }
      try (var third = start("16MiB")) {
        assertThat(files()).hasSize(2);
        assertHolds(third, 3);
      }
      assertHolds(first, 1);
    }
  }

  @Test
  void noRoom_isRefusedAtTheStart() throws Exception {
    assertThatIOException()
        .isThrownBy(() -> start("1024GiB").close())
        .withMessageContaining("store.share-directory: " + directory + " has room for")
        .withMessageContaining("(expected: for store.host-limit, 1099511627776)");
    assertThat(files()).isEmpty();
  }
}
