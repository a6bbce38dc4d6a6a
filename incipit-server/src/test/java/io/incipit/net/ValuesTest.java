// SPDX-License-Identifier: Apache-2.0
package io.incipit.net;

import static io.incipit.net.Bed.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.protocol.Limits;
import io.incipit.store.disk.DiskConfig;
import io.netty.buffer.ByteBuf;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Values over a connection without sockets: what comes in pieces, what finds no room, and what is
/// wrong in memory. Replies as such are held against a real Redis elsewhere.
class ValuesTest {
  private static final int MIB = 1 << 20;
  private static final String OK = "+OK\r\n";
  private static final String NOTHING = "$-1\r\n";
  private static final String CHUNK = "org/model@2@%d@1111222233334444@bfloat16%s";

  private final Bed bed = new Bed();

  @AfterEach
  void close() throws InterruptedException {
    bed.close();
  }

  private static String value(int seed, int bytes) {
    var letters = new char[bytes];
    var random = new Random(seed);
    for (int i = 0; i < bytes; i++) {
      letters[i] = (char) random.nextInt(256);
    }
    return new String(letters);
  }

  private static String bulk(String value) {
    return "$" + value.length() + "\r\n" + value + "\r\n";
  }

  private long stat(String name) {
    return bed.context.stat(name);
  }

  @Test
  void conversation_inAnyPieces_hasTheSameReplies() {
    var conversation =
        request("SET", "a", value(1, 100_000), "EX", "100")
            + request("GET", "a")
            + request("SET", "a", value(2, Limits.VALUE_BYTES_APART), "NX")
            + request("SET", "a", value(3, Limits.VALUE_BYTES_APART - 1), "GET")
            + request("SETEX", "b", "100", value(4, 50_000))
            + request("SETNX", "b", value(5, 50_000))
            + request("MGET", "a", "none", "b")
            + request("SET", "c", value(6, 40_000), "WRONG")
            + request("SET", "x".repeat(Limits.KEY_BYTES_MAX + 1), value(7, 40_000))
            + request("MULTI")
            + request("SET", "d", value(8, 70_000))
            + request("STRLEN", "d")
            + request("EXEC")
            + request("GET", "d")
            + request("DEL", "a", "b", "d");
    var whole = bed.send(conversation);
    assertThat(whole)
        .startsWith(OK + bulk(value(1, 100_000)) + NOTHING + bulk(value(1, 100_000)))
        .contains("-LIMIT key: 1025 bytes (expected: at most 1024)")
        .endsWith(bulk(value(8, 70_000)) + ":3\r\n");
    for (int seed = 0; seed < 100; seed++) {
      var random = new Random(seed);
      var replies = new StringBuilder();
      for (int at = 0; at < conversation.length(); ) {
        int most = random.nextInt(4) == 0 ? 8 : 70_000;
        int to = Math.min(conversation.length(), at + 1 + random.nextInt(most));
        bed.write(Bed.bytes(conversation.substring(at, to)));
        if (random.nextBoolean()) {
          replies.append(bed.settle());
        }
        at = to;
      }
      replies.append(bed.settle());
      assertThat(replies.toString().equals(whole)).as("seed %d", seed).isTrue();
    }
    bed.clock.advance(Duration.ofSeconds(1));
    bed.awaitSweep();
    assertThat(stat("store-keys")).isZero();
    assertThat(stat("store-bytes")).isZero();
    assertThat(stat("store-puts-open")).isZero();
  }

  /// A buffer as a socket would ask for one.
  private ByteBuf toReadInto() {
    var handle = bed.channel.config().getRecvByteBufAllocator().newHandle();
    return handle.allocate(bed.channel.alloc());
  }

  /// Reads from a socket: as much as the buffer has room for.
  ///
  /// @return where the next read begins
  private int read(byte[] sent, int from) {
    var into = toReadInto();
    int count = Math.min(into.writableBytes(), sent.length - from);
    into.writeBytes(sent, from, count);
    bed.channel.writeInbound(into);
    return from + count;
  }

  @Test
  void valueInReadsOfASocket_goesToItsPlaceUncopied_andIsWhatWasSent() {
    int bytes = MIB + 5;
    var sent = Bed.bytes(request("SET", "k", value(1, bytes)) + request("GET", "k"));
    int at = read(sent, 0);
    assertThat(at).as("the first read knows of no place").isEqualTo(EventLoopContext.READ_BYTES);
    while (at < bytes - EventLoopContext.READ_BYTES) {
      var into = toReadInto();
      assertThat(into.writableBytes()).isGreaterThan(EventLoopContext.READ_BYTES);
      into.release();
      at = read(sent, at);
    }
    while (at < sent.length) {
      at = read(sent, at);
    }

    assertThat(bed.settle()).isEqualTo(OK + bulk(value(1, bytes)));
  }

  @Test
  void valueOf64KiB_andTheWordsAroundIt_areOneRead() {
    var sent = Bed.bytes(request("SET", "k".repeat(100), value(1, 64 << 10)));

    assertThat(read(sent, 0)).isEqualTo(sent.length);
    assertThat(bed.settle()).isEqualTo(OK);
  }

  @Test
  void readIntoAPlace_whenTheConnectionHasEnded_isAUsualOne() {
    read(Bed.bytes(request("SET", "k", value(1, MIB))), 0);
    var into = toReadInto();
    assertThat(into.writableBytes()).isGreaterThan(EventLoopContext.READ_BYTES);
    into.release();
    bed.handler.connection().abort("test");

    var usual = toReadInto();
    assertThat(usual.writableBytes()).isEqualTo(EventLoopContext.READ_BYTES);
    usual.release();
  }

  @Test
  void valueAtItsLimit_isTakenOrRefused_andTheConnectionGoesOn() {
    bed.write(Bed.bytes("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$" + (Limits.VALUE_BYTES_MAX + 1) + "\r\n"));
    var piece = new byte[MIB];
    for (int sent = 0; sent < Limits.VALUE_BYTES_MAX; sent += MIB) {
      bed.write(piece);
    }
    assertThat(bed.send("x\r\n"))
        .isEqualTo("-LIMIT value: 268435457 bytes (expected: at most 268435456)\r\n");
    assertThat(bed.ask("PING")).isEqualTo("+PONG\r\n");
    bed.write(Bed.bytes("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$" + (Limits.VALUE_BYTES_READ_MAX + 1L)));
    assertThat(bed.send("\r\n")).startsWith("-ERR Protocol error: invalid bulk length");
  }

  @Test
  void leasedValue_isNotEvicted_untilItsLeaseIsOver() {
    assertThat(bed.ask("SET", "first", value(1, 6 * MIB))).isEqualTo(OK);
    assertThat(bed.ask("EXISTS", "first", "none")).isEqualTo(":1\r\n");
    assertThat(bed.ask("SET", "second", value(2, 6 * MIB)))
        .startsWith("-OOM the store has no room");
    assertThat(bed.ask("MSET", "x", "1", "y", value(2, 3 * MIB))).startsWith("-OOM");
    assertThat(bed.ask("EXISTS", "x", "y", "second")).isEqualTo(":0\r\n");
    assertThat(bed.ask("GET", "first")).isEqualTo(bulk(value(1, 6 * MIB)));
    bed.clock.advance(Duration.ofSeconds(31));
    assertThat(bed.ask("SET", "second", value(2, 6 * MIB))).isEqualTo(OK);
    assertThat(bed.ask("MGET", "first", "second"))
        .isEqualTo("*2\r\n" + NOTHING + bulk(value(2, 6 * MIB)));
    assertThat(stat("store-evicted")).isEqualTo(1);
  }

  @Test
  void changesOfWhatIsOnDisk_leaveNothingPinned(@TempDir Path directory) throws Exception {
    var disk = new DiskConfig(directory, 64 * MIB, 4 * MIB, 16 * MIB, 4, false);
    var other = new Bed(disk);
    for (int i = 0; i < 12; i++) {
      other.clock.advance(Duration.ofSeconds(1));
      assertThat(other.ask("SET", "k" + i, value(i, MIB))).isEqualTo(OK);
    }
    // The first ones have left memory.
    assertThat(other.ask("SET", "k0", "new", "GET")).isEqualTo(bulk(value(0, MIB)));
    assertThat(other.ask("EXPIRE", "k1", "100")).isEqualTo(":1\r\n");
    assertThat(other.ask("SET", "k2", "new", "NX", "GET")).isEqualTo(bulk(value(2, MIB)));
    assertThat(other.context.stat("store-promoted")).isEqualTo(3);
    assertThat(other.ask("FLUSHALL")).isEqualTo(OK);
    other.clock.advance(Duration.ofSeconds(1));
    other.awaitSweep();
    assertThat(other.context.stat("store-bytes")).isZero();
    other.close();
  }

  @Test
  void missAfterExists_isCounted() {
    bed.ask("SET", "k", "v");
    assertThat(bed.ask("EXISTS", "k")).isEqualTo(":1\r\n");
    bed.ask("DEL", "k");
    assertThat(bed.ask("MGET", "k", "other")).isEqualTo("*2\r\n" + NOTHING + NOTHING);
    assertThat(stat("store-missed-after-exists")).isEqualTo(1);
    bed.clock.advance(Duration.ofSeconds(31));
    assertThat(bed.ask("GET", "k")).isEqualTo(NOTHING);
    assertThat(stat("store-missed-after-exists")).isEqualTo(1);
  }

  @Test
  void wrongBytes_areAMissOrTheEndOfTheConnection() {
    bed.ask("SET", "small", "s".repeat(2_000));
    bed.ask("SET", "large", value(1, 2 * MIB));
    bed.ask("SET", "late", value(2, 2 * MIB));
    bed.flip("s".repeat(2_000), 1_000);
    bed.flip(value(1, 2 * MIB).substring(1_000, 2_000), 0);
    bed.flip(value(2, 2 * MIB).substring(MIB, MIB + 1_000), 0);
    bed.clock.advance(Duration.ofSeconds(61));
    assertThat(bed.ask("GET", "small")).isEqualTo(NOTHING);
    assertThat(bed.ask("GET", "small")).isEqualTo(NOTHING);
    assertThat(bed.ask("GET", "large")).isEqualTo(NOTHING);
    assertThat(bed.ask("GETRANGE", "late", "0", "9"))
        .isEqualTo(bulk(value(2, 2 * MIB).substring(0, 10)));
    var half = bed.ask("GET", "late");
    assertThat(half.equals("$2097152\r\n" + value(2, 2 * MIB).substring(0, MIB))).isTrue();
    assertThat(bed.channel.isOpen()).isFalse();
    assertThat(stat("store-corrupt")).isEqualTo(3);
    var other = new Bed(bed);
    assertThat(other.ask("MGET", "small", "large", "late")).isEqualTo("*3\r\n" + NOTHING.repeat(3));
  }

  @Test
  void valueOfAClientThatIsGone_leavesNothing() {
    var start = request("SET", "k", value(1, MIB)).substring(0, 300_000);
    bed.write(Bed.bytes(start));
    assertThat(stat("store-puts-open")).isEqualTo(1);
    var other = new Bed(bed);
    var _ = bed.channel.close();
    bed.channel.runPendingTasks();
    other.settle();
    assertThat(stat("store-puts-open")).isZero();
    assertThat(stat("store-bytes")).isZero();
    assertThat(other.ask("EXISTS", "k")).isEqualTo(":0\r\n");
  }

  @Test
  void valueThatIsNotCompleteInTime_isRefused_andTheOldOneStays() {
    bed.ask("SET", "k", "old");
    var put = request("SET", "k", value(1, MIB));
    bed.write(Bed.bytes(put.substring(0, 300_000)));
    bed.clock.advance(Duration.ofSeconds(61));
    bed.awaitSweep();
    assertThat(bed.send(put.substring(300_000))).startsWith("-BUSY value: not complete within");
    assertThat(bed.ask("GET", "k")).isEqualTo(bulk("old"));
    assertThat(stat("store-abandoned")).isEqualTo(1);
  }

  @Test
  void family_goesAsAWhole_andItsMembersCountOnce() {
    for (int worker = 0; worker < 3; worker++) {
      bed.ask("SET", CHUNK.formatted(worker, "kv_bytes"), value(worker, 40_000));
      bed.ask("SET", CHUNK.formatted(worker, "metadata"), "meta");
    }
    assertThat(bed.ask("DEL", CHUNK.formatted(1, "metadata"))).isEqualTo(":1\r\n");
    assertThat(stat("store-keys")).isZero();
    assertThat(bed.ask("DEL", CHUNK.formatted(1, "metadata"))).isEqualTo(":0\r\n");
    assertThat(bed.ask("DEL", CHUNK.formatted(0, "metadata"))).isEqualTo(":1\r\n");
    assertThat(bed.ask("DEL", CHUNK.formatted(0, "metadata"))).isEqualTo(":0\r\n");
    bed.clock.advance(Duration.ofDays(6));
    assertThat(bed.ask("DEL", CHUNK.formatted(0, "kv_bytes"))).isEqualTo(":1\r\n");
    bed.clock.advance(Duration.ofDays(1));
    assertThat(bed.ask("DEL", CHUNK.formatted(2, "kv_bytes"))).isEqualTo(":0\r\n");
  }

  @Test
  void keyThatNamesItsContent_keepsItsFirstValue() {
    var key = CHUNK.formatted(0, "kv_bytes");
    assertThat(bed.ask("SET", key, value(1, 40_000))).isEqualTo(OK);
    assertThat(bed.ask("SET", key, value(2, 40_000))).isEqualTo(OK);
    assertThat(bed.ask("GET", key)).isEqualTo(bulk(value(1, 40_000)));
    assertThat(stat("store-puts-kept")).isEqualTo(1);
    assertThat(stat("store-keys")).isEqualTo(1);
  }

  @Test
  void expiredValue_isGoneAtOnce_andItsMemorySoon() {
    bed.ask("SET", "k", value(1, 50_000), "PX", "1000");
    bed.clock.advance(Duration.ofMillis(999));
    assertThat(bed.ask("EXISTS", "k")).isEqualTo(":1\r\n");
    bed.clock.advance(Duration.ofMillis(1));
    assertThat(bed.ask("EXISTS", "k")).isEqualTo(":0\r\n");
    assertThat(bed.ask("SET", "k", "new", "XX")).isEqualTo(NOTHING);
    assertThat(bed.ask("SCAN", "0", "COUNT", "100")).isEqualTo("*2\r\n$1\r\n0\r\n*0\r\n");
    bed.awaitSweep();
    assertThat(stat("store-bytes")).isZero();
    assertThat(stat("store-expired")).isEqualTo(1);
  }

  @Test
  void scan_meetsEveryKeyOnce_whateverElseChanges() {
    for (int i = 0; i < 3_000; i++) {
      bed.ask("SET", "stays:" + i, "v");
    }
    var random = new Random(1);
    var seen = new StringBuilder();
    var cursor = "0";
    do {
      var reply = bed.ask("SCAN", cursor, "MATCH", "stays:*", "COUNT", "50").split("\r\n", -1);
      cursor = reply[2];
      for (int i = 5; i < reply.length - 1; i += 2) {
        seen.append(reply[i]).append('\n');
      }
      for (int i = 0; i < 20; i++) {
        bed.ask("SET", "other:" + random.nextInt(2_000), "v");
        bed.ask("SET", "stays:" + random.nextInt(3_000), "w");
        bed.ask("DEL", "other:" + random.nextInt(2_000));
      }
    } while (!cursor.equals("0"));
    assertThat(seen.toString().lines()).hasSize(3_000).doesNotHaveDuplicates();
  }
}
