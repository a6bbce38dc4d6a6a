// SPDX-License-Identifier: Apache-2.0
package io.incipit.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.store.Change;
import io.incipit.store.Patience;
import io.incipit.store.disk.DiskConfig;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Hints in the envelope that engines share, over a connection without sockets.
class HintsTest {
  private static final String OK = "+OK\r\n";
  private static final String A = "a0a0a0a0a0a0a0a0";
  private static final String B = "b1b1b1b1b1b1b1b1";
  private static final int KIB = 1 << 10;

  @TempDir Path directory;

  private Bed bed = new Bed();

  @BeforeEach
  void attach() {
    bed.ask("KVC.NAMESPACE", "CREATE", "chat", "BLOCKTOKENS", "16", "HASHBYTES", "8");
    assertThat(bed.ask("KVC.ATTACH", "chat")).isEqualTo(OK);
  }

  @AfterEach
  void close() throws InterruptedException {
    bed.close();
  }

  private static String hash(int number) {
    return "%016x".formatted(number);
  }

  private void put(String hash, int bytes) {
    assertThat(bed.ask("KVC.PUT", "chat", "p", "", hash, "0/1", "v".repeat(bytes))).isEqualTo(OK);
    assertThat(bed.ask("KVC.COMMIT", "chat", "p")).isEqualTo("*3\r\n:1\r\n:0\r\n:0\r\n");
  }

  /// A server that has so many blocks on disk, and nothing in memory.
  private void onDisk(int blocks, int bytes) throws InterruptedException {
    bed.close();
    var disk = new DiskConfig(directory, 64 << 20, 4 << 20, 4 << 20, 8, false);
    bed = new Bed(disk);
    attach();
    for (int i = 1; i <= blocks; i++) {
      put(hash(i), bytes);
    }
    bed.close();
    bed = new Bed(disk);
    attach();
    bed.awaitTick(() -> bed.context.stat("store-blocks") == blocks);
    assertThat(inMemory()).isZero();
  }

  private long inMemory() {
    return bed.context.stat("store-value-bytes");
  }

  private static String envelope(String... actions) {
    return "{\"protocol_version\":\"1.0\",\"message_id\":\"m\",\"actions\":[%s]}"
        .formatted(String.join(",", actions));
  }

  private static String action(String id, String type, String payload) {
    return ("{\"action_id\":\"%s\",\"action_type\":\"%s\",\"action_version\":\"1.0\","
            + "\"payload\":{%s}}")
        .formatted(id, type, payload);
  }

  private static String hashes(String... hashes) {
    return "\"block_hashes\":[\"" + String.join("\",\"", hashes) + "\"]";
  }

  private static String fetch(String id, int from, int to) {
    var all = new String[to - from];
    for (int i = from; i < to; i++) {
      all[i - from] = hash(i);
    }
    return action(id, "kv.fetch", "\"source_control_endpoint\":\"tcp://h:1\"," + hashes(all));
  }

  private List<Map<String, String>> hint(String... actions) {
    return Rows.of(bed.ask("KVC.HINTS", "chat", envelope(actions)));
  }

  private String one(String action) {
    return String.join(" ", hint(action).getFirst().values());
  }

  @Test
  void fetch_bringsBlocksFromDiskToMemory() throws InterruptedException {
    onDisk(6, 100 * KIB);
    assertThat(one(fetch("a", 2, 5))).isEqualTo("a OK 3");
    bed.awaitTick(() -> bed.context.stat("store-promoted") == 3);
    assertThat(inMemory()).isEqualTo(300 * KIB);
    assertThat(bed.context.stat("store-hits")).isZero();
    // Those that are there already, one that is not there yet, and one that nobody knows.
    assertThat(one(fetch("b", 4, 6))).isEqualTo("b OK 2");
    bed.awaitTick(() -> bed.context.stat("store-promoted") == 4);
    assertThat(one(fetch("c", 6, 9))).isEqualTo("c OK 1");
  }

  @Test
  void fetch_fillsAQuarterOfTheMemoryAtMost() throws InterruptedException {
    onDisk(8, 500 * KIB);
    assertThat(hint(fetch("a", 1, 4), fetch("b", 4, 9)))
        .extracting(row -> String.join(" ", row.values()))
        .containsExactly("a OK 3", "b OK 1");
    bed.awaitTick(() -> bed.context.stat("store-promoted") == 4);
    assertThat(one(fetch("c", 9, 10))).isEqualTo("c OK 0");
    assertThat(inMemory()).isEqualTo(4 * 500 * KIB);
  }

  /// Keeps the store's writer until the latch opens.
  private void hold(CountDownLatch latch) {
    bed.context
        .store()
        .later(
            new Change() {
              @Override
              public boolean run(Patience patience) {
                try {
                  latch.await();
                } catch (InterruptedException interrupted) {
                  throw new IllegalStateException(interrupted);
                }
                return true;
              }

              @Override
              public void made(boolean failed) {
                // Nobody waits for it.
              }
            });
  }

  @Test
  void fetch_whileAnotherOneBrings_isRefused() throws InterruptedException {
    onDisk(6, 10 * KIB);
    var latch = new CountDownLatch(1);
    hold(latch);
    assertThat(one(fetch("a", 1, 3))).isEqualTo("a OK 2");
    assertThat(one(fetch("b", 3, 5))).startsWith("b BUSY kv.fetch: the one before brings");
    latch.countDown();
    bed.awaitTick(() -> bed.context.stat("store-promoted") == 2);
    // The fetch ends a moment after its last value has come.
    var said = new StringBuilder();
    bed.awaitTick(
        () -> {
          if (!said.toString().endsWith("c OK 2")) {
            said.append(one(fetch("c", 3, 5)));
          }
          return said.toString().endsWith("c OK 2");
        });
    bed.awaitTick(() -> bed.context.stat("store-promoted") == 4);
  }

  @Test
  void fetch_ofAClientThatIsGone_bringsNothingMore() throws InterruptedException {
    onDisk(60, 10 * KIB);
    var latch = new CountDownLatch(1);
    hold(latch);
    var other = new Bed(bed);
    assertThat(other.ask("KVC.HINTS", "chat", envelope(fetch("a", 1, 61)))).contains("\r\n60\r\n");
    other.channel.finishAndReleaseAll();
    latch.countDown();
    // Whatever was under way has come when another fetch of as many has.
    bed.awaitTick(() -> bed.context.stat("store-promoted") > 0);
    bed.awaitSweep();
    assertThat(bed.context.stat("store-promoted")).isLessThanOrEqualTo(4);
  }

  @Test
  void doneAndBack_areToldAndCounted() {
    put(A, 10);
    assertThat(
            hint(
                action("a", "incipit.done", hashes(A)),
                action("b", "incipit.back", hashes(A) + ",\"milliseconds\":30000")))
        .extracting(row -> String.join(" ", row.values()))
        .containsExactly("a OK 0", "b OK 0");
    assertThat(bed.context.stat("hints-done")).isEqualTo(1);
    assertThat(bed.context.stat("hints-back")).isEqualTo(1);
  }

  @Test
  void pin_keepsBlocks_andSaysWhyNot() {
    put(A, 10);
    put(B, 5 << 20);
    assertThat(
            one(action("a", "incipit.pin", hashes(A) + ",\"milliseconds\":1000,\"mode\":\"HARD\"")))
        .isEqualTo("a OK 1");
    assertThat(bed.context.stat("store-pins")).isEqualTo(1);
    assertThat(
            one(action("b", "incipit.pin", hashes(B) + ",\"milliseconds\":1000,\"mode\":\"HARD\"")))
        .startsWith("b LIMIT pins: ");
    assertThat(
            one(action("c", "incipit.pin", hashes(B) + ",\"milliseconds\":1000,\"mode\":\"SOFT\"")))
        .isEqualTo("c OK 1");
    var many = new String[1_000];
    Arrays.fill(many, B);
    many[0] = A;
    var all = action("d", "incipit.pin", hashes(many) + ",\"milliseconds\":1,\"mode\":\"SOFT\"");
    bed.write(Bed.bytes(Bed.request("KVC.HINTS", "chat", envelope(all))));
    var reply = new StringBuilder();
    bed.awaitTick(
        () -> {
          reply.append(bed.settle());
          return reply.toString().contains("OK");
        });
  }

  @Test
  void hashes_mayBeWholeNumbers_whereTheyHave8Bytes() {
    put("ffffffffffffffff", 10);
    assertThat(one(action("a", "kv.fetch", "\"block_hashes\":[-1,18446744073709551615]")))
        .isEqualTo("a OK 2");
    assertThat(one(action("a", "kv.fetch", "\"block_hashes\":[18446744073709551616]")))
        .isEqualTo(
            "a SYNTAX payload.block_hashes[0]: 18446744073709551616 (expected: 16 hex digits, or"
                + " a whole number) 0");
    bed.ask("KVC.NAMESPACE", "CREATE", "wide", "BLOCKTOKENS", "16", "HASHBYTES", "16");
    var row =
        Rows.of(
            bed.ask(
                "KVC.HINTS", "wide", envelope(action("a", "kv.fetch", "\"block_hashes\":[1]"))));
    assertThat(row.getFirst())
        .containsEntry("result", "SYNTAX payload.block_hashes[0]: 1 (expected: 32 hex digits)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "kv.fetch | \"block_hashes\":[\"zz\"] | SYNTAX payload.block_hashes[0]: zz (expected: 16",
        "kv.fetch | \"block_hashes\":[[1],2] | SYNTAX payload.block_hashes[0]: an array (exp",
        "kv.fetch | \"block_hashes\":7 | SYNTAX payload.block_hashes: 7 (expected: an array of",
        "kv.fetch | \"other\":{\"deep\":[1]} | SYNTAX payload.block_hashes: absent (expected: an",
        "incipit.back | \"block_hashes\":[] | SYNTAX payload.milliseconds: absent (expected: 0 to",
        "incipit.pin | \"block_hashes\":[],\"milliseconds\":0 | SYNTAX payload.milliseconds: 0 (e",
        "incipit.pin | \"block_hashes\":[],\"milliseconds\":1 | SYNTAX payload.mode: absent (expe",
        "incipit.pin | \"block_hashes\":[],\"milliseconds\":86400001 | SYNTAX payload.millisecond",
        "kv.drop | \"block_hashes\":[\"zz\"] | IGNORED",
      })
  void payload_thatDoesNotFit_isRefusedAlone(String type, String payload, String result) {
    var rows = hint(action("a", type, payload), action("b", "kv.fetch", hashes(A)));
    assertThat(rows.getFirst().get("result")).startsWith(result);
    assertThat(rows.getLast()).containsEntry("result", "OK");
  }

  @Test
  void version_thatIsUnknown_isIgnored() {
    var later =
        fetch("a", 1, 2).replace("\"action_version\":\"1.0\"", "\"action_version\":\"2.0\"");
    assertThat(one(later)).isEqualTo("a IGNORED 0");
    assertThat(hint()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "[] | SYNTAX json: no object (expected: a KvHintsEnvelope)",
        "{ | SYNTAX json: not JSON at line 1, column ",
        "{} | SYNTAX protocol_version: absent (expected: 1 or 1.x)",
        "{\"protocol_version\":2} | SYNTAX protocol_version: 2 (expected: 1 or 1.x)",
        "{\"protocol_version\":[]} | SYNTAX protocol_version: an array (expected: a text)",
        "{\"protocol_version\":1} | SYNTAX message_id: absent (expected: a text)",
        "{\"protocol_version\":1,\"protocol_version\":1} | SYNTAX protocol_version: twice (exp",
        "{\"protocol_version\":1,\"message_id\":7} | SYNTAX message_id: 7 (expected: a text)",
        "{\"protocol_version\":1,\"message_id\":\"\"} | LIMIT message_id: 0 bytes (expected: 1 to",
        "{\"protocol_version\":1,\"message_id\":\"m\"} | SYNTAX actions: absent (expected: an arr",
        "{\"actions\":{}} | SYNTAX actions: an object (expected: an array)",
        "{\"actions\":[1]} | SYNTAX actions[0]: 1 (expected: an object)",
        "{\"actions\":[{}]} | SYNTAX actions[0].action_id: absent (expected: a text)",
        "{\"actions\":[{\"action_id\":\"a\"}]} | SYNTAX actions[0].action_type: absent (expected",
        "{\"x\":[[[[[[[[1]]]]]]]]} | LIMIT json: something too large (expected: at most 8 deep",
      })
  void envelope_thatDoesNotFit_isRefused(String json, String refusal) {
    assertThat(bed.ask("KVC.HINTS", "chat", json.strip())).startsWith("-" + refusal.strip());
  }

  @Test
  void envelope_beyondALimit_isRefused() {
    assertThat(bed.ask("KVC.HINTS", "chat", "{\"a\":\"" + "x".repeat(512 * KIB) + "\"}"))
        .startsWith("-LIMIT json: 524296 bytes (expected: at most 524288)");
    var actions = new String[65];
    Arrays.fill(actions, action("a", "kv.other", ""));
    assertThat(bed.ask("KVC.HINTS", "chat", envelope(actions)))
        .startsWith("-LIMIT actions: more (expected: at most 64)");
    var all = "1,".repeat(16_384) + "1";
    assertThat(
            bed.ask(
                "KVC.HINTS",
                "chat",
                envelope(action("a", "kv.x", "\"block_hashes\":[" + all + "]"))))
        .startsWith("-LIMIT block_hashes: more in all actions (expected: at most 16384)");
    assertThat(bed.ask("KVC.HINTS", "nobody", "{}")).startsWith("-NONAMESPACE nobody");
    assertThat(bed.ask("KVC.HINTS", "chat")).startsWith("-ERR wrong number of arguments");
  }
}
