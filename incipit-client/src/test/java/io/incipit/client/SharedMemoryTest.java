// SPDX-License-Identifier: Apache-2.0
package io.incipit.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.incipit.block.BlockChain;
import io.incipit.block.ErrorCode;
import io.incipit.client.Fetched.End;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Blocks that are read from a file of a server, played by the test.
@EnabledOnOs(OS.LINUX)
class SharedMemoryTest {
  private static final BlockChain CHAIN =
      BlockChain.of(0x4141414141414141L, 0x4242424242424242L, 0x4343434343434343L);
  private static final int LENGTH = 150_001;
  private static final long OFFSET = 4_096;
  private static final String NOTHING = "*1\r\n+MISS 0\r\n";

  private static final Path SHM = Path.of("/dev/shm");
  private static final String POOL = "incipit-pool-0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a";

  @TempDir Path disk;
  private Path directory = SHM;
  private final ManualTime time = new ManualTime();
  private final FakeNetwork network = new FakeNetwork();
  private final IncipitClient client =
      new IncipitClient(ClientConfig.of("host", 7379), network, time, time);
  private final byte[] value = new byte[LENGTH];
  private Path file;
  private FakeNetwork.@Nullable Peer peer;

  @BeforeEach
  void makeFile() throws IOException {
    assumeTrue(Files.isWritable(SHM));
    directory = Files.createTempDirectory(SHM, "incipit a b'\"%s$(x)\n*");
    new Random(1).nextBytes(value);
    file = directory.resolve(POOL);
    write(file, value);
  }

  @AfterEach
  void closeClient() throws IOException {
    client.close();
    try (var files = Files.list(directory)) {
      for (var left : files.toList()) {
        Files.delete(left);
      }
    }
    Files.delete(directory);
  }

  private static void write(Path file, byte[] value) throws IOException {
    try (var channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(value), OFFSET);
    }
  }

  private static <R> R get(CompletableFuture<R> answer) throws Exception {
    try {
      return answer.get(60, TimeUnit.SECONDS);
    } catch (ExecutionException failure) {
      throw (Exception) failure.getCause();
    }
  }

  private CompletableFuture<Fetched> read() {
    return client.readShared("kv", CHAIN, 0, Duration.ofSeconds(1));
  }

  /// The connection, which is the same all the time.
  private FakeNetwork.Peer peer() {
    var there = peer == null ? network.peer() : peer;
    peer = there;
    return there;
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private static String sums(byte[] value) {
    var sums = ByteBuffer.allocate(4 * ((value.length + 65_535) / 65_536));
    sums.order(ByteOrder.LITTLE_ENDIAN);
    for (int at = 0; at < value.length; at += 65_536) {
      var crc = new CRC32C();
      crc.update(value, at, Math.min(65_536, value.length - at));
      sums.putInt((int) crc.getValue());
    }
    return "$" + sums.capacity() + "\r\n" + text(sums.array()) + "\r\n";
  }

  private static String place(long offset, byte[] value) {
    return "*4\r\n:%d\r\n:%d\r\n:7\r\n".formatted(offset, value.length) + sums(value);
  }

  private static String located(String path, String... places) {
    var utf8 = text(path.getBytes(StandardCharsets.UTF_8));
    var end = places.length == CHAIN.length() ? "+END\r\n" : "+MISS " + places.length + "\r\n";
    return "*%d\r\n*2\r\n$%d\r\n%s\r\n:30000\r\n".formatted(2 + places.length, utf8.length(), utf8)
        + String.join("", places)
        + end;
  }

  /// That the client asks over the connection, and takes what it is told there.
  private static void assertReadsOtherwise(FakeNetwork.Peer peer, CompletableFuture<Fetched> answer)
      throws Exception {
    assertThat(peer.request()).first().isEqualTo("KVC.READ");
    peer.send(NOTHING);
    assertThat(get(answer)).isEqualTo(new Fetched(List.of(), End.MISS));
  }

  @Test
  void readShared_values_areCopiedFromTheFile() throws Exception {
    var answer = read();
    var peer = peer();
    assertThat(peer.request())
        .containsExactly("KVC.WHERE", "1000", "kv", "0", "AAAAAAAABBBBBBBBCCCCCCCC");
    peer.send(located(file.toString(), place(OFFSET, value), place(OFFSET, new byte[0])));

    var fetched = get(answer);
    assertThat(fetched.end()).isEqualTo(End.MISS);
    assertThat(fetched.blocks()).containsExactly(ByteBuffer.wrap(value), ByteBuffer.allocate(0));
    assertThat(fetched.blocks().getFirst().isReadOnly()).isTrue();
  }

  @Test
  void readShared_eachByteAnother_isNeverTaken() throws Exception {
    for (int at : List.of(0, 65_535, 65_536, LENGTH - 1)) {
      var wrong = value.clone();
      wrong[at] ^= 1;
      write(file, wrong);
      var answer = read();
      var peer = peer();
      assertThat(peer.request()).first().isEqualTo("KVC.WHERE");
      peer.send(located(file.toString(), place(OFFSET, value)));
      assertReadsOtherwise(peer, answer);
    }
  }

  @Test
  void readShared_afterTheLease_readsOtherwise() throws Exception {
    var answer = client.readShared("kv", CHAIN, 0, Duration.ZERO);
    var peer = peer();
    peer.request();
    time.advance(4_000_000_000L);
    peer.send(located(file.toString(), place(OFFSET, value)).replace(":30000", ":4000"));

    assertThat(peer.request()).containsSequence("KVC.READ", "0");
    peer.send(NOTHING);
    assertThat(get(answer).end()).isEqualTo(End.MISS);
  }

  @Test
  void readShared_noTimeLeft_endsAtTheDeadline() throws Exception {
    var answer = read();
    var peer = peer();
    peer.request();
    time.advance(1_000_000_000L);
    peer.send(located(file.toString(), place(OFFSET + 1, value)));

    assertThat(get(answer)).isEqualTo(new Fetched(List.of(), End.DEADLINE));
  }

  @Test
  void readShared_fileIsCut_isNotTriedForAWhile() throws Exception {
    try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(OFFSET + LENGTH - 1);
    }
    assertAvoids(located(file.toString(), place(OFFSET, value)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/nowhere/pool", "relative", "", "/dev/zero", "/", "/proc/self/mem"})
  void readShared_otherPaths_areNotOpened(String path) throws Exception {
    assertAvoids(located(path, place(OFFSET, value)));
  }

  @Test
  void readShared_linksAndPipes_areNotOpened() throws Exception {
    var link = Files.createSymbolicLink(directory.resolve(POOL.replace("0a0a", "0b0b")), file);
    assertAvoids(located(link.toString(), place(OFFSET, value)));
    var pipe = directory.resolve(POOL.replace("0a0a", "0c0c"));
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    time.advance(30_000_000_000L);
    assertAvoids(located(pipe.toString(), place(OFFSET, value)));
    Files.createLink(directory.resolve("second"), file);
    time.advance(30_000_000_000L);
    assertAvoids(located(file.toString(), place(OFFSET, value)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"NOSHARE store.share-directory: none", "ERR unknown command"})
  void readShared_nothingIsShared_isNotTriedForAWhile(String error) throws Exception {
    assertAvoids("-" + error + "\r\n");
  }

  /// Asks twice, and once more after a while.
  private void assertAvoids(String reply) throws Exception {
    var answer = read();
    var peer = peer();
    assertThat(peer.request()).first().isEqualTo("KVC.WHERE");
    peer.send(reply);
    assertReadsOtherwise(peer, answer);
    assertReadsOtherwise(peer, read());
    time.advance(30_000_000_000L);
    var later = read();
    assertThat(peer.request()).first().isEqualTo("KVC.WHERE");
    peer.send(reply);
    assertReadsOtherwise(peer, later);
  }

  @ParameterizedTest
  @ValueSource(strings = {"pool", POOL + "0", "x" + POOL, POOL + "\n", "incipit-pool-"})
  void readShared_otherNames_areNotOpened(String name) throws Exception {
    var other = directory.resolve(name);
    write(other, value);
    assertAvoids(located(other.toString(), place(OFFSET, value)));
  }

  @Test
  void readShared_fileOnADisk_isNotOpened() throws Exception {
    assumeFalse(Files.getFileStore(disk).type().equals("tmpfs"));
    var other = disk.resolve(POOL);
    write(other, value);
    assertAvoids(located(other.toString(), place(OFFSET, value)));
  }

  @Test
  void readShared_whereOthersReplaceFiles_isNotOpened() throws Exception {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertAvoids(located(file.toString(), place(OFFSET, value)));
  }

  @Test
  void readShared_serverElsewhere_isNotOpened() throws Exception {
    network.local = false;
    assertAvoids(located(file.toString(), place(OFFSET, value)));
  }

  @Test
  void readShared_refused_isWhatTheReadSays() throws Exception {
    var answer = read();
    var peer = peer();
    peer.request();
    peer.send("-NONAMESPACE kv (expected: one that exists)\r\n");
    peer.request();
    peer.send("-NONAMESPACE kv (expected: one that exists)\r\n");
    assertThatThrownBy(() -> get(answer))
        .isInstanceOfSatisfying(
            ClientException.Refused.class,
            refused -> assertThat(refused.code()).isEqualTo(ErrorCode.NONAMESPACE));
    var again = read();
    assertThat(peer.request()).first().isEqualTo("KVC.WHERE");
    peer.send(located(file.toString()));
    assertThat(get(again)).isEqualTo(new Fetched(List.of(), End.MISS));
  }

  @Test
  void readShared_connectionEnds_fails() throws Exception {
    var answer = read();
    peer().end();
    assertThatThrownBy(() -> get(answer)).isInstanceOf(ClientException.ConnectionLost.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "+OK\r\n",
        "*0\r\n",
        "*1\r\n+END\r\n",
        "*2\r\n$1\r\nx\r\n+MISS 0\r\n",
        "*3\r\n*2\r\n$1\r\nx\r\n:1\r\n*4\r\n:-1\r\n:0\r\n:1\r\n$0\r\n\r\n+MISS 1\r\n",
        "*3\r\n*2\r\n$1\r\nx\r\n:1\r\n*4\r\n:0\r\n:-1\r\n:1\r\n$0\r\n\r\n+MISS 1\r\n",
        "*3\r\n*2\r\n$1\r\nx\r\n:1\r\n*4\r\n:0\r\n:1\r\n:1\r\n$0\r\n\r\n+MISS 1\r\n",
        "*3\r\n*2\r\n$1\r\nx\r\n:1\r\n*4\r\n:0\r\n:4294967296\r\n:1\r\n$0\r\n\r\n+MISS 1\r\n",
        "*2\r\n*2\r\n$1\r\nx\r\n:1\r\n+MISS 1\r\n"
      })
  void readShared_noSuchReply_endsTheConnection(String reply) {
    var answer = read();
    peer().send(reply);
    assertThatThrownBy(() -> get(answer)).isInstanceOf(ClientException.ConnectionLost.class);
  }

  @Test
  void readShared_moreThanAnArrayHas_readsOtherwise() throws Exception {
    var sparse = directory.resolve(POOL.replace("0a0a", "0d0d"));
    write(sparse, value);
    try (var channel = FileChannel.open(sparse, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(1), 1L << 30);
    }
    var places = new ArrayList<String>();
    for (int i = 0; i < 9; i++) {
      var zeros = "$16384\r\n" + "\0".repeat(16_384) + "\r\n";
      places.add("*4\r\n:0\r\n:%d\r\n:7\r\n".formatted(256 << 20) + zeros);
    }
    var chain = BlockChain.of(1, 2, 3, 4, 5, 6, 7, 8, 9);
    var answer = client.readShared("kv", chain, 0, Duration.ofSeconds(1));
    var peer = peer();
    peer.request();
    peer.send(located(sparse.toString(), places.toArray(String[]::new)));
    assertReadsOtherwise(peer, answer);
  }
}
