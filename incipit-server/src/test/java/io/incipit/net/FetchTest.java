// SPDX-License-Identifier: Apache-2.0
package io.incipit.net;

import static io.incipit.net.Bed.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.protocol.Limits;
import io.incipit.store.disk.DiskConfig;
import io.incipit.store.memory.Pieces;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `KVC.FETCH` over a connection without sockets: what comes, in which order, and why no more does.
class FetchTest {
  private static final int MIB = 1 << 20;
  private static final String OK = "+OK\r\n";
  private static final String LEFT_OUT = "*-1\r\n";

  @TempDir Path directory;

  private Bed bed = new Bed();

  @AfterEach
  void close() throws InterruptedException {
    bed.close();
  }

  private static String value(int seed, int bytes) {
    var random = new byte[bytes];
    new Random(seed).nextBytes(random);
    return new String(random, StandardCharsets.ISO_8859_1);
  }

  /// What is sent of a value that is delivered.
  private static String block(String value) {
    var bytes = Bed.bytes(value);
    int pieces = Pieces.count(bytes.length);
    var sums = ByteBuffer.allocate(pieces * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int piece = 0; piece < pieces; piece++) {
      var sum = new CRC32C();
      sum.update(bytes, Pieces.from(piece), Pieces.length(piece, bytes.length));
      sums.putInt((int) sum.getValue());
    }
    return "*2\r\n" + bulk(new String(sums.array(), StandardCharsets.ISO_8859_1)) + bulk(value);
  }

  private static String bulk(String value) {
    return "$" + value.length() + "\r\n" + value + "\r\n";
  }

  /// A whole reply.
  private static String reply(String end, String... blocks) {
    return "*" + (blocks.length + 1) + "\r\n" + String.join("", blocks) + "+" + end + "\r\n";
  }

  private long stat(String name) {
    return bed.context.stat(name);
  }

  private void put(String key, String value) {
    assertThat(bed.ask("SET", key, value)).isEqualTo(OK);
  }

  /// Holds replies against each other without showing megabytes.
  private static void assertSame(String reply, String expected) {
    int same = 0;
    int most = Math.min(reply.length(), expected.length());
    while (same < most && reply.charAt(same) == expected.charAt(same)) {
      same++;
    }
    var rest = reply.substring(same, Math.min(reply.length(), same + 80));
    assertThat(reply.equals(expected)).as("differs at %d of %d: %s", same, most, rest).isTrue();
  }

  @Test
  void fetch_allThere_givesThemInOrderWithTheirChecksums() {
    var values = List.of(value(1, 200_000), "", value(2, 16 << 10), value(3, 64 << 10), "x");
    for (int i = 0; i < values.size(); i++) {
      put("k" + i, values.get(i));
    }
    long hits = stat("store-hits");

    assertSame(
        bed.ask("KVC.FETCH", "0", "k0", "k1", "k2", "k3", "k4", "k0"),
        reply(
            "END",
            block(values.get(0)),
            block(""),
            block(values.get(2)),
            block(values.get(3)),
            block("x"),
            block(values.get(0))));
    assertThat(stat("store-hits") - hits).isEqualTo(6);
    assertThat(stat("store-misses")).isZero();
  }

  @Test
  void fetch_missInTheMiddle_endsBeforeIt() {
    put("a", "1");
    put("c", "3");

    assertThat(bed.ask("KVC.FETCH", "0", "a", "b", "c")).isEqualTo(reply("MISS 1", block("1")));
    assertThat(bed.ask("KVC.FETCH", "1000", "b", "a")).isEqualTo(reply("MISS 0"));
    assertThat(bed.ask("KVC.FETCH", "0", "a", "x".repeat(Limits.KEY_BYTES_MAX + 1)))
        .isEqualTo(reply("MISS 1", block("1")));
    assertThat(stat("store-hits")).isEqualTo(2);
    assertThat(stat("store-misses")).isEqualTo(3);
  }

  @Test
  void fetch_resp3_saysWhatIsLeftOutInItsForm() {
    put("a", "wrong".repeat(10));
    bed.flip("wrong".repeat(10), 0);
    bed.clock.advance(Duration.ofSeconds(61));
    bed.ask("HELLO", "3");

    assertThat(bed.ask("KVC.FETCH", "0", "a")).isEqualTo("*2\r\n_\r\n+BAD 0\r\n");
  }

  @ParameterizedTest
  @ValueSource(ints = {5_000, 100_000, 2 * MIB})
  void fetch_wrongFirst_givesNothing(int bytes) {
    put("a", value(1, bytes));
    put("b", value(2, bytes));
    bed.flip(value(1, bytes).substring(bytes - 1_000), 500);
    bed.clock.advance(Duration.ofSeconds(61));

    assertThat(bed.ask("KVC.FETCH", "0", "a", "b")).isEqualTo(reply("BAD 0", LEFT_OUT, LEFT_OUT));
    assertThat(bed.ask("KVC.FETCH", "0", "a", "b")).isEqualTo(reply("MISS 0"));
    assertThat(stat("store-corrupt")).isEqualTo(1);
    assertThat(bed.channel.isOpen()).isTrue();
  }

  @Test
  void fetch_wrongInTheMiddle_givesTheWholeOnesBefore_andTheConnectionGoesOn() {
    for (int i = 0; i < 3; i++) {
      put("k" + i, value(i, 2 * MIB));
    }
    bed.flip(value(1, 2 * MIB).substring(MIB + 5, MIB + 1_000), 0);
    bed.clock.advance(Duration.ofSeconds(61));

    assertSame(
        bed.ask("KVC.FETCH", "0", "k0", "k1", "k2"),
        reply("BAD 1", block(value(0, 2 * MIB)), LEFT_OUT, LEFT_OUT));
    assertThat(bed.ask("PING")).isEqualTo("+PONG\r\n");
  }

  @Test
  void fetch_wrongWithinVerifyAge_isSentWithTheChecksumsThatShowIt() {
    put("k", value(1, 100_000));
    bed.flip(value(1, 100_000).substring(0, 1_000), 0);
    var sent = bed.ask("KVC.FETCH", "0", "k");

    var right = reply("END", block(value(1, 100_000)));
    assertThat(sent).hasSameSizeAs(right);
    assertThat(sent.equals(right)).isFalse();
  }

  @Test
  void fetch_foundWrongByAnother_isNotSent() {
    put("a", value(1, 100_000));
    put("b", value(2, 6 * MIB));
    bed.clock.advance(Duration.ofSeconds(61));
    bed.flip(value(1, 100_000).substring(0, 1_000), 0);
    var other = new Bed(bed);
    // Nine turns for the first; the second is pinned meanwhile.
    bed.write(Bed.bytes(request("KVC.FETCH", "0", "b", "a")));
    assertThat(other.ask("GET", "a")).isEqualTo("$-1\r\n");

    assertSame(bed.settle(), reply("BAD 1", block(value(2, 6 * MIB)), LEFT_OUT));
    other.channel.finishAndReleaseAll();
  }

  @Test
  void fetch_tooShortByTheGuess_givesWhatItSuffices() {
    // A guess of 1 GiB a second: 5 ms are 5.12 MiB.
    for (int i = 0; i < 7; i++) {
      put("k" + i, value(i, MIB));
    }
    var keys = new ArrayList<>(List.of("KVC.FETCH", "5"));
    for (int i = 0; i < 7; i++) {
      keys.add("k" + i);
    }
    var blocks = new String[5];
    for (int i = 0; i < blocks.length; i++) {
      blocks[i] = block(value(i, MIB));
    }

    assertSame(bed.ask(keys.toArray(String[]::new)), reply("DEADLINE 5", blocks));
  }

  @Test
  void fetch_clientThatIsSlow_getsLessOfTheNext_untilThatIsLongAgo() {
    put("k", value(1, MIB));
    bed.channel.deaf(true);
    bed.write(Bed.bytes(request("KVC.FETCH", "0", "k")));
    bed.clock.advance(Duration.ofMillis(500));
    bed.channel.deaf(false);
    assertSame(bed.settle(), reply("END", block(value(1, MIB))));

    // Half a second for a MiB, and the guess counts as another.
    assertThat(bed.ask("KVC.FETCH", "200", "k")).isEqualTo(reply("DEADLINE 0"));
    assertSame(bed.ask("KVC.FETCH", "300", "k"), reply("END", block(value(1, MIB))));
    assertThat(bed.ask("KVC.FETCH", "20", "k")).isEqualTo(reply("DEADLINE 0"));
    bed.clock.advance(Duration.ofSeconds(100));
    assertSame(bed.ask("KVC.FETCH", "20", "k"), reply("END", block(value(1, MIB))));
  }

  @Test
  void fetch_clientThatDoesNotRead_isCountedAgainstItsNextOne() {
    put("k", value(1, MIB));
    bed.channel.deaf(true);
    bed.write(Bed.bytes(request("KVC.FETCH", "0", "k").repeat(4)));
    bed.write(Bed.bytes(request("KVC.FETCH", "4", "k") + request("KVC.FETCH", "6", "k")));
    bed.channel.deaf(false);

    var whole = reply("END", block(value(1, MIB)));
    assertSame(bed.settle(), whole.repeat(4) + reply("DEADLINE 0") + whole);
  }

  @Test
  void fetch_clientThatTakesNothing_pinsWithinBounds_andLetsGo() {
    put("k", value(1, 4 * MIB));
    bed.channel.deaf(true);
    var keys = new ArrayList<>(List.of("KVC.FETCH", "0"));
    for (int i = 0; i < 200; i++) {
      keys.add("k");
    }
    bed.write(Bed.bytes(request(keys.toArray(String[]::new))));
    assertThat(bed.handler.connection().outflow().isOpen()).isFalse();
    assertThat(bed.ask("DEL", "k")).isEmpty();
    var other = new Bed(bed);
    assertThat(other.ask("DEL", "k")).isEqualTo(":1\r\n");
    var _ = bed.channel.close();
    bed.channel.runPendingTasks();
    other.settle();
    bed.clock.advance(Duration.ofSeconds(1));
    bed.awaitSweep();
    assertThat(stat("store-bytes")).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "1.5", "soon", "86400001", "99999999999999999999999"})
  void fetch_deadlineThatIsNone_isRefused(String deadline) {
    assertThat(bed.ask("KVC.FETCH", deadline, "k"))
        .isEqualTo(
            "-SYNTAX deadline-ms: %s (expected: milliseconds, 1 to 86400000, or 0 for none)\r\n"
                .formatted(deadline));
  }

  @Test
  void fetch_inAnyPieces_hasTheSameReply() {
    put("a", value(1, 100_000));
    put("b", value(2, 1_000));
    put("c", value(3, 300_000));
    var sent = request("KVC.FETCH", "0", "a", "b", "c", "d") + request("MULTI");
    sent += request("KVC.FETCH", "1000", "b") + request("EXEC") + request("KVC.FETCH", "0", "d");
    var whole = bed.send(sent);
    assertThat(whole).endsWith("*1\r\n" + reply("END", block(value(2, 1_000))) + reply("MISS 0"));
    for (int piece = 1; piece < sent.length(); piece++) {
      var replies = new StringBuilder();
      for (int at = 0; at < sent.length(); at += piece) {
        bed.write(Bed.bytes(sent.substring(at, Math.min(sent.length(), at + piece))));
        replies.append(bed.read());
      }
      replies.append(bed.settle());
      assertThat(replies.toString().equals(whole)).as("pieces of %d", piece).isTrue();
    }
  }

  private void withDisk() throws InterruptedException {
    bed.close();
    bed = new Bed(new DiskConfig(directory, 64 << 20, 4 << 20, 4 << 20, 8, false));
  }

  /// Puts values that have no room in memory together, each a chain of its own: of one chain the
  /// end is given up first, and nothing before an end that is pinned.
  private String[] putMany(int count, int bytes) {
    var keys = new String[count];
    for (int i = 0; i < count; i++) {
      keys[i] = "k" + i;
      put(keys[i], value(i, bytes));
      bed.clock.advance(Duration.ofMillis(100));
    }
    return keys;
  }

  private static String[] fetch(String deadline, String... keys) {
    var words = new ArrayList<>(List.of("KVC.FETCH", deadline));
    words.addAll(List.of(keys));
    return words.toArray(String[]::new);
  }

  @Test
  void fetch_valuesOnDisk_bringsThemInOrder() throws InterruptedException {
    withDisk();
    var all = putMany(20, MIB / 2);
    assertThat(firstOnDisk(all)).isZero();
    // Some of them left memory, and half as many as it holds are fetched.
    var order = new int[] {19, 0, 18, 1, 2, 17, 3, 16};
    var keys = Arrays.stream(order).mapToObj(i -> all[i]).toArray(String[]::new);
    var blocks =
        Arrays.stream(order).mapToObj(i -> block(value(i, MIB / 2))).toArray(String[]::new);
    long before = stat("store-promoted");
    long hits = stat("store-hits");

    assertSame(bed.ask(fetch("0", keys)), reply("END", blocks));
    assertThat(stat("store-promoted") - before).isGreaterThanOrEqualTo(4);
    assertThat(stat("store-hits") - hits).isEqualTo(keys.length);
    assertThat(stat("store-misses")).isZero();
  }

  @Test
  void fetch_wrongOnDisk_endsThere() throws Exception {
    withDisk();
    var keys = putMany(20, MIB / 2);
    var onDisk = firstOnDisk(keys);
    flipOnDisk(value(onDisk, MIB / 2).substring(200_000, 201_000));

    assertThat(bed.ask(fetch("0", keys[onDisk], keys[onDisk])))
        .isEqualTo(reply("BAD 0", LEFT_OUT, LEFT_OUT));
    assertThat(bed.ask(fetch("0", keys[onDisk]))).isEqualTo(reply("MISS 0"));
  }

  private int firstOnDisk(String... keys) {
    for (int i = 0; i < keys.length; i++) {
      if (!bed.context.store().isInMemory(Bed.bytes(keys[i]))) {
        return i;
      }
    }
    throw new AssertionError("all in memory");
  }

  private void flipOnDisk(String text) throws Exception {
    try (var files = Files.walk(directory)) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        var bytes = Files.readAllBytes(file);
        int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf(text);
        if (at >= 0) {
          bytes[at] ^= 1;
          Files.write(file, bytes);
          return;
        }
      }
    }
    throw new AssertionError("not on disk");
  }

  @Test
  void fetch_deadlineOverWhileDiskIsRead_wakesAndLeavesItOut() throws InterruptedException {
    withDisk();
    var keys = putMany(20, MIB / 2);
    var onDisk = keys[firstOnDisk(keys)];
    // By the guess half a MiB takes 1 ms from disk and half a one to send.
    assertThat(bed.ask(fetch("1", onDisk))).isEqualTo(reply("DEADLINE 0"));
    var free = new CountDownLatch(1);
    occupyReaders(free);
    bed.write(Bed.bytes(request(fetch("10", onDisk))));
    bed.clock.advance(Duration.ofMillis(10));
    bed.channel.advanceTimeBy(10, TimeUnit.MILLISECONDS);
    bed.channel.runScheduledPendingTasks();
    bed.channel.runPendingTasks();

    assertThat(bed.read()).isEqualTo(reply("DEADLINE 0", LEFT_OUT));
    assertThat(bed.handler.connection().isBusy()).isFalse();
    free.countDown();
  }

  private void occupyReaders(CountDownLatch free) {
    for (int reader = 0; reader < 4; reader++) {
      bed.context
          .store()
          .offload(
              () -> {
                try {
                  free.await();
                } catch (InterruptedException interrupted) {
                  Thread.currentThread().interrupt();
                }
              });
    }
  }
}
