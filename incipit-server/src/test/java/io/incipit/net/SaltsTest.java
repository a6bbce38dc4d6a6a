// SPDX-License-Identifier: Apache-2.0
package io.incipit.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.store.disk.DiskConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Bytes by salt and namespace, over a connection without sockets.
class SaltsTest {
  private static final String OK = "+OK\r\n";
  private static final String A = "a0a0a0a0a0a0a0a0";
  private static final String B = "b1b1b1b1b1b1b1b1";
  private static final int TENANTS = 5;

  @TempDir Path directory;

  private Bed bed = new Bed();

  @AfterEach
  void close() throws InterruptedException {
    bed.close();
  }

  private List<Map<String, String>> salts(String... words) {
    var all = new String[words.length + 1];
    all[0] = "KVC.SALTS";
    System.arraycopy(words, 0, all, 1, words.length);
    return Rows.of(bed.ask(all));
  }

  /// Keys and bytes by salt, as the server says.
  private Map<String, String> said() {
    var said = new HashMap<String, String>();
    salts("1024")
        .forEach(row -> said.put(row.get("salt"), row.get("keys") + "/" + row.get("bytes")));
    return said;
  }

  /// The same, by looking at each key that has a value in memory.
  private Map<String, String> seen() {
    var keys = new HashMap<String, Integer>();
    var bytes = new HashMap<String, Long>();
    for (var line : bed.ask("KEYS", "*").split("\r\n", -1)) {
      if (!line.contains("@") || !bed.context.store().isInMemory(Bed.bytes(line))) {
        continue;
      }
      var salt = line.substring(line.lastIndexOf('@') + 1);
      if (salt.startsWith("tenant")) {
        keys.merge(salt, 1, Integer::sum);
        bytes.merge(salt, Long.valueOf(bed.ask("STRLEN", line).strip().substring(1)), Long::sum);
      }
    }
    var seen = new HashMap<String, String>();
    keys.forEach((salt, count) -> seen.put(salt, count + "/" + bytes.get(salt)));
    return seen;
  }

  private static String key(Random random) {
    int tenant = random.nextInt(TENANTS + 1);
    var salt = tenant == TENANTS ? "" : "@tenant-" + tenant;
    return "m@0000000%d@%016x%s".formatted(random.nextInt(2), random.nextInt(200), salt);
  }

  private void step(Random random, int bytesMax) {
    var key = key(random);
    var value = "v".repeat(random.nextInt(bytesMax));
    switch (random.nextInt(20)) {
      case 0, 1, 2 -> bed.ask("DEL", key);
      case 3 -> bed.ask("SET", key, value, "PX", "50");
      case 4, 5, 6 -> bed.ask("GET", key);
      case 7 -> bed.ask("PEXPIRE", key, "20");
      case 8 -> bed.ask("MSET", key, value, key(random), value);
      default -> bed.ask("SET", key, value);
    }
  }

  private void run(int seed, int bytesMax) {
    var random = new Random(seed);
    for (int round = 0; round < 8; round++) {
      for (int i = 0; i < 150; i++) {
        step(random, bytesMax);
        bed.clock.advance(Duration.ofMillis(1));
      }
      bed.awaitTick(() -> said().equals(seen()));
      assertThat(said()).isNotEmpty();
    }
    assertThat(bed.context.stat("store-salts")).isEqualTo(TENANTS);
    bed.ask("FLUSHALL");
    bed.awaitTick(() -> said().isEmpty());
    assertThat(bed.context.stat("store-salted-bytes")).isZero();
    assertThat(bed.context.stat("store-salted-keys")).isZero();
  }

  @Test
  void randomChanges_inMemory_areWhatIsThere() {
    run(1, 200_000);
    assertThat(bed.context.stat("store-evicted")).isPositive();
    assertThat(bed.context.stat("store-expired")).isPositive();
  }

  @Test
  void randomChanges_overADisk_areWhatIsInMemory() throws InterruptedException {
    bed.close();
    bed = new Bed(new DiskConfig(directory, 64 << 20, 4 << 20, 4 << 20, 8, false));
    run(2, 200_000);
    assertThat(bed.context.stat("store-promoted")).isPositive();
    assertThat(bed.context.stat("store-demoted")).isPositive();
  }

  @Test
  void salts_beyondTheBound_areInARowThatIsNotExact() {
    for (int i = 0; i < 1_100; i++) {
      assertThat(bed.ask("SET", "m@00000000@%016x@tenant-%d".formatted(1, i), "abc")).isEqualTo(OK);
    }
    var rows = salts("1024");
    assertThat(rows).hasSize(1_025);
    assertThat(rows.getLast())
        .containsEntry("salt", "other")
        .containsEntry("keys", "76")
        .containsEntry("bytes", "228")
        .containsEntry("exact", "0");
    assertThat(rows.getFirst()).containsEntry("exact", "1");
    assertThat(salts()).hasSize(17);
  }

  @Test
  void salt_thatIsNoText_isEscaped() {
    bed.ask("SET", "m@00000000@%016x@a\\\u00ff\n".formatted(1), "abc");
    bed.ask("SET", "m@00000000@%016x@a\\\u00ff\u0001".formatted(1), "abc");
    assertThat(salts()).extracting(row -> row.get("salt")).containsExactly("a\\x5c\\xff\\x01");
  }

  private void attach(String namespace, String salt) {
    bed.ask("KVC.NAMESPACE", "CREATE", namespace, "BLOCKTOKENS", "16", "HASHBYTES", "8");
    assertThat(bed.ask("KVC.ATTACH", namespace, "SALT", salt)).isEqualTo(OK);
  }

  private void put(String namespace, String hash, String... parts) {
    for (int i = 0; i < parts.length; i++) {
      bed.ask("KVC.PUT", namespace, "p", "", hash, i + "/" + parts.length, parts[i]);
    }
    assertThat(bed.ask("KVC.COMMIT", namespace, "p")).isEqualTo("*3\r\n:1\r\n:0\r\n:0\r\n");
  }

  @Test
  void blocks_countForTheSaltOfTheirContract_andTheirNamespace() {
    attach("chat", "tenant-1");
    attach("other", "tenant-1");
    attach("plain", "");
    bed.ask("SET", "m@00000000@%016x@tenant-1".formatted(1), "abc");
    put("chat", A, "12345", "123");
    put("other", A, "1");
    put("plain", A, "123456");
    assertThat(said()).isEqualTo(Map.of("tenant-1", "4/12"));
    assertThat(salts("NAMESPACES"))
        .extracting(row -> String.join(" ", row.values()))
        .containsExactly("chat 1 2 8", "plain 1 1 6", "other 1 1 1");
    assertThat(salts("NAMESPACES", "1")).hasSize(1);
    put("chat", B, "9");
    assertThat(salts("NAMESPACES", "1").getFirst()).containsEntry("blocks", "2");
    bed.ask("KVC.NAMESPACE", "DROP", "chat");
    // A row may be read while the change is under way: values go before their blocks do.
    bed.awaitTick(() -> salts("NAMESPACES").size() == 2);
    assertThat(said()).isEqualTo(Map.of("tenant-1", "2/4"));
    assertThat(salts("NAMESPACES"))
        .extracting(row -> row.get("namespace"))
        .containsExactly("plain", "other");
    bed.ask("FLUSHALL");
    assertThat(salts()).isEmpty();
    assertThat(salts("NAMESPACES")).isEmpty();
  }

  @Test
  void blocks_onDisk_countAgainWhenTheyAreRead() throws InterruptedException {
    bed.close();
    var disk = new DiskConfig(directory, 64 << 20, 4 << 20, 4 << 20, 8, false);
    bed = new Bed(disk);
    attach("chat", "tenant-1");
    put("chat", A, "12345");
    bed.close();
    bed = new Bed(disk);
    attach("chat", "tenant-1");
    bed.awaitTick(() -> bed.context.stat("store-blocks") == 1);
    assertThat(said()).isEmpty();
    assertThat(salts("NAMESPACES").getFirst())
        .containsEntry("blocks", "1")
        .containsEntry("bytes", "0");
    var read = new String[] {"KVC.READ", "0", "chat", "0", A, "HEX"};
    var reply = new StringBuilder(bed.ask(read));
    bed.awaitTick(
        () -> {
          reply.append(bed.settle());
          return reply.toString().contains("12345");
        });
    assertThat(said()).isEqualTo(Map.of("tenant-1", "1/5"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "KVC.SALTS 0 | LIMIT count: 0 (expected: 1 to 1024)",
        "KVC.SALTS NAMESPACES 1025 | LIMIT count: 1025 (expected: 1 to 1024)",
        "KVC.SALTS all | SYNTAX count: all (expected: 1 to 1024)",
        "KVC.SALTS 1 2 | SYNTAX 2 (expected: nothing)",
      })
  void requests_thatDoNotFit_areRefused(String request, String refusal) {
    assertThat(bed.ask(request.strip().split(" "))).startsWith("-" + refusal.strip());
  }
}
