// SPDX-License-Identifier: Apache-2.0
package io.incipit.stream;

import static io.incipit.block.TestChains.chain;
import static io.incipit.block.TestChains.join;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.incipit.block.BlockChain;
import io.incipit.block.Cursor;
import io.incipit.block.Namespace;
import io.incipit.block.Reply;
import io.incipit.block.Tier;
import io.incipit.index.FailingIndex;
import io.incipit.index.IndexConfig;
import io.incipit.index.PrefixIndex;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// An index that is given up: after a failure, and when it is empty.
final class EpochsTest {
  private static final BlockChain A = chain(1, 0, 10);
  private static final BlockChain B = chain(2, 0, 10);
  private static final BlockChain POISON = BlockChain.of(666);

  private final List<PrefixIndex> made = new ArrayList<>();
  private final Talk talk = new Talk(new Projection(Namespace.of("n", 16, 8), this::fragile, 7, 1));

  /// An index that throws after a store of [#POISON], which it has applied.
  private PrefixIndex fragile() {
    var real = PrefixIndex.create(IndexConfig.DEFAULT);
    made.add(real);
    return (PrefixIndex)
        Proxy.newProxyInstance(
            EpochsTest.class.getClassLoader(),
            new Class<?>[] {PrefixIndex.class},
            (_, method, arguments) -> {
              try {
                var result = method.invoke(real, arguments);
                if (method.getName().equals("store") && arguments[3].equals(POISON)) {
                  throw new IllegalStateException("planted");
                }
                return result;
              } catch (InvocationTargetException thrown) {
                throw thrown.getCause();
              }
            });
  }

  private void fail(String owner, long seq) {
    assertThrows(
        IllegalStateException.class, () -> talk.publish(owner, 1, seq, talk.store(POISON)));
    talk.projection.restart();
  }

  /// A publish that splits, extends, removes and clears fails at each point where the index can.
  @Test
  void restart_afterAFailureAnywhereInAPublish_beginsRight() {
    boolean failed = true;
    int point = 0;
    while (failed) {
      point++;
      var index = new FailingIndex();
      var broken = new Talk(new Projection(Namespace.of("n", 16, 8), index::fresh, 7, 1));
      broken.apply("a", 1, 1, broken.store(A));
      broken.apply("b", 1, 1, broken.store(A));
      index.failAt(point);
      try {
        broken.apply(
            "a",
            1,
            2,
            Talk.store(Tier.GPU, join(A.slice(0, 5), B), 5),
            Talk.remove(A.slice(7, 10)),
            Talk.clear(Tier.HOST));
        failed = false;
      } catch (RuntimeException planted) {
        broken.projection.restart();
        assertEquals(0, broken.blocks(A));
        assertEquals("GAP 1", broken.refuse("b", 1, 2, broken.store(B)));
        broken.apply("b", 1, 3, Talk.clearAll(), broken.store(B), Talk.synced());
        broken.apply("a", 1, 3, Talk.clearAll(), broken.store(A), Talk.synced());
        assertEquals("Holders[0..10 owner 0 GPU]", broken.holders(A));
        assertEquals("Holders[0..10 owner 1 GPU]", broken.holders(B));
        assertFalse(broken.isPartial(A));
      }
      assertEquals(!failed, index.isPending());
    }
    assertTrue(point > 10, "points: " + point);
  }

  @Test
  void restart_everyOwnerThatSentSomething_isAskedForAllOfIt() {
    talk.apply("a", 1, 1, talk.store(A));
    talk.apply("a", 1, 2, Talk.store(Tier.GPU, chain(3, 0, 5), 2));
    talk.apply("b", 1, 1, talk.store(B));
    talk.apply("idle", 1, 1, Talk.synced());
    assertEquals("GAP 1", talk.refuse("new", 1, 5, talk.store(A)));
    fail("a", 3);

    assertEquals(0, talk.blocks(join(A, POISON)));
    assertTrue(talk.isPartial(A, "b"));
    assertEquals(0, talk.stat("blocks"));
    assertEquals(0, talk.stat("parked-blocks"));
    assertEquals(1, talk.stat("index-restarts"));
    assertEquals(1, talk.projection.epoch());
    assertEquals("GAP 1", talk.refuse("a", 1, 4, talk.store(A)));
    assertEquals("GAP 1", talk.refuse("b", 1, 2, talk.store(A)));
    assertEquals("GAP 1", talk.refuse("idle", 1, 2, Talk.synced()));
    talk.apply("b", 1, 2, Talk.clearAll(), talk.store(B));
    assertTrue(talk.isPartial(B, "b"));
    talk.apply("b", 1, 3, Talk.synced());
    assertFalse(talk.isPartial(B, "b"));
    assertEquals(10, talk.blocks(B));
    talk.apply("new", 1, 1, talk.store(A), Talk.synced());
    assertFalse(talk.isPartial(A, "new"));
  }

  @Test
  void restart_ownerThatSaysSyncedOnly_staysPartial() {
    talk.apply("a", 1, 1, talk.store(A));
    fail("b", 1);
    talk.apply("a", 1, 1, Talk.synced());
    assertTrue(talk.isPartial(A, "a"), "what it held is missing still");
    talk.apply("a", 2, 1, talk.store(A));
    assertFalse(talk.isPartial(A, "a"), "a new life misses nothing");
  }

  @Test
  void restart_cursors_areStale() {
    talk.apply("a", 1, 1, talk.store(A));
    var cursor = talk.match(A.slice(0, 5)).cursor();
    fail("b", 1);
    talk.apply("a", 1, 5, Talk.clearAll(), talk.store(A));
    assertEquals(
        "STALECURSOR the",
        Talk.refusal(talk.match(BlockChain.empty(8), cursor, List.of(), Tier.ALL_MASK, 9)));
    assertEquals("STALECURSOR the", Talk.refusal(talk.score(A, cursor, 9)));
    var now = talk.match(A.slice(0, 5)).cursor();
    assertInstanceOf(
        Reply.Matched.class, talk.match(A.slice(5, 10), now, List.of(), Tier.ALL_MASK, 9));
    assertEquals(36, now.toBytes().length);
    assertTrue(now.toBytes().length <= Cursor.BYTES_MAX);
  }

  @Test
  void restart_withParkedBlocks_givesTheirMemoryBack() {
    long start = talk.projection.bytes();
    for (int i = 0; i < 1_000; i++) {
      talk.apply("a", 1, i + 1, Talk.store(Tier.GPU, BlockChain.of(-2 * i - 1, -2 * i - 2), 1));
    }
    assertTrue(talk.projection.bytes() - start > 50_000);
    fail("b", 1);
    talk.sweepAll();
    assertEquals(start, talk.projection.bytes() - 2 * ownerBytes());
  }

  private static long ownerBytes() {
    var owners = new OwnerTable();
    owners.add("a", 1);
    return owners.bytes();
  }

  @Test
  void sweep_indexEmptied_isBackToItsStartPlusItsOwners() {
    long start = talk.projection.bytes();
    for (int i = 0; i < 40; i++) {
      long first = i * 10_000L;
      talk.apply(
          "a",
          1,
          i + 1,
          talk.store(BlockChain.of(LongStream.range(first, first + 10_000).toArray())));
    }
    assertTrue(talk.projection.bytes() - start > 5_000_000);
    var sticky = talk.stat("matches");
    talk.apply("a", 1, 41, Talk.clearAll());
    talk.sweepAll();
    assertEquals(0, talk.stat("blocks"));
    assertEquals(start + ownerBytes(), talk.projection.bytes());
    assertEquals(2, made.size());
    assertEquals(sticky, talk.stat("matches"));
    talk.apply("a", 1, 42, talk.store(A));
    assertEquals(10, talk.blocks(A));
    assertFalse(talk.isPartial(A), "owners keep their numbers");
    assertEquals(0, talk.stat("index-restarts"), "nothing failed");
  }

  @Test
  void sweep_indexEmptied_keepsWhatIsParkedAndCounted() {
    talk.apply("a", 1, 1, talk.store(BlockChain.of(LongStream.range(-20_000, 0).toArray())));
    talk.apply("b", 1, 1, talk.store(BlockChain.of(-5, 1)));
    assertEquals(1, talk.stat("conflicts"));
    talk.apply("b", 1, 2, Talk.store(Tier.GPU, A, 6));
    talk.apply("a", 1, 2, Talk.clearAll());
    talk.apply("b", 1, 3, Talk.remove(BlockChain.of(-5)));
    talk.sweepAll();
    assertEquals(1, talk.projection.epoch(), () -> talk.projection.snapshot().toString());
    assertEquals(1, talk.stat("conflicts"));
    assertEquals(4, talk.stat("parked-blocks"));
    talk.apply("a", 1, 3, talk.store(A.slice(0, 6)));
    assertEquals(10, talk.blocks(A));
  }

  @Test
  void limit_afterARestart_isThatOfTheNewIndex() {
    talk.projection.limit(3 << 20, Long.MAX_VALUE);
    fail("x", 1);
    long seq = 0;
    while (talk.stat("shed-blocks") == 0) {
      seq++;
      talk.apply("a", 1, seq, talk.store(BlockChain.of(seq, -seq)));
      assertTrue(seq < 400_000, "nothing is shed");
    }
    assertEquals("a", talk.row("a").get("name").text());
    assertTrue(talk.isPartial(A, "a"));
  }
}
