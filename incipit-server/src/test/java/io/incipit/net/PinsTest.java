// SPDX-License-Identifier: Apache-2.0
package io.incipit.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.store.disk.DiskConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Which blocks are read most, uses without a read, and pins, over a connection without sockets.
/// The pool has 8 MiB.
class PinsTest {
  private static final String OK = "+OK\r\n";
  private static final int MIB = 1 << 20;
  private static final String A = hash(1);
  private static final String B = hash(2);
  private static final String C = hash(3);

  @TempDir Path directory;

  private Bed bed = new Bed();

  private static String hash(int number) {
    return "%016x".formatted(number);
  }

  @BeforeEach
  void attach() {
    bed.ask("KVC.NAMESPACE", "CREATE", "chat", "BLOCKTOKENS", "16", "HASHBYTES", "8");
    assertThat(bed.ask("KVC.ATTACH", "chat")).isEqualTo(OK);
  }

  @AfterEach
  void close() throws InterruptedException {
    bed.close();
  }

  private void put(String parent, String hash, int bytes) {
    var value = "v".repeat(bytes);
    assertThat(bed.ask("KVC.PUT", "chat", "p", parent, hash, "0/1", value)).isEqualTo(OK);
    assertThat(bed.ask("KVC.COMMIT", "chat", "p")).startsWith("*3\r\n:1\r\n");
  }

  private String pin(String kind, long millis, String hashes) {
    return bed.ask("KVC.PIN", "chat", kind, "" + millis, hashes, "HEX");
  }

  private String unpin(String hashes) {
    return bed.ask("KVC.UNPIN", "chat", hashes, "HEX");
  }

  private String touch(String hashes) {
    return bed.ask("KVC.TOUCH", "chat", hashes, "HEX");
  }

  private String why(String hash) {
    return Rows.of(bed.ask("KVC.EXPLAIN", "chat", hash, "HEX")).getFirst().getOrDefault("why", "");
  }

  private List<Map<String, String>> hot(String... more) {
    var words = List.of("KVC.HOT", "chat");
    return Rows.of(bed.ask(concat(words, List.of(more)).toArray(String[]::new)));
  }

  private static List<String> concat(List<String> one, List<String> other) {
    return Stream.concat(one.stream(), other.stream()).toList();
  }

  /// Puts far more than there is room for.
  private void flood(int first) {
    for (int i = 0; i < 24; i++) {
      put("", hash(first + i), MIB / 2);
      bed.clock.advance(Duration.ofMillis(100));
    }
  }

  @Test
  void hot_cutsPathsIntoRuns_whereTheyPart() {
    put("", A, 1);
    put(A, B, 1);
    put(B, C, 1);
    put(B, hash(4), 1);
    bed.ask("KVC.READ", "0", "chat", "0", A + B + C, "HEX");
    bed.ask("KVC.READ", "0", "chat", "0", A + B + hash(4), "HEX");
    bed.ask("KVC.READ", "0", "chat", "0", A + B + hash(4) + hash(9), "HEX");
    bed.clock.advance(Duration.ofMillis(250));
    assertThat(hot())
        .extracting(row -> row.get("hash") + " " + row.get("hits") + " " + row.get("blocks"))
        .containsExactly(A + " 3 2", hash(4) + " 2 1", C + " 1 1");
    assertThat(hot("1").getFirst())
        .containsEntry("heat", "3.00")
        .containsEntry("error", "0.00")
        .containsEntry("before", "0")
        .containsEntry("tokens", "32")
        .containsEntry("idle-ms", "250");
    assertThat(hot("2", "HEX").getLast()).containsEntry("before", "2");
    bed.ask("FLUSHALL");
    assertThat(hot()).isEmpty();
  }

  @Test
  void hot_isOfOneNamespace() {
    put("", A, 1);
    touch(A);
    bed.ask("KVC.NAMESPACE", "CREATE", "other", "BLOCKTOKENS", "16", "HASHBYTES", "8");
    assertThat(bed.ask("KVC.HOT", "other")).isEqualTo("*0\r\n");
    bed.ask("KVC.ATTACH", "other");
    assertThat(bed.ask("KVC.HOT", "other")).isEqualTo("*0\r\n");
    assertThat(hot()).hasSize(1);
  }

  @Test
  void touch_countsAsARead_andSaysWhatIsThere() {
    put("", A, 3 * MIB);
    put("", B, 3 * MIB);
    assertThat(touch(A + C)).isEqualTo(":1\r\n");
    assertThat(touch(C + A)).isEqualTo(":0\r\n");
    put("", C, 3 * MIB);
    assertThat(why(A)).isEqualTo("PRESENT");
    assertThat(why(B)).isEqualTo("EVICTED");
    bed.ask("KVC.NAMESPACE", "CREATE", "other", "BLOCKTOKENS", "16", "HASHBYTES", "8");
    assertThat(bed.ask("KVC.TOUCH", "other", A, "HEX")).isEqualTo(":0\r\n");
  }

  @Test
  void pinned_leadingBlocks_stayWhileOthersGo() {
    put("", A, MIB);
    put(A, B, MIB);
    put("", hash(7), MIB);
    assertThat(pin("HARD", 60_000, A + B + C + hash(7))).isEqualTo(":2\r\n");
    flood(10_000);
    assertThat(why(A)).isEqualTo("PRESENT");
    assertThat(why(B)).isEqualTo("PRESENT");
    assertThat(why(hash(7))).isEqualTo("EVICTED");
    assertThat(unpin(C + B + A)).isEqualTo(":2\r\n");
    assertThat(unpin(A)).isEqualTo(":0\r\n");
    flood(20_000);
    assertThat(why(B)).isEqualTo("EVICTED");
  }

  @Test
  void pin_endsWithItsTime() {
    put("", A, MIB);
    pin("HARD", 1_000, A);
    bed.clock.advance(Duration.ofSeconds(1));
    assertThat(unpin(A)).isEqualTo(":0\r\n");
    pin("HARD", 1_000, A);
    bed.clock.advance(Duration.ofMillis(2_100));
    flood(10_000);
    assertThat(why(A)).isEqualTo("EVICTED");
  }

  @Test
  void pin_endsWithItsBlock() {
    put("", A, MIB);
    pin("HARD", 60_000, A);
    bed.ask("FLUSHALL");
    put("", A, MIB);
    assertThat(unpin(A)).isEqualTo(":0\r\n");
    pin("HARD", 60_000, A);
    bed.ask("KVC.NAMESPACE", "DROP", "chat");
    bed.awaitTick(() -> bed.context.stat("store-keys") == 0);
    assertThat(unpin(A)).startsWith("-NONAMESPACE chat");
    attach();
    put("", A, MIB);
    assertThat(unpin(A)).isEqualTo(":0\r\n");
  }

  @Test
  void hard_haveHalfOfTheMemory_andTheRestGoesOn() {
    for (int i = 1; i <= 5; i++) {
      put("", hash(i), MIB);
      bed.ask("KVC.READ", "0", "chat", "0", hash(i), "HEX");
    }
    for (int i = 1; i <= 4; i++) {
      assertThat(pin("HARD", 60_000, hash(i))).isEqualTo(":1\r\n");
      assertThat(pin("HARD", 60_000, hash(i))).isEqualTo(":1\r\n");
    }
    assertThat(pin("HARD", 60_000, hash(5)))
        .startsWith("-LIMIT pins: 5242880 bytes HARD (expected: at most half of 8388608)");
    assertThat(pin("SOFT", 60_000, hash(5))).isEqualTo(":1\r\n");
    // More than is left can be had by nobody, and what fits by all.
    assertThat(bed.ask("SET", "large", "v".repeat(5 * MIB))).startsWith("-OOM the store has no");
    assertThat(bed.ask("KVC.PUT", "chat", "q", "", hash(90), "0/1", "v".repeat(5 * MIB)))
        .startsWith("-OOM the store has no");
    flood(10_000);
    assertThat(bed.ask("SET", "large", "v".repeat(4 * MIB))).isEqualTo(OK);
    for (int i = 1; i <= 4; i++) {
      assertThat(why(hash(i))).isEqualTo("PRESENT");
    }
    assertThat(pin("SOFT", 60_000, hash(1))).isEqualTo(":1\r\n");
    assertThat(unpin(hash(1) + hash(2))).isEqualTo(":2\r\n");
  }

  @Test
  void soft_yieldWhenNothingElseCanGo() {
    for (int i = 1; i <= 7; i++) {
      put("", hash(i), MIB);
    }
    for (int i = 1; i <= 7; i++) {
      assertThat(pin("SOFT", 60_000, hash(i))).isEqualTo(":1\r\n");
    }
    bed.ask("SET", "other", "v".repeat(MIB));
    bed.ask("SET", "another", "v".repeat(MIB));
    assertThat(bed.ask("EXISTS", "other")).isEqualTo(":0\r\n");
    assertThat(bed.context.stat("store-blocks")).isEqualTo(7);
    assertThat(bed.ask("SET", "large", "v".repeat(4 * MIB))).isEqualTo(OK);
    assertThat(bed.context.stat("store-evicted")).isGreaterThan(3);
  }

  @Test
  void manyPins_thatAreOldest_hideNoVictim() {
    for (int i = 1; i <= 1_000; i++) {
      bed.ask("KVC.PUT", "chat", "p", "", hash(i), "0/1", "v");
    }
    bed.ask("KVC.COMMIT", "chat", "p");
    for (int i = 1; i <= 1_000; i++) {
      assertThat(pin(i % 2 == 0 ? "SOFT" : "HARD", 60_000, hash(i))).isEqualTo(":1\r\n");
    }
    flood(10_000);
    bed.clock.advance(Duration.ofSeconds(5));
    flood(20_000);
    for (int i = 1; i <= 1_000; i++) {
      assertThat(why(hash(i))).isEqualTo("PRESENT");
    }
  }

  @Test
  void hard_onDisk_outliveTheirExtent() throws InterruptedException {
    bed.close();
    bed = new Bed(new DiskConfig(directory, 32 << 20, 4 << 20, 4 << 20, 8, false));
    attach();
    put("", A, MIB / 2);
    put("", B, MIB / 2);
    flood(10_000);
    bed.awaitTick(() -> tiers(A).equals("DISK") && tiers(B).equals("DISK"));
    assertThat(pin("HARD", 86_400_000, A)).isEqualTo(":1\r\n");
    for (int i = 0; i < 100; i++) {
      put("", hash(30_000 + i), MIB / 2);
      bed.awaitSweep();
    }
    bed.awaitTick(() -> why(B).equals("RECLAIMED"));
    assertThat(why(A)).isEqualTo("PRESENT");
  }

  private String tiers(String hash) {
    return Rows.of(bed.ask("KVC.EXPLAIN", "chat", hash, "HEX"))
        .getFirst()
        .getOrDefault("tiers", "");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "KVC.PIN chat FIRM 1 0000000000000001 HEX | SYNTAX FIRM (expected: SOFT or HARD)",
        "KVC.PIN chat HARD 0 0000000000000001 HEX | LIMIT milliseconds: 0 (expected: 1 to 864",
        "KVC.PIN chat HARD 86400001 00 HEX | LIMIT milliseconds: 86400001 (expected: 1 to 864",
        "KVC.PIN chat HARD soon 00 HEX | SYNTAX milliseconds: soon (expected: 1 to 86400000)",
        "KVC.PIN chat HARD 99999999999999999999 00 | SYNTAX milliseconds: 99999999999999999999",
        "KVC.PIN chat SOFT 1 abc | WIDTH hashes: 3 bytes (expected: a multiple of 8)",
        "KVC.PIN nobody SOFT 1 abc | NONAMESPACE nobody",
        "KVC.UNPIN chat abc | WIDTH hashes: 3 bytes",
        "KVC.TOUCH chat 00 HAX | SYNTAX HAX (expected: HEX, or nothing)",
        "KVC.HOT chat 257 | LIMIT count: 257 (expected: 1 to 256)",
        "KVC.HOT chat 1 2 | SYNTAX 2 (expected: HEX, or nothing)",
        "KVC.HOT nobody | NONAMESPACE nobody",
      })
  void requests_thatDoNotFit_areRefused(String request, String refusal) {
    assertThat(bed.ask(request.strip().split(" "))).startsWith("-" + refusal.strip());
  }

  @Test
  void requests_beyondTheirLimits_areRefused() {
    for (var words :
        List.of(List.of("KVC.PIN", "chat", "SOFT", "1"), List.of("KVC.TOUCH", "chat"))) {
      var all = concat(words, List.of(A.repeat(16_385), "HEX"));
      assertThat(bed.ask(all.toArray(String[]::new)))
          .startsWith("-LIMIT hashes: 16385 (expected: at most 16384)");
    }
  }
}
