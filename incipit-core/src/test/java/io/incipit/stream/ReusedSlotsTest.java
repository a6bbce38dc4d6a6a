// SPDX-License-Identifier: Apache-2.0
package io.incipit.stream;

import static io.incipit.block.TestChains.chain;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.incipit.block.BlockChain;
import io.incipit.block.Cursor;
import io.incipit.block.Namespace;
import io.incipit.block.Op;
import io.incipit.block.Reply;
import io.incipit.block.Tier;
import io.incipit.index.IndexConfig;
import io.incipit.index.PrefixIndex;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Owners whose slot was another one's before.
final class ReusedSlotsTest {
  private static final BlockChain A = chain(1, 0, 10);
  private static final int OWNERS_MAX = 3;

  /// What happens after the index has answered and before the answer is read.
  private Runnable meanwhile = () -> {};

  private final Talk talk = talk(OwnerFault.NONE);

  private Talk talk(OwnerFault fault) {
    var owners = new OwnerTable(OWNERS_MAX, OwnerTable.GENERATIONS_MAX);
    return new Talk(
        new Projection(Namespace.of("n", 16, 8), this::interrupted, 7, 1, owners, fault));
  }

  private PrefixIndex interrupted() {
    var real = PrefixIndex.create(IndexConfig.DEFAULT);
    return (PrefixIndex)
        Proxy.newProxyInstance(
            ReusedSlotsTest.class.getClassLoader(),
            new Class<?>[] {PrefixIndex.class},
            (_, method, arguments) -> {
              try {
                var result = method.invoke(real, arguments);
                if (List.of("match", "score", "run", "locate").contains(method.getName())) {
                  var now = meanwhile;
                  meanwhile = () -> {};
                  now.run();
                }
                return result;
              } catch (InvocationTargetException thrown) {
                throw thrown.getCause();
              }
            });
  }

  /// `old` holds all of A; as the index has answered, it goes, and `new` gets its slot.
  private void giveSlotAwayDuringTheNextQuestion(Talk talk) {
    talk.apply("old", 1, 1, talk.store(A));
    talk.apply("b", 1, 1, talk.store(A.slice(0, 2)));
    talk.apply("c", 1, 1, talk.store(A.slice(0, 3)));
    meanwhile =
        () -> {
          talk.apply("old", 1, 2, Talk.clearAll());
          talk.apply("new", 1, 1, talk.store(chain(2, 0, 4)));
        };
  }

  private static final int NEW = 1 << 16;

  @Test
  void questions_slotGivenAwayMeanwhile_beginAgain() {
    giveSlotAwayDuringTheNextQuestion(talk);
    assertEquals("Holders[0..3 owner 2 GPU, 0..2 owner 1 GPU]".length(), talk.holders(A).length());
    assertEquals(NEW, talk.number("new"));
    assertEquals("Holders[0..4 owner 65536 GPU]", talk.holders(chain(2, 0, 4)));
    assertEquals(3, talk.blocks(A));
  }

  @Test
  void stats_slotGivenAwayMeanwhile_countOneQuestion() {
    giveSlotAwayDuringTheNextQuestion(talk);
    assertEquals(3, talk.blocks(A));
    assertEquals(1, talk.stat("matches"));
    assertEquals(10, talk.stat("asked-blocks"));
    assertEquals(3, talk.stat("matched-blocks"));
    var other = talk(OwnerFault.NONE);
    giveSlotAwayDuringTheNextQuestion(other);
    assertEquals(3, other.score(A).known());
    assertEquals(1, other.stat("scores"));
  }

  @Test
  void stats_slotGivenAwayAsAPlaceIsGone_countOneStaleCursor() {
    talk.apply("b", 1, 1, talk.store(chain(2, 0, 4)));
    talk.apply("c", 1, 1, talk.store(chain(2, 0, 4)));
    talk.apply("old", 1, 1, talk.store(A));
    var gone = talk.match(A).cursor();
    talk.apply("old", 1, 2, Talk.clearAll());
    talk.sweepAll();
    meanwhile = () -> talk.apply("new", 1, 1, talk.store(chain(3, 0, 4)));
    var reply = talk.match(A, gone, List.of(), Tier.ALL_MASK, 9);
    assertEquals("STALECURSOR the", Talk.refusal(reply));
    assertEquals(1, talk.stat("stale-cursors"));
  }

  @Test
  void score_slotGivenAwayMeanwhile_beginsAgain() {
    giveSlotAwayDuringTheNextQuestion(talk);
    var scored =
        assertInstanceOf(
            Reply.Scored.class,
            talk.projection.score(
                new Op.Score("n", A, Cursor.NONE, List.of(), Tier.ALL_MASK, 9, true)));
    assertEquals(3, scored.scores().blocksOf(talk.number("c"), Tier.GPU));
    assertEquals(0, scored.scores().blocksOf(NEW, Tier.GPU));
    for (int i = 0; i < scored.scores().count(); i++) {
      assertEquals(
          talk.number(scored.names().get(i)), scored.scores().owner(i), scored.names().get(i));
    }
  }

  @Test
  void locateAndRun_slotGivenAwayMeanwhile_beginAgain() {
    giveSlotAwayDuringTheNextQuestion(talk);
    assertEquals(List.of("Holders[]"), talk.located(A.slice(5, 6)));
    var other = talk(OwnerFault.NONE);
    giveSlotAwayDuringTheNextQuestion(other);
    var ran = other.run(A.slice(0, 1), 9).holders().toString();
    assertTrue(!ran.contains("owner 65536") && !ran.contains("owner 0 "), ran);
  }

  @Test
  void questions_slotGivenAwayAndBelieved_nameSomebodyElse() {
    var faulty = talk(OwnerFault.BELIEVE_OLD_SLOTS);
    giveSlotAwayDuringTheNextQuestion(faulty);
    assertTrue(faulty.holders(A).contains("0..10 owner 65536 GPU"), "the bug that is planted");
  }

  @Test
  void owners_moreNamesThanSlotsForEver_areAllServed() {
    for (int i = 0; i < 5_000; i++) {
      talk.apply("pod-" + i, 1, 1, talk.store(A));
      assertEquals(
          "Holders[0..10 owner %d GPU]".formatted(talk.number("pod-" + i)), talk.holders(A));
      talk.apply("pod-" + i, 1, 2, Talk.clearAll());
      var _ = talk.projection.sweep();
    }
    assertEquals(OWNERS_MAX, talk.stat("owners"));
    assertEquals(0, talk.stat("refused-owners"));
  }

  @Test
  void holders_ofSeveralGenerations_areSortedByNumber() {
    for (var name : List.of("a", "b", "c")) {
      talk.apply(name, 1, 1, talk.store(A));
    }
    talk.apply("a", 1, 2, Talk.clearAll());
    talk.apply("d", 1, 1, talk.store(A), Talk.store(Tier.HOST, A, 4));
    assertEquals(
        "Holders[0..10 owner 1 GPU, 0..10 owner 2 GPU, 0..10 owner 65536 GPU,"
            + " 4..10 owner 65536 HOST]",
        talk.holders(A));
    assertEquals(
        List.of("1", "2", "65536"),
        talk.owners(Optional.empty(), 0, 9).stream().map(row -> row.get("owner").text()).toList());
    assertEquals(
        List.of("65536"),
        talk.owners(Optional.empty(), 3, 9).stream().map(row -> row.get("owner").text()).toList());
    var owned = talk.match(A, "d").holders();
    assertEquals(NEW, owned.owner(0));
  }

  @Test
  void publish_fencedOwnerWhoseSlotIsGone_isLikeOneNeverSeen() {
    talk.apply("a", 5, 1, Talk.synced());
    for (var name : List.of("b", "c", "d")) {
      talk.apply(name, 1, 1, talk.store(A));
    }
    assertEquals("LIMIT owners:", talk.refuse("a", 4, 1, talk.store(A)));
    talk.apply("b", 1, 2, Talk.clearAll());
    talk.apply("a", 4, 1, talk.store(A));
  }

  @Test
  void score_slotRetired_isNobodys() {
    var owners = new OwnerTable(OWNERS_MAX, 2);
    var small =
        new Talk(
            new Projection(
                Namespace.of("n", 16, 8), this::interrupted, 7, 1, owners, OwnerFault.NONE));
    for (var name : List.of("a", "b", "c")) {
      small.apply(name, 1, 1, small.store(A));
    }
    small.apply("a", 1, 2, Talk.clearAll());
    small.apply("d", 1, 1, small.store(A), Talk.clearAll());
    assertEquals("LIMIT owners:", small.refuse("e", 1, 1, small.store(A)));
    var scores = small.score(A).scores();
    assertEquals(10, scores.base(Tier.GPU));
    assertEquals(0, scores.count());
  }
}
