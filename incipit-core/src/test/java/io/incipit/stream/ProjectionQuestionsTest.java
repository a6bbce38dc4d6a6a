// SPDX-License-Identifier: Apache-2.0
package io.incipit.stream;

import static io.incipit.block.TestChains.chain;
import static io.incipit.block.TestChains.join;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.incipit.block.BlockChain;
import io.incipit.block.Cursor;
import io.incipit.block.Reply;
import io.incipit.block.Tier;
import io.incipit.block.Value;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Flags, cursors and lists of a projection's answers.
final class ProjectionQuestionsTest {
  private static final BlockChain A = chain(1, 0, 10);
  /// Where a cursor says which run, and how deep; behind that stands the hash.
  private static final int RUN_AT = 12;

  private static final int DEPTH_AT = 16;

  private static final String STALE = "STALECURSOR the";
  private final Talk talk = new Talk();

  @Test
  void match_partialOwner_isFlaggedOnlyWhereItMayCount() {
    talk.apply("whole", 1, 1, talk.store(A));
    assertEquals("GAP 1", talk.refuse("partial", 1, 2, Talk.synced()));
    assertTrue(talk.isPartial(A));
    assertTrue(talk.isPartial(A, "partial"));
    assertTrue(talk.isPartial(A, "whole", "partial"));
    assertFalse(talk.isPartial(A, "whole"));
    assertFalse(talk.isPartial(A, "nobody"));
    assertEquals(0, flags(talk.match(A, Cursor.NONE, List.of(), 0, 9)), "no tier, no owner");
    assertEquals(Reply.SHORT, talk.score(A).flags());
    assertEquals(Reply.SHORT | Reply.COUNT, talk.run(A.slice(0, 1), 3).flags());
    talk.apply("partial", 1, 1, Talk.synced());
    assertFalse(talk.isPartial(A));
    assertEquals(0, talk.score(A).flags());
    assertEquals(Reply.COUNT, talk.run(A.slice(0, 1), 3).flags());
  }

  @Test
  void match_ownersAndTiers_sayWhoCounts() {
    talk.apply("a", 1, 1, talk.store(A.slice(0, 6)));
    talk.apply("b", 1, 1, Talk.store(Tier.HOST, A, 6));
    assertEquals(10, talk.blocks(A));
    assertEquals(160, talk.match(A).tokens());
    assertEquals(6, talk.match(A, "a").blocks());
    assertEquals(6, talk.match(A, "a", "a", "nobody").blocks());
    assertEquals(0, talk.match(A, "b").blocks());
    assertEquals(0, talk.match(A, "nobody").blocks());
    assertEquals(10, talk.match(A, "b", "a").blocks());
    var host = talk.match(A, Cursor.NONE, List.of(), Tier.HOST.mask(), 9);
    assertEquals(0, assertInstanceOf(Reply.Matched.class, host).blocks());
  }

  @Test
  void score_all_listsWhoHoldsWhatMostHold() {
    for (int i = 0; i < 4; i++) {
      talk.apply("o" + i, 1, 1, talk.store(A.slice(0, i < 3 ? 2 : 5)));
    }
    talk.apply("nothing", 1, 1, Talk.synced());
    var most = talk.score(A).scores();
    assertEquals(2, most.base(Tier.REMOTE));
    assertEquals(2, most.count());
    var all = talk.scoreAll(A, 9);
    assertEquals(0, all.flags());
    assertEquals(0, all.scores().base(Tier.REMOTE));
    assertEquals(List.of("o3", "o0", "o1", "o2"), all.names());
    assertEquals(2, all.scores().blocks(3, Tier.GPU));
    var few = talk.scoreAll(A, 2);
    assertEquals(Reply.TRUNCATED, few.flags());
    assertEquals(List.of("o3", "o0"), few.names());
  }

  @Test
  void questions_thatFindNothing_areCountedUntilOneFindsABlock() {
    talk.apply("a", 1, 1, talk.store(A));
    assertEquals(0, talk.blocks(chain(2, 0, 3)));
    talk.score(chain(2, 0, 3));
    assertEquals(2, talk.stat("questions-in-vain"));
    talk.score(A);
    assertEquals(0, talk.stat("questions-in-vain"));
    talk.score(chain(2, 0, 3));
    assertEquals(1, talk.stat("questions-in-vain"));
    assertEquals(10, talk.blocks(A));
    assertEquals(0, talk.stat("questions-in-vain"));
  }

  @Test
  void questions_listCutAtTheLimit_isFlagged() {
    for (int i = 0; i < 4; i++) {
      talk.apply("o" + i, 1, 1, talk.store(A.slice(0, i + 3)));
    }
    assertEquals(0, flags(talk.match(A, Cursor.NONE, List.of(), Tier.ALL_MASK, 4)));
    assertEquals(Reply.TRUNCATED, flags(talk.match(A, Cursor.NONE, List.of(), Tier.ALL_MASK, 3)));
    assertEquals(0, flags(talk.score(A, Cursor.NONE, 3)));
    assertEquals(Reply.TRUNCATED, flags(talk.score(A, Cursor.NONE, 2)));
    assertEquals("GAP 1", talk.refuse("p", 1, 2, Talk.synced()));
    assertEquals(
        Reply.TRUNCATED | Reply.SHORT,
        flags(talk.match(A, Cursor.NONE, List.of(), Tier.ALL_MASK, 3)));
  }

  private static int flags(Reply reply) {
    return reply instanceof Reply.Scored scored
        ? scored.flags()
        : assertInstanceOf(Reply.Matched.class, reply).flags();
  }

  @Test
  void cursor_ofAMatch_goesOn() {
    talk.apply("a", 1, 1, talk.store(A));
    talk.apply("b", 1, 1, talk.store(join(A.slice(0, 7), chain(2, 0, 3))));
    var first = talk.match(A.slice(0, 4));
    assertTrue(first.cursor().toBytes().length <= Cursor.BYTES_MAX);
    var next = matched(first.cursor(), A.slice(4, 10));
    assertEquals(10, next.blocks());
    assertEquals(160, next.tokens());
    assertEquals("Holders[0..10 owner 0 GPU, 0..7 owner 1 GPU]", next.holders().toString());
    assertEquals(4, matched(first.cursor(), BlockChain.empty(8)).blocks());
    assertEquals(7, matched(first.cursor(), join(A.slice(4, 7), chain(3, 0, 2))).blocks());
    var last = matched(next.cursor(), chain(4, 0, 2));
    assertEquals(10, last.blocks());
    var scored =
        assertInstanceOf(
            Reply.Scored.class, talk.score(join(A.slice(4, 7), chain(2, 0, 3)), first.cursor(), 9));
    assertEquals(10, scored.known());
    assertEquals(10, scored.scores().blocksOf(1, Tier.GPU));
    assertEquals(7, scored.scores().blocksOf(0, Tier.GPU));
    assertEquals(10, matched(scored.cursor(), BlockChain.empty(8)).blocks());
  }

  private Reply.Matched matched(Cursor from, BlockChain chain) {
    return assertInstanceOf(
        Reply.Matched.class, talk.match(chain, from, List.of(), Tier.ALL_MASK, 9));
  }

  @Test
  void cursor_ofNothing_isThePlaceBeforeTheFirstBlock() {
    assertTrue(talk.match(A).cursor().isNone());
    assertTrue(talk.score(A).cursor().isNone());
    talk.apply("a", 1, 1, talk.store(A));
    assertEquals(10, matched(Cursor.NONE, A).blocks());
  }

  @Test
  void cursor_afterRestartOrInAnotherNamespace_isStale() {
    talk.apply("a", 1, 1, talk.store(A));
    var cursor = talk.match(A).cursor();
    for (var other : new Talk[] {new Talk(7, 2), new Talk(8, 1)}) {
      other.apply("a", 1, 1, other.store(A));
      assertEquals(STALE, refusal(other, cursor));
      assertEquals(STALE, Talk.refusal(other.score(A, cursor, 9)));
      assertEquals(2, other.stat("stale-cursors"));
    }
  }

  @Test
  void cursor_ofWhatIsGone_isStale() {
    talk.apply("a", 1, 1, talk.store(A));
    var cursor = talk.match(A).cursor();
    var inside = talk.match(A.slice(0, 5)).cursor();
    talk.apply("a", 1, 2, Talk.remove(A.slice(7, 10)));
    assertEquals(STALE, refusal(talk, cursor));
    assertEquals(7, matched(inside, A.slice(5, 10)).blocks());
    talk.apply("a", 1, 3, Talk.clearAll());
    talk.sweepAll();
    assertEquals(STALE, refusal(talk, inside));
    talk.apply("a", 1, 4, talk.store(chain(5, 0, 10)));
    assertEquals(STALE, refusal(talk, inside));
  }

  private static String refusal(Talk asked, Cursor cursor) {
    return Talk.refusal(asked.match(BlockChain.empty(8), cursor, List.of(), Tier.ALL_MASK, 9));
  }

  @Test
  void cursor_garbled_isStale() {
    talk.apply("a", 1, 1, talk.store(A));
    talk.apply("b", 1, 1, talk.store(chain(2, 0, 10)));
    byte[] good = talk.match(A.slice(0, 6)).cursor().toBytes();
    for (int at = 0; at < good.length; at++) {
      for (int bit = 0; bit < 8; bit++) {
        byte[] garbled = good.clone();
        garbled[at] ^= (byte) (1 << bit);
        if (at >= RUN_AT && at < DEPTH_AT) {
          assertEquals(6, matched(Cursor.of(garbled), BlockChain.empty(8)).blocks(), "by hash");
        } else {
          assertEquals(STALE, refusal(talk, Cursor.of(garbled)), () -> Arrays.toString(garbled));
        }
      }
    }
    for (int length = 1; length <= Cursor.BYTES_MAX; length++) {
      if (length != good.length) {
        assertEquals(STALE, refusal(talk, Cursor.of(Arrays.copyOf(good, length))));
      }
      assertEquals(STALE, refusal(talk, Cursor.of(new byte[length])));
    }
  }

  @Test
  void cursor_forgedBehindItsHead_isStale() {
    talk.apply("a", 1, 1, talk.store(A));
    byte[] good = talk.match(A.slice(0, 6)).cursor().toBytes();
    int[] values = {0, 1, -1, 5, 6, 1 << 28, Integer.MAX_VALUE, Integer.MIN_VALUE};
    int depthOfGood = 6;
    for (int run : values) {
      for (int offset : values) {
        for (int depth : values) {
          var forged = ByteBuffer.wrap(good.clone());
          forged.putInt(RUN_AT, run).putInt(DEPTH_AT, depth).putInt(DEPTH_AT + 4, offset);
          if (offset != 0 || depth != depthOfGood) {
            assertEquals(STALE, refusal(talk, Cursor.of(forged.array())));
          }
        }
      }
    }
  }

  @Test
  void locateAndRun_tellWhoHasWhat() {
    talk.apply("a", 1, 1, talk.store(A));
    talk.apply("b", 1, 1, Talk.store(Tier.DISK, A, 8));
    assertEquals(
        List.of("Holders[0..1 owner 0 GPU]", "Holders[0..1 owner 0 GPU, 0..1 owner 1 DISK]"),
        talk.located(A.slice(7, 9)));
    assertEquals(List.of("Holders[]"), talk.located(chain(3, 0, 1)));
    var ran = talk.run(A.slice(6, 7), 2);
    assertEquals(A.slice(7, 9), ran.hashes());
    assertEquals("Holders[0..2 owner 0 GPU, 1..2 owner 1 DISK]", ran.holders().toString());
  }

  @Test
  void owners_pages_coverAllOnce() {
    for (int i = 0; i < 10; i++) {
      talk.apply("o" + i, 3 + i, 1, talk.store(A));
    }
    assertEquals("GAP 2", talk.refuse("o4", 7, 9, Talk.synced()));
    assertEquals(
        List.of("owner=4", "name=o4", "incarnation=7", "seq=1", "partial=1"),
        talk.row("o4").entrySet().stream()
            .map(e -> e.getKey() + "=" + e.getValue().text())
            .toList());
    assertEquals(List.of("0", "1", "2", "3"), numbers(0, 4));
    assertEquals(List.of("4", "5", "6", "7"), numbers(4, 4));
    assertEquals(List.of("8", "9"), numbers(8, 4));
    assertEquals(List.of(), numbers(10, 4));
    assertEquals(List.of(), numbers(3, 0));
    assertEquals(List.of("9"), numbers(9, Integer.MAX_VALUE));
    assertEquals(List.of(), numbers(Integer.MAX_VALUE, Integer.MAX_VALUE));
    assertEquals(List.of(), talk.owners(Optional.of("nobody"), 0, 4));
  }

  private List<String> numbers(int from, int limit) {
    return talk.owners(Optional.empty(), from, limit).stream()
        .map(row -> row.get("owner").text())
        .toList();
  }

  @Test
  void stats_afterAFew_countThem() {
    talk.apply("a", 1, 1, talk.store(A));
    talk.apply("b", 1, 1, talk.store(A), Talk.remove(chain(2, 0, 3)));
    assertEquals(10, talk.blocks(chain(1, 0, 20)));
    var cursor = talk.match(A.slice(0, 4)).cursor();
    assertEquals(10, matched(cursor, A.slice(4, 10)).blocks());
    assertEquals(10, talk.score(A).known());
    assertEquals(Value.of("n"), talk.projection.row().get("namespace"));
    var expected =
        Map.ofEntries(
            Map.entry("owners", 2L),
            Map.entry("blocks", 10L),
            Map.entry("runs", 1L),
            Map.entry("holdings", 2L),
            Map.entry("matches", 3L),
            Map.entry("asked-blocks", 34L),
            Map.entry("matched-blocks", 24L),
            Map.entry("scores", 1L),
            Map.entry("questions-in-vain", 0L),
            Map.entry("stale-cursors", 0L),
            Map.entry("publishes", 2L),
            Map.entry("repeats", 0L),
            Map.entry("gaps", 0L),
            Map.entry("fenced", 0L),
            Map.entry("partial-owners", 0L),
            Map.entry("refused-owners", 0L),
            Map.entry("index-restarts", 0L),
            Map.entry("parked-blocks", 0L),
            Map.entry("dropped-orphans", 0L),
            Map.entry("not-held-removals", 3L),
            Map.entry("conflicts", 0L),
            Map.entry("shed-blocks", 0L));
    expected.forEach((name, value) -> assertEquals(value, talk.stat(name), name));
    assertTrue(talk.stat("tree-bytes") > 0);
    assertTrue(talk.stat("by-hash-bytes") > 0);
    assertEquals(expected.size() + 3, talk.projection.row().size(), "each is told here");
  }
}
