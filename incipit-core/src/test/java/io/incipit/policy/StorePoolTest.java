// SPDX-License-Identifier: Apache-2.0
package io.incipit.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

final class StorePoolTest {
  private static final long FIRST = 11;
  private static final long SECOND = 12;
  private static final long BESIDE = 13;

  private final StorePool pool =
      new StorePool(PoolConfig.of(64, 16), (config, tree) -> new LeafLru(tree));

  /// Puts all blocks of a path.
  private void put(long... ids) {
    pool.ask(0, ids, ids.length, 16 * ids.length);
    for (int i = 0; i < ids.length; i++) {
      pool.put(0, ids[i], (int) ids[i]);
    }
  }

  @Test
  void victim_rootThatIsLostAndHeld_isItOnceNothingElseIsLeft() {
    put(FIRST);
    int slot = pool.slot(FIRST);
    pool.lose(slot);
    pool.hold(0, slot);
    assertEquals(slot, pool.victim(1));
  }

  @Test
  void victim_leafThatIsLostAndHeld_doesNotGiveUpWhatIsBesideIt() {
    put(FIRST, BESIDE);
    put(FIRST, SECOND);
    int lost = pool.slot(SECOND);
    int beside = pool.slot(BESIDE);
    pool.lose(lost);
    pool.hold(0, lost);
    assertEquals(beside, pool.victim(1), "all but what is held");
    assertEquals(lost, pool.victim(StorePool.HELD_NS), "what nobody reaches");
  }
}
