// SPDX-License-Identifier: Apache-2.0
package io.incipit.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.store.disk.DiskConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Why blocks are there or not, over a connection without sockets.
class ExplainTest {
  private static final String OK = "+OK\r\n";
  private static final String A = "a0a0a0a0a0a0a0a0";
  private static final String B = "b1b1b1b1b1b1b1b1";
  private static final String C = "c2c2c2c2c2c2c2c2";
  private static final int MIB = 1 << 20;

  @TempDir Path directory;

  private Bed bed = new Bed();

  @BeforeEach
  void attach() {
    attach("1");
  }

  private void attach(String engine) {
    create();
    assertThat(bed.ask("KVC.ATTACH", "chat", "ENGINE", engine)).isEqualTo(OK);
  }

  private void create() {
    assertThat(bed.ask("KVC.NAMESPACE", "CREATE", "chat", "BLOCKTOKENS", "16", "HASHBYTES", "8"))
        .isEqualTo(OK);
  }

  @AfterEach
  void close() throws InterruptedException {
    bed.close();
  }

  private void restart(DiskConfig config) throws InterruptedException {
    bed.close();
    bed = new Bed(config);
  }

  private DiskConfig disk() {
    return new DiskConfig(directory, 64 << 20, 4 << 20, 4 << 20, 8, false);
  }

  private void put(String parent, String hash, String value) {
    assertThat(bed.ask("KVC.PUT", "chat", "p", parent, hash, "0/1", value)).isEqualTo(OK);
    assertThat(bed.ask("KVC.COMMIT", "chat", "p")).isEqualTo("*3\r\n:1\r\n:0\r\n:0\r\n");
  }

  private void publish(String owner, int seq, String... change) {
    var words = new ArrayList<>(List.of("KVC.PUBLISH", "chat", owner, "1", "" + seq));
    words.addAll(List.of(change));
    words.add("HEX");
    assertThat(bed.ask(words.toArray(String[]::new))).isEqualTo(":" + seq + "\r\n");
  }

  /// The rows of an answer, each a map of names to texts.
  private List<Map<String, String>> explain(String hashes) {
    return Rows.of(bed.ask("KVC.EXPLAIN", "chat", hashes, "HEX"));
  }

  private Map<String, String> one(String hash) {
    return explain(hash).getFirst();
  }

  private String why(String hash) {
    return one(hash).getOrDefault("why", "");
  }

  private static String value(int bytes) {
    return "v".repeat(bytes);
  }

  @Test
  void present_saysTiersAndParts() {
    put("", A, "a");
    put(A, B, "b");
    publish("gpu-0", 1, "STORE", "GPU", "", A);
    assertThat(explain(A + B + C)).hasSize(3);
    assertThat(one(A))
        .containsEntry("hash", A)
        .containsEntry("why", "PRESENT")
        .containsEntry("tiers", "HOST")
        .containsEntry("ago-ms", "-1")
        .containsEntry("policy", "")
        .containsEntry("parts", "1/1")
        .containsEntry("detail", "");
    assertThat(one(A).get("holders")).contains("gpu-0/GPU").contains("store/HOST");
    assertThat(one(B)).containsEntry("why", "PRESENT").containsEntry("holders", "store/HOST");
    assertThat(one(C)).containsEntry("why", "UNKNOWN").containsEntry("parts", "");
  }

  @Test
  void headless_namesTheNearestBlockThatIsMissing() {
    put("", A, "a");
    put(A, B, "b");
    put(B, C, "c");
    assertThat(why(C)).isEqualTo("PRESENT");
    bed.ask("DEL", "kvc:chat:" + fingerprint() + ":" + A + "::0/1");
    assertThat(explain(A + B + C))
        .extracting(row -> row.get("why") + " " + row.get("detail"))
        .containsExactly("REMOVED ", "HEADLESS " + A, "HEADLESS " + A);
  }

  private String fingerprint() {
    return bed.ask("KEYS", "kvc:*").lines().skip(2).findFirst().orElse("").split(":", -1)[2];
  }

  @Test
  void staged_saysHowManyPartsAreHere() {
    bed.ask("KVC.PUT", "chat", "p", "", A, "1/4", "x");
    bed.ask("KVC.PUT", "chat", "q", "", A, "0/4", "x");
    bed.ask("KVC.PUT", "chat", "q", "", A, "1/4", "x");
    assertThat(one(A)).containsEntry("why", "STAGED").containsEntry("parts", "2/4");
    bed.ask("KVC.ABORT", "chat", "q");
    assertThat(one(A)).containsEntry("why", "STAGED").containsEntry("parts", "1/4");
    bed.ask("KVC.ABORT", "chat", "p");
    assertThat(why(A)).isEqualTo("UNKNOWN");
  }

  @Test
  void evicted_saysWhenAndByWhichPolicy() {
    for (int i = 1; i <= 12; i++) {
      put("", "%016x".formatted(i), value(MIB));
    }
    bed.clock.advance(Duration.ofMillis(1_500));
    assertThat(one("%016x".formatted(1)))
        .containsEntry("why", "EVICTED")
        .containsEntry("ago-ms", "1500")
        .containsEntry("policy", "leaf-lru")
        .containsEntry("tiers", "");
    assertThat(why("%016x".formatted(12))).isEqualTo("PRESENT");
    put("", "%016x".formatted(1), "again");
    assertThat(why("%016x".formatted(1))).isEqualTo("PRESENT");
  }

  @Test
  void declined_saysByWhichPolicy() {
    // Asked for, and given up since, before it came.
    bed.ask("KVC.READ", "0", "chat", "0", A, "HEX");
    for (int i = 1; i <= 12; i++) {
      put("", "%016x".formatted(i), value(MIB));
    }
    assertThat(bed.ask("KVC.PUT", "chat", "p", "", A, "0/1", "a")).isEqualTo("+DECLINED\r\n");
    bed.clock.advance(Duration.ofMillis(20));
    assertThat(one(A))
        .containsEntry("why", "DECLINED")
        .containsEntry("ago-ms", "20")
        .containsEntry("policy", "leaf-lru");
  }

  @Test
  void removed_isToldApartFromDropped() {
    put("", A, "a");
    put("", B, "b");
    bed.ask("DEL", "kvc:chat:" + fingerprint() + ":" + A + "::0/1");
    assertThat(one(A)).containsEntry("why", "REMOVED").containsEntry("policy", "");
    bed.ask("KVC.NAMESPACE", "DROP", "chat");
    assertThat(bed.ask("KVC.EXPLAIN", "chat", A, "HEX")).startsWith("-NONAMESPACE chat");
    bed.awaitTick(() -> bed.context.stat("store-keys") == 0);
    attach("1");
    assertThat(why(A)).isEqualTo("REMOVED");
    assertThat(why(B)).isEqualTo("DROPPED");
    put("", B, "again");
    bed.ask("FLUSHALL");
    assertThat(why(B)).isEqualTo("REMOVED");
  }

  @Test
  void corrupt_isSaidEvenWhenItsOtherPartsGo() {
    bed.ask("KVC.PUT", "chat", "p", "", A, "0/2", "some bytes that go wrong");
    bed.ask("KVC.PUT", "chat", "p", "", A, "1/2", "others");
    bed.ask("KVC.COMMIT", "chat", "p");
    bed.flip("some bytes that go wrong", 3);
    bed.clock.advance(Duration.ofMinutes(2));
    bed.ask("KVC.READ", "0", "chat", "0", A, "HEX");
    bed.awaitTick(() -> bed.context.stat("store-keys") == 0);
    assertThat(why(A)).isEqualTo("CORRUPT");
  }

  @Test
  void onDisk_isPresentThereAndReclaimedLater() throws InterruptedException {
    restart(new DiskConfig(directory, 16 << 20, 4 << 20, 4 << 20, 8, false));
    attach("1");
    var first = "%016x".formatted(1);
    put("", first, value(MIB));
    assertThat(one(first)).containsEntry("tiers", "HOST DISK");
    for (int i = 2; i <= 10; i++) {
      put("", "%016x".formatted(i), value(MIB));
    }
    bed.awaitTick(() -> one(first).getOrDefault("tiers", "").equals("DISK"));
    assertThat(why(first)).isEqualTo("PRESENT");
    for (int i = 11; i <= 40; i++) {
      put("", "%016x".formatted(i), value(MIB));
    }
    bed.awaitTick(() -> why(first).equals("RECLAIMED"));
    assertThat(one(first)).containsEntry("policy", "").containsEntry("tiers", "");
  }

  @Test
  void removed_onDiskOnly_isNotWhatItLeftMemoryFor() throws InterruptedException {
    restart(disk());
    attach("1");
    var first = "%016x".formatted(1);
    put("", first, value(MIB));
    var key = "kvc:chat:" + fingerprint() + ":" + first + "::0/1";
    for (int i = 2; i <= 10; i++) {
      put("", "%016x".formatted(i), value(MIB));
    }
    bed.awaitTick(() -> one(first).getOrDefault("tiers", "").equals("DISK"));
    assertThat(bed.ask("DEL", key)).isEqualTo(":1\r\n");
    assertThat(why(first)).isEqualTo("REMOVED");
  }

  @Test
  void contract_ofAnotherBuild_isNamed() throws InterruptedException {
    restart(disk());
    attach("1");
    put("", A, "a");
    var old = fingerprint();
    restart(disk());
    attach("2");
    bed.awaitTick(() -> bed.context.stat("store-blocks-finding") == 0);
    assertThat(one(A)).containsEntry("why", "CONTRACT").containsEntry("detail", old);
    put("", A, "a");
    assertThat(why(A)).isEqualTo("PRESENT");
  }

  @Test
  void index_knowsOthers_orThatNobodyHoldsIt() {
    publish("gpu-0", 1, "STORE", "GPU", "", A + B);
    assertThat(explain(A + B))
        .extracting(row -> row.get("why") + " " + row.get("holders"))
        .containsExactly("ELSEWHERE gpu-0/GPU", "ELSEWHERE gpu-0/GPU");
    publish("gpu-0", 2, "REMOVE", "GPU", A);
    assertThat(one(A)).containsEntry("why", "UNHELD").containsEntry("holders", "");
    assertThat(why(B)).isEqualTo("ELSEWHERE");
  }

  @Test
  void nobodyIsAttached_answersWhatTheIndexKnows() {
    bed.ask("KVC.NAMESPACE", "CREATE", "other", "BLOCKTOKENS", "16", "HASHBYTES", "8");
    bed.ask("KVC.PUBLISH", "other", "gpu-0", "1", "1", "STORE", "HOST", "", A, "HEX");
    assertThat(Rows.of(bed.ask("KVC.EXPLAIN", "other", A + B, "HEX")))
        .extracting(row -> row.get("why"))
        .containsExactly("ELSEWHERE", "UNKNOWN");
  }

  @Test
  void many_areAnsweredInTheirOrder() {
    put("", A, "a");
    assertThat(explain(B.repeat(1_023) + A))
        .extracting(row -> row.get("why"))
        .hasSize(1_024)
        .endsWith("UNKNOWN", "PRESENT");
    assertThat(bed.ask("KVC.EXPLAIN", "chat", "")).isEqualTo("*0\r\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "KVC.EXPLAIN nobody " + A + " HEX | NONAMESPACE nobody (expected: one that exists)",
        "KVC.EXPLAIN chat abc | WIDTH hashes: 3 bytes (expected: a multiple of 8)",
        "KVC.EXPLAIN chat zz HEX | SYNTAX hashes: zz (expected: hex digits)",
        "KVC.EXPLAIN chat " + A + " WHY | SYNTAX WHY (expected: HEX, or nothing)",
        "KVC.EXPLAIN chat | ERR wrong number of arguments",
      })
  void requests_thatDoNotFit_areRefused(String request, String refusal) {
    assertThat(bed.ask(request.strip().split(" "))).startsWith("-" + refusal.strip());
  }

  @Test
  void requests_beyondTheLimit_areRefused() {
    assertThat(bed.ask("KVC.EXPLAIN", "chat", A.repeat(1_025), "HEX"))
        .startsWith("-LIMIT hashes: 1025 (expected: at most 1024)");
    assertThat(bed.ask("KVC.EXPLAIN", "chat", "x".repeat(8 * 1_025)))
        .startsWith("-LIMIT hashes: 1025 (expected: at most 1024)");
  }

  @Test
  void explain_blocksThatWereRead_saysHowOften() {
    put("", A, "one");
    put(A, B, "two");
    for (var read : List.of(A + B + C, A + B, A)) {
      bed.ask("KVC.TOUCH", "chat", read, "HEX");
    }

    assertThat(explain(A + B + C))
        .extracting(row -> row.get("hits"))
        .containsExactly("3", "2", "0");
  }
}
