// SPDX-License-Identifier: Apache-2.0
package io.incipit.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.incipit.env.RandomSource;
import io.incipit.store.disk.DiskConfig;
import io.incipit.store.share.SharedPool;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// Where blocks are, over a connection without sockets, and what a reader finds there.
@EnabledOnOs(OS.LINUX)
class WhereTest {
  private static final Path SHM = Path.of("/dev/shm");
  private static final String OK = "+OK\r\n";
  private static final String A = "a0a0a0a0a0a0a0a0";
  private static final String B = "b1b1b1b1b1b1b1b1";
  private static final String C = "c2c2c2c2c2c2c2c2";
  private static final Pattern PLACE =
      Pattern.compile("\\*4\r\n:(\\d+)\r\n:(\\d+)\r\n:(\\d+)\r\n\\$(\\d+)\r\n", Pattern.DOTALL);

  @TempDir Path directory;
  private Optional<Bed> bed = Optional.empty();

  private Bed open(int bytes, Optional<DiskConfig> disk) throws IOException {
    assumeTrue(Files.isWritable(SHM));
    var made = new Bed(SharedPool.open(SHM, bytes, RandomSource.system()), disk);
    bed = Optional.of(made);
    made.ask("KVC.NAMESPACE", "CREATE", "chat", "BLOCKTOKENS", "16", "HASHBYTES", "8");
    assertThat(made.ask("KVC.ATTACH", "chat")).isEqualTo(OK);
    return made;
  }

  @AfterEach
  void close() throws InterruptedException {
    if (bed.isPresent()) {
      bed.get().close();
    }
  }

  private static String text(int seed, int bytes) {
    var value = new byte[bytes];
    new Random(seed).nextBytes(value);
    return new String(value, StandardCharsets.ISO_8859_1);
  }

  private static void put(Bed bed, String parent, String hash, String part, String value) {
    assertThat(bed.ask("KVC.PUT", "chat", "p", parent, hash, part, value)).isEqualTo(OK);
  }

  private static String where(Bed bed, String part, String hashes) {
    return bed.ask("KVC.WHERE", "0", "chat", part, hashes, "HEX");
  }

  /// The file that a reply names.
  private static Path file(String reply) {
    var lines = reply.split("\r\n", 5);
    assertThat(lines[1]).isEqualTo("*2");
    return Path.of(lines[3]);
  }

  /// The bytes of the values that a reply names, one after the other, compared with its checksums.
  private static String bytes(String reply) throws IOException {
    var all = new StringBuilder();
    var place = PLACE.matcher(reply);
    for (int from = 0; place.find(from); from = place.end()) {
      var value = new byte[Integer.parseInt(place.group(2))];
      try (var file = new RandomAccessFile(file(reply).toFile(), "r")) {
        file.seek(Long.parseLong(place.group(1)));
        file.readFully(value);
      }
      var sums = new StringBuilder();
      for (int at = 0; at < value.length; at += 65_536) {
        var crc = new CRC32C();
        crc.update(value, at, Math.min(65_536, value.length - at));
        for (int shift = 0; shift < 32; shift += 8) {
          sums.append((char) (crc.getValue() >>> shift & 0xFF));
        }
      }
      assertThat(reply.substring(place.end(), place.end() + Integer.parseInt(place.group(4))))
          .isEqualTo(sums.toString());
      all.append(new String(value, StandardCharsets.ISO_8859_1));
    }
    return all.toString();
  }

  @Test
  void where_leadingBlocks_areReadFromTheFile() throws IOException {
    var bed = open(8 << 20, Optional.empty());
    var large = text(1, 200_000);
    put(bed, "", A, "0/2", "left");
    put(bed, "", A, "1/2", "right");
    put(bed, A, B, "0/1", large);
    bed.ask("KVC.COMMIT", "chat", "p");

    var reply = where(bed, "0", A + B + C);
    assertThat(reply)
        .startsWith("*4\r\n*2\r\n$")
        .contains("\r\n:30000\r\n")
        .endsWith("+MISS 2\r\n");
    assertThat(bytes(reply)).isEqualTo("left" + large);
    var second = where(bed, "1", A + B);
    assertThat(second).endsWith("+MISS 1\r\n");
    assertThat(bytes(second)).isEqualTo("right");
    assertThat(where(bed, "0", A)).startsWith("*3\r\n").endsWith("+END\r\n");
    assertThat(where(bed, "2", A)).startsWith("*2\r\n").endsWith("+MISS 0\r\n");
    assertThat(where(bed, "0", "")).startsWith("*2\r\n").endsWith("+END\r\n");
    assertThat(where(bed, "0", A.repeat(16_384))).startsWith("*16386\r\n").endsWith("+END\r\n");
    assertThat(where(bed, "0", A.repeat(16_385))).startsWith("-LIMIT hashes: 16385");
  }

  @Test
  void where_countsAsTheReadDoes() throws IOException {
    var bed = open(8 << 20, Optional.empty());
    put(bed, "", A, "0/1", "value");
    bed.ask("KVC.COMMIT", "chat", "p");
    long hits = bed.context.stat("store-hits");
    long misses = bed.context.stat("store-misses");
    where(bed, "0", A + B);
    long hitsOfWhere = bed.context.stat("store-hits") - hits;
    long missesOfWhere = bed.context.stat("store-misses") - misses;
    bed.ask("KVC.READ", "0", "chat", "0", A + B, "HEX");

    assertThat(hitsOfWhere).isEqualTo(1);
    assertThat(missesOfWhere).isEqualTo(1);
    assertThat(bed.context.stat("store-hits") - hits).isEqualTo(2);
    assertThat(bed.context.stat("store-misses") - misses).isEqualTo(2);
  }

  @Test
  void where_leased_staysAndGoesAfterTheLease() throws IOException {
    var bed = open(1 << 20, Optional.empty());
    var value = text(1, 300_000);
    put(bed, "", A, "0/1", value);
    bed.ask("KVC.COMMIT", "chat", "p");
    bed.clock.advance(Duration.ofSeconds(60));
    var reply = where(bed, "0", A);
    for (int i = 0; i < 20; i++) {
      bed.ask("SET", "key-" + i, text(2 + i, 300_000));
    }
    assertThat(bytes(reply)).isEqualTo(value);
    assertThat(where(bed, "0", A)).endsWith("+END\r\n");
    bed.clock.advance(Duration.ofSeconds(31));
    for (int i = 0; i < 20; i++) {
      bed.ask("SET", "key-" + i, text(2 + i, 300_000));
    }
    assertThat(where(bed, "0", A)).endsWith("+MISS 0\r\n");
  }

  @Test
  void where_onDiskOnly_isBroughtUp() throws Exception {
    var bed = open(1 << 20, Optional.of(DiskConfig.of(directory, 64 << 20)));
    var value = text(1, 300_000);
    put(bed, "", A, "0/1", value);
    bed.ask("KVC.COMMIT", "chat", "p");
    for (int i = 0; i < 8; i++) {
      bed.clock.advance(Duration.ofSeconds(60));
      assertThat(bed.ask("SET", "key-" + i, text(2 + i, 300_000))).isEqualTo(OK);
    }
    bed.awaitTick(
        () -> bed.ask("KVC.MATCH", "chat", A, "TIER", "HOST", "HEX").contains("\r\n:0\r\n"));
    var reply = where(bed, "0", A);
    assertThat(reply).endsWith("+END\r\n");
    assertThat(bytes(reply)).isEqualTo(value);
    assertThat(bed.context.stat("store-promoted")).isPositive();
  }

  @Test
  void where_namespaceIsDropped_isRefused() throws IOException {
    var bed = open(8 << 20, Optional.empty());
    put(bed, "", A, "0/1", "value");
    bed.ask("KVC.COMMIT", "chat", "p");
    bed.ask("KVC.NAMESPACE", "DROP", "chat");
    assertThat(where(bed, "0", A)).startsWith("-NONAMESPACE chat");
    assertThat(where(bed, "0", "xy")).startsWith("-NONAMESPACE chat");
  }

  @Test
  void where_nothingIsShared_isRefused() throws InterruptedException {
    var alone = new Bed();
    alone.ask("KVC.NAMESPACE", "CREATE", "chat", "BLOCKTOKENS", "16", "HASHBYTES", "8");
    alone.ask("KVC.ATTACH", "chat");
    assertThat(where(alone, "0", A)).startsWith("-NOSHARE store.share-directory: none (expected:");
    alone.close();
  }
}
