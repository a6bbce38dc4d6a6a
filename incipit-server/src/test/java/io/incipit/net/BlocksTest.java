// SPDX-License-Identifier: Apache-2.0
package io.incipit.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.block.Change;
import io.incipit.block.Op;
import io.incipit.store.disk.DiskConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Blocks over a connection without sockets: attached, put in parts, committed, known to the index,
/// read, and gone.
class BlocksTest {
  private static final String OK = "+OK\r\n";
  private static final String A = "a0a0a0a0a0a0a0a0";
  private static final String B = "b1b1b1b1b1b1b1b1";
  private static final String C = "c2c2c2c2c2c2c2c2";

  @TempDir Path directory;

  private Bed bed = new Bed();

  @BeforeEach
  void create() {
    attach();
  }

  private void attach() {
    assertThat(bed.ask("KVC.NAMESPACE", "CREATE", "chat", "BLOCKTOKENS", "16", "HASHBYTES", "8"))
        .isEqualTo(OK);
    assertThat(bed.ask("KVC.ATTACH", "chat", "MODEL", "llama", "ENGINE", "1")).isEqualTo(OK);
  }

  @AfterEach
  void close() throws InterruptedException {
    bed.close();
  }

  private String put(String put, String parent, String hash, String part, String value) {
    return bed.ask("KVC.PUT", "chat", put, parent, hash, part, value);
  }

  private String commit(String put) {
    return bed.ask("KVC.COMMIT", "chat", put);
  }

  private String read(String part, String hashes) {
    return bed.ask("KVC.READ", "0", "chat", part, hashes, "HEX");
  }

  /// Leading blocks that the index knows of.
  private String match(String hashes) {
    return bed.ask("KVC.MATCH", "chat", hashes, "HEX").lines().skip(1).findFirst().orElse("");
  }

  private static String counts(int made, int had, int declined) {
    return "*3\r\n:%d\r\n:%d\r\n:%d\r\n".formatted(made, had, declined);
  }

  private long stat(String name) {
    return bed.context.stat(name);
  }

  private static String large(int seed, int bytes) {
    var random = new Random(seed);
    var text = new StringBuilder();
    for (int i = 0; i < bytes; i++) {
      text.append((char) random.nextInt(256));
    }
    return text.toString();
  }

  @Test
  void commit_allParts_isReadAndKnownToTheIndex() {
    assertThat(put("p", "", A, "0/2", "a0")).isEqualTo(OK);
    assertThat(put("p", "", A, "1/2", "a1")).isEqualTo(OK);
    assertThat(put("p", A, B, "0/2", "b0")).isEqualTo(OK);
    assertThat(put("p", A, B, "1/2", "b1")).isEqualTo(OK);
    assertThat(read("0", A + B)).isEqualTo("*1\r\n+MISS 0\r\n");
    assertThat(match(A + B)).isEqualTo(":0");
    assertThat(commit("p")).isEqualTo(counts(2, 0, 0));
    assertThat(match(A + B)).isEqualTo(":2");
    assertThat(read("1", A + B + C)).contains("a1").contains("b1").endsWith("+MISS 2\r\n");
    assertThat(read("0", A)).contains("a0").endsWith("+END\r\n");
    assertThat(bed.ask("KVC.OWNERS", "chat", "store")).contains("store");
  }

  @Test
  void commit_partsAreMissing_changesNothing() {
    put("p", "", A, "0/2", "a0");
    assertThat(commit("p"))
        .startsWith("-PARTS block " + A + ": 1 of 2 parts are there (expected: all)");
    assertThat(read("0", A)).isEqualTo("*1\r\n+MISS 0\r\n");
    put("p", "", A, "1/2", "a1");
    assertThat(commit("p")).isEqualTo(counts(1, 0, 0));
  }

  @Test
  void put_fromManyConnections_isOnePut() throws InterruptedException {
    var other = new Bed(bed);
    other.ask("KVC.ATTACH", "chat", "MODEL", "llama", "ENGINE", "1");
    put("p", "", A, "0/2", "a0");
    assertThat(other.ask("KVC.PUT", "chat", "p", "", A, "1/2", "a1")).isEqualTo(OK);
    assertThat(other.ask("KVC.COMMIT", "chat", "p")).isEqualTo(counts(1, 0, 0));
    assertThat(read("1", A)).contains("a1");
  }

  @Test
  void commit_anothersBlockIsThere_keepsTheFirst() {
    put("p", "", A, "0/1", "first");
    put("q", "", A, "0/1", "second");
    assertThat(commit("p")).isEqualTo(counts(1, 0, 0));
    assertThat(commit("q")).isEqualTo(counts(0, 1, 0));
    assertThat(read("0", A)).contains("first");
    assertThat(put("r", "", A, "0/1", "third")).isEqualTo("+HAVE\r\n");
    assertThat(commit("r")).isEqualTo(counts(0, 1, 0));
    assertThat(stat("store-block-puts-open")).isZero();
  }

  @Test
  void put_large_streamsIntoItsPlace() {
    var value = large(1, 300_000);
    put("p", "", A, "0/1", value);
    assertThat(commit("p")).isEqualTo(counts(1, 0, 0));
    assertThat(read("0", A)).contains(value);
    assertThat(put("q", "", A, "0/1", value)).isEqualTo("+HAVE\r\n");
    assertThat(commit("q")).isEqualTo(counts(0, 1, 0));
    assertThat(put("q", "", "zz", "0/1", value)).startsWith("-WIDTH hash: 2 bytes");
    assertThat(stat("store-puts-open")).isZero();
  }

  @Test
  void abort_gives_allBack() {
    put("p", "", A, "0/1", large(1, 100_000));
    put("p", A, B, "0/1", "b");
    assertThat(stat("store-puts-open")).isEqualTo(2);
    assertThat(bed.ask("KVC.ABORT", "chat", "p")).isEqualTo(":2\r\n");
    assertThat(stat("store-puts-open")).isZero();
    assertThat(bed.ask("KVC.ABORT", "chat", "p")).isEqualTo(":0\r\n");
    assertThat(commit("p")).startsWith("-NOPUT p (expected: one that is under way");
  }

  @Test
  void put_neverCommitted_isGivenUp() {
    put("p", "", A, "0/1", "a");
    bed.clock.advance(Duration.ofSeconds(61));
    bed.awaitTick(() -> stat("store-block-puts-open") == 0);
    assertThat(commit("p")).startsWith("-NOPUT p");
    assertThat(stat("store-puts-open")).isZero();
    assertThat(stat("store-block-puts-abandoned")).isEqualTo(1);
  }

  @Test
  void del_aPart_takesTheBlockFromTheIndex() {
    put("p", "", A, "0/2", "a0");
    put("p", "", A, "1/2", "a1");
    commit("p");
    var keys = bed.ask("KEYS", "kvc:*");
    assertThat(keys).startsWith("*2\r\n");
    assertThat(bed.ask("DEL", keys.lines().skip(2).findFirst().orElse(""))).isEqualTo(":1\r\n");
    bed.awaitTick(() -> match(A).equals(":0"));
    assertThat(read("1", A)).isEqualTo("*1\r\n+MISS 0\r\n");
    assertThat(stat("store-blocks")).isZero();
  }

  @Test
  void flush_takesAllFromTheIndex() {
    put("p", "", A, "0/1", "a");
    commit("p");
    assertThat(bed.ask("FLUSHALL")).isEqualTo(OK);
    bed.awaitTick(() -> match(A).equals(":0"));
    put("p", "", A, "0/1", "again");
    assertThat(commit("p")).isEqualTo(counts(1, 0, 0));
    bed.awaitTick(() -> match(A).equals(":1"));
  }

  @Test
  void evicted_isGoneFromTheIndexToo() {
    var value = large(2, 1 << 20);
    for (int i = 0; i < 20; i++) {
      var hash = "%016x".formatted(i + 1);
      assertThat(put("p", "", hash, "0/1", value)).isEqualTo(OK);
      assertThat(commit("p")).isEqualTo(counts(1, 0, 0));
    }
    bed.awaitTick(() -> match("%016x".formatted(1)).equals(":0"));
    assertThat(match("%016x".formatted(20))).isEqualTo(":1");
    assertThat(stat("store-blocks")).isBetween(1L, 8L);
  }

  @Test
  void drop_ofTheNamespace_removesItsBlocks() {
    put("p", "", A, "0/1", "a");
    commit("p");
    bed.ask("KVC.NAMESPACE", "DROP", "chat");
    bed.awaitTick(() -> stat("store-keys") == 0);
    assertThat(read("0", A)).startsWith("-NONAMESPACE chat");
    attach();
    assertThat(read("0", A)).isEqualTo("*1\r\n+MISS 0\r\n");
  }

  @ParameterizedTest
  @CsvSource({
    "MODEL, mistral",
    "ENGINE, 2",
    "DTYPE, fp8",
    "LAYOUT, hnd",
    "PARALLEL, tp2",
    "ADAPTER, x",
    "SALT, s",
    "BLOCKTOKENS, 32",
    "HASHBYTES, 16",
    "ALGORITHM, sha256"
  })
  void attach_anotherContract_isRefusedByName(String field, String text) {
    var other = new Bed(bed);
    assertThat(other.ask("KVC.ATTACH", "chat", field, text))
        .startsWith("-CONTRACT chat " + field + ": '" + text + "' (expected: '");
    assertThat(other.ask("KVC.READ", "0", "chat", "0", A, "HEX"))
        .startsWith("-CONTRACT chat: this connection is not attached (expected: KVC.ATTACH");
  }

  @Test
  void attach_anotherBuildAfterADrop_neverReadsOldBytes() {
    put("p", "", A, "0/1", "a");
    commit("p");
    bed.ask("KVC.NAMESPACE", "DROP", "chat");
    bed.ask("KVC.NAMESPACE", "CREATE", "chat", "BLOCKTOKENS", "16", "HASHBYTES", "8");
    assertThat(bed.ask("KVC.ATTACH", "chat", "ENGINE", "2")).isEqualTo(OK);
    assertThat(read("0", A)).isEqualTo("*1\r\n+MISS 0\r\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "KVC.PUT nobody p '' " + A + " 0/1 v | NONAMESPACE nobody",
        "KVC.PUT chat p '' abc 0/1 v | WIDTH hash: 3 bytes (expected: 8, or twice as many hex",
        "KVC.PUT chat p abc " + A + " 0/1 v | WIDTH parent: 3 bytes",
        "KVC.PUT chat p '' zzzzzzzzzzzzzzzz 0/1 v | SYNTAX hash: zzzzzzzzzzzzzzzz (expected: hex",
        "KVC.PUT chat p '' " + A + " 1/1 v | SYNTAX part/parts: 1/1 (expected: such as 0/1",
        "KVC.PUT chat p '' " + A + " 01/2 v | SYNTAX part/parts: 01/2",
        "KVC.PUT chat p '' " + A + " 0/4097 v | SYNTAX part/parts: 0/4097",
        "KVC.PUT chat p '' " + A + " 0 v | SYNTAX part/parts: 0 ",
        "KVC.PUT chat '' '' " + A + " 0/1 v | LIMIT put: 0 bytes (expected: 1 to 128)",
        "KVC.PUT chat p " + A + " " + A + " 0/1 v | SYNTAX parent: the block itself",
        "KVC.READ x chat 0 " + A + " HEX | SYNTAX deadline-ms: x",
        "KVC.READ 0 chat -1 " + A + " HEX | SYNTAX part: -1 (expected: 0 to 4095)",
        "KVC.READ 0 chat 0 abc HEX | SYNTAX hashes: abc",
        "KVC.READ 0 chat 0 abc | WIDTH hashes: 3 bytes",
        "KVC.READ 0 chat 0 " + A + " HAX | SYNTAX HAX",
        "KVC.ATTACH chat COLOUR red | SYNTAX field: COLOUR (expected: one of [BLOCKTOKENS",
        "KVC.ATTACH chat MODEL | SYNTAX MODEL: no text",
        "KVC.ATTACH chat MODEL llama model llama | SYNTAX MODEL: twice",
        "SET kvc:chat:x v | ERR keys that begin with kvc: are parts of blocks",
        "MSET a 1 kvc:chat:x v | ERR keys that begin with kvc: are parts of blocks",
        "EXPIRE kvc:chat:x 5 | ERR keys that begin with kvc: are parts of blocks",
      })
  void requests_thatDoNotFit_areRefused(String request, String refusal) {
    var words = request.strip().split(" ", -1);
    for (int i = 0; i < words.length; i++) {
      words[i] = words[i].equals("''") ? "" : words[i];
    }
    assertThat(bed.ask(words)).startsWith("-" + refusal.strip());
  }

  @Test
  void restart_withADisk_findsBlocksAgain() throws InterruptedException {
    bed.close();
    var config = new DiskConfig(directory, 64 << 20, 4 << 20, 4 << 20, 8, false);
    bed = new Bed(config);
    attach();
    put("p", "", A, "0/2", "a0");
    put("p", "", A, "1/2", "a1");
    put("p", A, B, "0/1", large(3, 100_000));
    assertThat(commit("p")).isEqualTo(counts(2, 0, 0));
    bed.close();
    bed = new Bed(config);
    assertThat(bed.ask("KVC.READ", "0", "chat", "0", A, "HEX")).startsWith("-NONAMESPACE");
    attach();
    bed.awaitTick(() -> match(A + B).equals(":2"));
    assertThat(read("1", A)).contains("a1");
    assertThat(read("0", A + B)).contains("a0").contains(large(3, 100_000)).endsWith("+END\r\n");
    assertThat(put("q", "", A, "0/1", "x")).isEqualTo("+HAVE\r\n");
  }

  @Test
  void put_allPartsAreThere_countsAtTheCommit() {
    put("p", "", A, "0/1", "a");
    commit("p");
    assertThat(put("q", "", A, "0/1", "a")).isEqualTo("+HAVE\r\n");
    assertThat(put("q", A, B, "0/1", "b")).isEqualTo(OK);
    assertThat(commit("q")).isEqualTo(counts(1, 1, 0));
  }

  @Test
  void put_namesThatAreNoText_areNotOne() {
    assertThat(put("\u0080", "", A, "0/1", "a")).startsWith("-SYNTAX put: no UTF-8");
    assertThat(bed.ask("KVC.ATTACH", "chat", "SALT", "\u0080"))
        .startsWith("-SYNTAX SALT: no UTF-8");
  }

  @Test
  void puts_haveAQuarterOfTheMemory() {
    var value = large(4, 700_000);
    assertThat(put("p", "", A, "0/3", value)).isEqualTo(OK);
    assertThat(put("q", "", B, "0/3", value)).isEqualTo(OK);
    assertThat(put("r", "", C, "0/3", value)).startsWith("-BUSY put: 1400000 bytes wait");
    assertThat(bed.ask("KVC.ABORT", "chat", "p")).isEqualTo(":1\r\n");
    assertThat(put("r", "", C, "0/3", value)).isEqualTo(OK);
  }

  @Test
  void index_beginsAgain_isToldAll() throws InterruptedException {
    put("p", "", A, "0/1", "a");
    put("p", A, B, "0/1", "b");
    commit("p");
    assertThat(bed.ask("KVC.PUBLISH", "chat", "store", "1", "1", "CLEAR", "*"))
        .startsWith("-CONFLICT store (expected: another name");
    // Another life of the same owner, as if the index had begun again and heard another.
    var nothing = List.<Change>of(new Change.Clear(Optional.empty()));
    var told = new CountDownLatch(1);
    bed.service.execute(
        new Op.Publish("chat", "store", Long.MAX_VALUE / 400, 1, nothing), _ -> told.countDown());
    told.await();
    assertThat(match(A + B)).isEqualTo(":0");
    bed.awaitTick(() -> match(A + B).equals(":2"));
  }

  @Test
  void read_moreThanOneMayAskFor_isRefused() {
    assertThat(read("0", A.repeat(16_385)))
        .startsWith("-LIMIT hashes: 16385 (expected: at most 16384)");
  }
}
