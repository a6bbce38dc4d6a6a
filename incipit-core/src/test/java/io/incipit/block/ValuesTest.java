// SPDX-License-Identifier: Apache-2.0
package io.incipit.block;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// The small values: what their makers refuse, copy and take for equal.
final class ValuesTest {
  @Test
  void cursor_ofBytes_isACopyOfAtMost48() {
    var bytes = new byte[] {1, 2};
    var cursor = Cursor.of(bytes);
    bytes[0] = 9;
    cursor.toBytes()[1] = 9;
    assertArrayEquals(new byte[] {1, 2}, cursor.toBytes());
    assertEquals(Cursor.of(new byte[] {1, 2}), cursor);
    assertNotEquals(Cursor.of(new byte[] {1}), cursor);
    assertSame(Cursor.NONE, Cursor.of(new byte[0]));
    assertEquals(48, Cursor.of(new byte[48]).toBytes().length);
    assertThrows(IllegalArgumentException.class, () -> Cursor.of(new byte[49]));
  }

  @Test
  void holders_ofMoreFieldsThanCount_areTheFirst() {
    var fields = new int[] {0, 3, 7, 0, 1, 2, 8, 3, 9, 9, 9, 9};
    var holders = Holders.of(fields, 2);
    fields[0] = 5;
    assertEquals(2, holders.count());
    assertEquals("Holders[0..3 owner 7 GPU, 1..2 owner 8 REMOTE]", holders.toString());
    assertEquals(Tier.REMOTE, holders.tier(1));
    assertSame(Holders.NONE, Holders.of(fields, 0));
    assertNotEquals(holders, Holders.of(fields, 2));
  }

  @Test
  void scores_ofAnOwnerThatIsNotListed_areTheBase() {
    var scores = Scores.of(new int[] {1, 2, 3, 4}, new int[] {7, 5, 6, 7, 8, 9, 9, 9, 9, 9}, 1);
    assertEquals(1, scores.count());
    assertEquals(5, scores.blocksOf(7, Tier.GPU));
    assertEquals(8, scores.blocksOf(7, Tier.REMOTE));
    assertEquals(3, scores.blocksOf(9, Tier.DISK));
    assertEquals(2, scores.base(Tier.HOST));
  }

  @Test
  void tier_byNameCodeAndNonsense() {
    assertEquals(Optional.of(Tier.HOST), Tier.parse("hOsT"));
    assertEquals(Optional.of(Tier.DISK), Tier.parse("2"));
    for (var nonsense : List.of("", "4", "-1", "02", "GPU ", "gpus")) {
      assertEquals(Optional.empty(), Tier.parse(nonsense), nonsense);
    }
    int all = 0;
    for (int code = 0; code < Tier.COUNT; code++) {
      assertEquals(code, Tier.of(code).code());
      all |= Tier.of(code).mask();
    }
    assertEquals(Tier.ALL_MASK, all);
    assertThrows(IllegalArgumentException.class, () -> Tier.of(-1));
    assertThrows(IllegalArgumentException.class, () -> Tier.of(Tier.COUNT));
  }

  @Test
  void namespace_atItsLimits_isTakenAndBeyondRefused() {
    var longest = "é".repeat(Namespace.NAME_BYTES_MAX / 2);
    assertEquals(longest, Namespace.of(longest, 65_536, 32).name());
    assertRefused("name: 129 bytes (expected: at most 128)", longest + "e", 1, 8, "");
    assertRefused("name: empty (expected: 1 to 128 bytes)", "", 1, 8, "");
    assertRefused("blockTokens: 0 (expected: 1 to 65536)", "n", 0, 8, "");
    assertRefused("blockTokens: 65537 (expected: 1 to 65536)", "n", 65_537, 8, "");
    assertRefused("hashBytes: 12 (expected: 8, 16 or 32)", "n", 1, 12, "");
    assertRefused("model: 130 bytes (expected: at most 128)", "n", 1, 8, longest + "ab");
  }

  private static void assertRefused(
      String message, String name, int blockTokens, int hashBytes, String model) {
    var refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> new Namespace(name, blockTokens, hashBytes, "", model, ""));
    assertEquals(message, refused.getMessage());
  }

  @Test
  void scored_withNamesForOthersThanListed_isRefused() {
    var scores = Scores.of(new int[4], new int[] {7, 1, 1, 1, 1}, 1);
    assertEquals(1, new Reply.Scored(1, 0, Cursor.NONE, scores, List.of("a")).names().size());
    assertThrows(
        IllegalArgumentException.class,
        () -> new Reply.Scored(1, 0, Cursor.NONE, scores, List.of()));
    assertThrows(
        IllegalArgumentException.class,
        () -> new Reply.Scored(1, 0, Cursor.NONE, scores, false, List.of("a")));
  }

  @Test
  void value_ofATextInDigits_isANumber() {
    assertEquals(-12, Value.of("-12").number());
    assertEquals("12", Value.of(12).text());
    assertNotEquals(Value.of("12"), Value.of(12));
    assertThrows(NumberFormatException.class, () -> Value.of("n").number());
  }

  @Test
  void stat_addedToARow_keepsTheOrder() {
    var row = new LinkedHashMap<String, Value>();
    row.put("namespace", Value.of("n"));
    Stat.addTo(row, List.of(Stat.gauge("owners", 2), Stat.counter("gaps", 1)));
    assertEquals(List.of("namespace", "owners", "gaps"), List.copyOf(row.keySet()));
    assertEquals(Value.of(2), row.get("owners"));
    assertEquals(Stat.Kind.COUNTER, Stat.counter("gaps", 1).kind());
  }
}
