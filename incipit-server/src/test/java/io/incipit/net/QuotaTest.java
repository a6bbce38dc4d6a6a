// SPDX-License-Identifier: Apache-2.0
package io.incipit.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.env.ManualClock;
import io.incipit.quota.Limits;
import io.incipit.quota.Quotas;
import io.incipit.store.disk.DiskConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What namespaces may take and ask for, and what of it is sure, over connections without sockets.
/// The store has 8 MiB.
class QuotaTest {
  private static final long ENDLESS = Limits.ENDLESS;
  private static final int MIB = 1 << 20;
  private static final int KIB = 1 << 10;
  private static final String OK = "+OK\r\n";

  @TempDir private Path directory;
  private final ManualClock clock = new ManualClock();
  private Quotas quotas = Quotas.of(List.of(), clock);
  private Bed bed = new Bed();

  private void open(Limits... lines) throws IOException {
    open(Optional.empty(), lines);
  }

  private void open(Optional<DiskConfig> disk, Limits... lines) throws IOException {
    quotas = Quotas.of(List.of(lines), clock);
    try {
      bed.close();
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException(interrupted);
    }
    bed = new Bed(clock, quotas, disk);
    for (var name : List.of("a", "b")) {
      bed.ask("KVC.NAMESPACE", "CREATE", name, "BLOCKTOKENS", "16", "HASHBYTES", "8");
      assertThat(bed.ask("KVC.ATTACH", name, "MODEL", "llama")).isEqualTo(OK);
    }
  }

  @AfterEach
  void close() throws InterruptedException {
    bed.close();
  }

  private static Limits bytes(String name, long bytes) {
    return new Limits(name, ENDLESS, 0, bytes, 0, ENDLESS, ENDLESS);
  }

  private static Limits floor(String name, long bytes) {
    return new Limits(name, ENDLESS, 0, ENDLESS, bytes, ENDLESS, ENDLESS);
  }

  private static Limits rates(String name, long publishes, long lookups) {
    return new Limits(name, ENDLESS, 0, ENDLESS, 0, publishes, lookups);
  }

  private static String hash(int block) {
    return "%016x".formatted(0x5000_0000_0000_0000L + block);
  }

  /// Puts blocks in one chain of a prompt, each of so many bytes.
  private void put(String namespace, int prompt, int blocks, int bytes) {
    for (int i = 0; i < blocks; i++) {
      var parent = i == 0 ? "" : hash(prompt * 1_000 + i - 1);
      var block = hash(prompt * 1_000 + i);
      var put = bed.ask("KVC.PUT", namespace, "p", parent, block, "0/1", "x".repeat(bytes));
      assertThat(put).isIn(OK, "+HAVE\r\n", "+DECLINED\r\n");
      if (i % 20 == 19 || i == blocks - 1) {
        assertThat(bed.ask("KVC.COMMIT", namespace, "p")).startsWith("*3");
      }
    }
  }

  /// How many of a prompt's leading blocks are there.
  private int leading(String namespace, int prompt, int blocks) {
    var where = new ArrayList<String>();
    for (int i = 0; i < blocks; i++) {
      where.add(hash(prompt * 1_000 + i));
    }
    var read = bed.ask("KVC.READ", "0", namespace, "0", String.join("", where), "HEX");
    int miss = read.indexOf("+MISS ");
    return miss < 0 ? blocks : Integer.parseInt(read.substring(miss + 6, read.indexOf('\r', miss)));
  }

  private long held(String namespace) {
    return bed.context.store().blocks().held(10).stream()
        .filter(held -> held.namespace().equals(namespace))
        .mapToLong(held -> held.bytes())
        .sum();
  }

  @Test
  void lookups_beyondTheQuota_areRefusedByItsName() throws IOException {
    open(rates("a", ENDLESS, 2));
    for (int i = 0; i < 2; i++) {
      assertThat(bed.ask("KVC.MATCH", "a", hash(1), "HEX")).startsWith("*");
    }
    assertThat(bed.ask("KVC.MATCH", "a", hash(1), "HEX"))
        .isEqualTo(
            "-BUSY KVC.MATCH: too many look-ups (expected: at most lookups=2 a second in a)\r\n");
    assertThat(bed.ask("KVC.MATCH", "b", hash(1), "HEX")).startsWith("*");
    clock.advance(Duration.ofMillis(500));
    assertThat(bed.ask("KVC.MATCH", "a", hash(1), "HEX")).startsWith("*");
    assertThat(bed.ask("KVC.MATCH", "a", hash(1), "HEX")).startsWith("-BUSY");
    assertThat(bed.context.stat("quota-lookups-refused")).isEqualTo(2);
  }

  @Test
  void lookups_thatTakeManyTurns_countEach() throws IOException {
    open(rates("redis", ENDLESS, 2));
    for (var key : List.of("k", "l", "m")) {
      assertThat(bed.ask("SET", key, "x".repeat(300 * KIB))).isEqualTo(OK);
    }
    // What was not checked for so long is, and each takes a turn.
    clock.advance(Duration.ofMinutes(2));
    for (int i = 0; i < 2; i++) {
      assertThat(bed.ask("MGET", "k", "l", "m")).startsWith("*3\r\n$");
    }
    for (int i = 0; i < 2; i++) {
      assertThat(bed.ask("MGET", "k", "l", "m")).startsWith("-BUSY MGET: too many look-ups");
    }
  }

  @Test
  void lookups_whoseReplyWaitsForMemory_countOnce() throws IOException {
    open(rates("default", ENDLESS, 1));
    for (int owner = 0; owner < 800; owner++) {
      bed.ask("KVC.PUBLISH", "default", "o" + owner, "1", "1", "STORE", "GPU", "", hash(1), "HEX");
    }
    var full = new ArrayList<>(List.of(bed));
    for (int i = 0; i < 9; i++) {
      full.add(new Bed(bed));
    }
    full.forEach(QuotaTest::fill);
    var last = new Bed(bed);
    var owners = Bed.request("KVC.OWNERS", "default", "LIMIT", "800");
    last.write(Bed.bytes(owners));
    assertThat(last.read()).isEmpty();
    assertThat(last.handler.connection().pendingReplies()).isZero();
    full.forEach(one -> one.channel.deaf(false));
    full.forEach(Bed::read);
    last.tick(Duration.ofMillis(250));
    assertThat(last.settle()).contains("o799");
    assertThat(last.send(owners)).startsWith("-BUSY KVC.OWNERS: too many look-ups");
    full.subList(1, full.size()).forEach(one -> one.channel.finishAndReleaseAll());
    last.channel.finishAndReleaseAll();
  }

  /// Lets a client ask, and read nothing, as long as the server reads.
  private static void fill(Bed bed) {
    bed.channel.deaf(true);
    while (bed.channel.config().isAutoRead()) {
      bed.write(Bed.bytes(Bed.request("ECHO", "x".repeat(1_000)).repeat(50)));
      bed.channel.runPendingTasks();
    }
  }

  @Test
  void lookups_inNamesThatNoNamespaceHas_areRefusedAndNotRemembered() throws IOException {
    open(rates("*", ENDLESS, 1));
    var name = "n".repeat(100_000);
    for (int i = 0; i < 3; i++) {
      assertThat(bed.ask("KVC.MATCH", name, hash(1), "HEX"))
          .startsWith("-LIMIT namespace: 100000 bytes");
    }
  }

  @Test
  void publishes_beyondTheQuota_waitAndKeepTheirOrder() throws IOException {
    open(rates("a", 2, ENDLESS));
    var pipeline = new StringBuilder();
    for (int seq = 1; seq <= 4; seq++) {
      pipeline.append(
          Bed.request(
              "KVC.PUBLISH", "a", "gpu", "1", "" + seq, "STORE", "GPU", "", hash(seq), "HEX"));
    }
    pipeline.append(Bed.request("PING"));
    bed.write(Bed.bytes(pipeline.toString()));
    assertThat(answers(2)).isEqualTo(":1\r\n:2\r\n");
    assertThat(bed.read()).isEmpty();
    bed.tick(Duration.ofMillis(500));
    assertThat(answers(1)).isEqualTo(":3\r\n");
    bed.tick(Duration.ofMillis(250));
    assertThat(bed.read()).isEmpty();
    bed.tick(Duration.ofMillis(250));
    assertThat(answers(2)).isEqualTo(":4\r\n+PONG\r\n");
    assertThat(bed.context.stat("quota-publishes-delayed")).isPositive();
  }

  /// Waits for so many answers.
  private String answers(int count) {
    var text = new StringBuilder();
    for (int i = 0;
        i < 5_000 && text.chars().filter(letter -> letter == '\n').count() < count;
        i++) {
      bed.handler.resume();
      bed.channel.runPendingTasks();
      text.append(bed.read());
      java.util.concurrent.locks.LockSupport.parkNanos(200_000);
    }
    return text.toString();
  }

  @Test
  void publishes_ofALargeValue_arriveWhole() throws IOException {
    open(rates("redis", 1, ENDLESS));
    var value = "v".repeat(300 * KIB);
    assertThat(bed.ask("SET", "k1", value)).isEqualTo(OK);
    bed.write(Bed.bytes(Bed.request("SET", "k2", value)));
    for (int i = 0; i < 20; i++) {
      bed.handler.resume();
      bed.channel.runPendingTasks();
    }
    assertThat(bed.read()).isEmpty();
    bed.tick(Duration.ofSeconds(1));
    assertThat(answers(1)).isEqualTo(OK);
    assertThat(bed.ask("GET", "k2")).contains(value);
  }

  @Test
  void publishes_insideATransaction_waitWhenItRuns() throws IOException {
    open(rates("redis", 1, ENDLESS));
    assertThat(bed.ask("MULTI")).isEqualTo(OK);
    assertThat(bed.ask("SET", "k1", "1")).isEqualTo("+QUEUED\r\n");
    assertThat(bed.ask("SET", "k2", "2")).isEqualTo("+QUEUED\r\n");
    bed.write(Bed.bytes(Bed.request("EXEC")));
    assertThat(answers(2)).isEqualTo("*2\r\n+OK\r\n");
    bed.tick(Duration.ofSeconds(1));
    assertThat(answers(1)).isEqualTo(OK);
  }

  @Test
  void bytes_beyondTheQuota_evictOfTheSameOnly_theOldestFirst() throws IOException {
    open(bytes("a", MIB));
    put("b", 1, 10, 50 * KIB);
    put("a", 2, 10, 50 * KIB);
    put("a", 3, 10, 50 * KIB);
    assertThat(leading("a", 2, 10)).isEqualTo(10);
    put("a", 4, 10, 50 * KIB);
    bed.awaitTick(() -> held("a") <= MIB);
    assertThat(leading("a", 3, 10)).isZero();
    assertThat(leading("a", 2, 10)).isEqualTo(10);
    assertThat(leading("a", 4, 10)).isEqualTo(10);
    assertThat(leading("b", 1, 10)).isEqualTo(10);
    assertThat(bed.context.stat("store-quota-evicted")).isEqualTo(10);
  }

  @Test
  void bytes_whatGoes_goesFromTheEndOfItsPrompt() throws IOException {
    open(bytes("a", 500 * KIB));
    put("a", 1, 20, 50 * KIB);
    bed.awaitTick(() -> held("a") <= 500 * KIB);
    assertThat(leading("a", 1, 20)).isEqualTo(10);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void bytes_loweredBelowUse_evictOfTheSameOnly(boolean disk) throws IOException {
    open(
        disk ? Optional.of(DiskConfig.of(directory.resolve("disk"), 64L * MIB)) : Optional.empty(),
        bytes("a", ENDLESS));
    put("a", 1, 20, 50 * KIB);
    put("b", 2, 20, 50 * KIB);
    assertThat(held("a")).isEqualTo(20 * 50 * KIB);
    quotas.set(List.of(bytes("a", 200 * KIB)));
    bed.awaitTick(() -> held("a") <= 200 * KIB);
    assertThat(held("a")).isEqualTo(200 * KIB);
    assertThat(held("b")).isEqualTo(20 * 50 * KIB);
    assertThat(leading("b", 2, 20)).isEqualTo(20);
    assertThat(leading("a", 1, 20)).isEqualTo(disk ? 20 : 4);
    quotas.set(List.of());
    put("a", 3, 20, 50 * KIB);
    assertThat(leading("a", 3, 20)).isEqualTo(20);
  }

  @Test
  void bytes_ofAValueThatNeverFits_areRefusedByTheQuotasName() throws IOException {
    open(bytes("redis", 10 * KIB), bytes("a", 10 * KIB));
    assertThat(bed.ask("SET", "k", "x".repeat(11 * KIB)))
        .isEqualTo("-LIMIT bytes of redis: 11264 (expected: at most 10240, its quota)\r\n");
    assertThat(bed.ask("KVC.PUT", "a", "p", "", hash(1), "0/1", "x".repeat(90 * KIB)))
        .isEqualTo("-LIMIT bytes of a: 92160 (expected: at most 10240, its quota)\r\n");
    assertThat(bed.ask("SET", "k", "x".repeat(9 * KIB))).isEqualTo(OK);
    assertThat(bed.ask("SET", "l", "x".repeat(9 * KIB))).isEqualTo(OK);
    bed.awaitTick(() -> bed.ask("DBSIZE").equals(":1\r\n"));
    assertThat(bed.ask("GET", "l")).contains("xxx");
    assertThat(bed.ask("GET", "k")).isEqualTo("$-1\r\n");
  }

  @ParameterizedTest
  @CsvSource({"false, false", "false, true", "true, false", "true, true"})
  void floor_isLeftByAFlood_ofBlocksOrOfKeys(boolean disk, boolean keys) throws IOException {
    open(
        disk ? Optional.of(DiskConfig.of(directory.resolve("disk"), 64L * MIB)) : Optional.empty(),
        floor("a", 2 * MIB));
    put("a", 1, 40, 50 * KIB);
    put("b", 1, 40, 50 * KIB);
    for (int i = 0; i < 30; i++) {
      if (keys) {
        for (int k = 0; k < 20; k++) {
          var set = bed.ask("SET", "flood-" + i + "-" + k, "x".repeat(50 * KIB));
          assertThat(set).isEqualTo(OK);
        }
      } else {
        put("b", 100 + i, 20, 50 * KIB);
      }
      clock.advance(Duration.ofMillis(700));
      bed.awaitSweep();
    }
    assertThat(held("a")).isEqualTo(40 * 50 * KIB);
    if (!disk) {
      assertThat(leading("b", 1, 40)).isLessThan(40);
    }
    assertThat(leading("a", 1, 40)).isEqualTo(40);
    assertThat(bed.context.stat("store-floor-passed")).isPositive();
  }

  @Test
  void floor_isReachedAgain_thoughOthersHaveAll() throws IOException {
    open(floor("a", 2 * MIB));
    for (int i = 0; i < 10; i++) {
      put("b", 100 + i, 20, 50 * KIB);
    }
    put("a", 1, 40, 50 * KIB);
    assertThat(held("a")).isEqualTo(40 * 50 * KIB);
  }

  @Test
  void floor_whatIsAboveIt_goesLikeAnyOther() throws IOException {
    open(floor("a", MIB));
    put("a", 1, 60, 50 * KIB);
    for (int i = 0; i < 10; i++) {
      put("b", 100 + i, 20, 50 * KIB);
    }
    assertThat(held("a")).isBetween((long) MIB - 50 * KIB, (long) MIB + 50 * KIB);
    assertThat(leading("a", 1, 60)).isBetween(20, 21);
  }

  @Test
  void puts_ofOneNamespace_leaveRoomForThoseOfOthers() throws IOException {
    open();
    var last = OK;
    for (int i = 0; last.equals(OK); i++) {
      assertThat(i).isLessThan(100);
      last = bed.ask("KVC.PUT", "a", "p", "", hash(i), "0/1", "x".repeat(100 * KIB));
    }
    assertThat(last).startsWith("-BUSY put: ");
    assertThat(bed.ask("KVC.PUT", "b", "p", "", hash(1), "0/1", "x".repeat(100 * KIB)))
        .isEqualTo(OK);
    assertThat(bed.ask("KVC.ABORT", "a", "p")).startsWith(":");
    assertThat(bed.ask("KVC.PUT", "a", "p", "", hash(1), "0/1", "x".repeat(100 * KIB)))
        .isEqualTo(OK);
  }

  @Test
  void blocks_beyondTheQuota_areForgottenByTheIndex() throws IOException {
    open(new Limits("a", 100, 0, ENDLESS, 0, ENDLESS, ENDLESS));
    for (int seq = 1; seq <= 50; seq++) {
      for (var namespace : List.of("a", "b")) {
        assertThat(
                bed.ask(
                    "KVC.PUBLISH",
                    namespace,
                    "gpu",
                    "1",
                    "" + seq,
                    "STORE",
                    "GPU",
                    "",
                    hash(2 * seq) + hash(2 * seq + 1) + hash(1_000 + seq),
                    "HEX"))
            .isEqualTo(":" + seq + "\r\n");
      }
    }
    assertThat(blocks("a")).isLessThanOrEqualTo(100).isGreaterThan(90);
    assertThat(blocks("b")).isEqualTo(150);
    quotas.set(List.of(new Limits("a", 10, 0, ENDLESS, 0, ENDLESS, ENDLESS)));
    bed.awaitTick(() -> blocks("a") <= 10);
    assertThat(blocks("b")).isEqualTo(150);
  }

  private long blocks(String namespace) {
    return bed.service.stats(namespace).stream()
        .filter(stat -> stat.name().equals("blocks"))
        .mapToLong(stat -> stat.value())
        .findFirst()
        .orElseThrow();
  }
}
