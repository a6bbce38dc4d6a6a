// SPDX-License-Identifier: Apache-2.0
package io.incipit.index.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class HolderTableTest {
  private final HolderTable holders = new HolderTable();

  private static boolean isDead(HolderTable holders, int holder) {
    return HolderTable.isDead(holders.ownerAndTier(holder));
  }

  @Test
  void ownerAndTier_anyNumber_isNobody() {
    for (int number : new int[] {Integer.MIN_VALUE, -1, 0, 1, 511, 512, Integer.MAX_VALUE}) {
      assertTrue(isDead(holders, number));
    }
    holders.findOrAdd(3, 1);
    for (int number : new int[] {Integer.MIN_VALUE, -1, 0, 2, 511, 512, Integer.MAX_VALUE}) {
      assertTrue(isDead(holders, number));
    }
  }

  @Test
  void findOrAdd_manyOwners_eachHasItsNumber() {
    for (int owner = 0; owner < 3_000; owner++) {
      int holder = holders.findOrAdd(owner, owner & 3);
      assertEquals(holder, holders.find(owner, owner & 3));
      assertEquals(0, holders.find(owner, owner + 1 & 3));
      assertEquals(owner, HolderTable.owner(holders.ownerAndTier(holder)));
      assertEquals(owner & 3, HolderTable.tier(holders.ownerAndTier(holder)));
    }
  }

  @Test
  void mask_number_isUsedAgainOnlyAfterASweepThatBeganLater() {
    int first = holders.findOrAdd(1, 0);
    int second = holders.findOrAdd(2, 0);
    holders.mask(1, 0);
    assertTrue(isDead(holders, first));
    assertNotEquals(first, holders.findOrAdd(1, 0));
    holders.beginSweep();
    holders.mask(2, 0);
    holders.endSweep();
    assertEquals(first, holders.findOrAdd(3, 0));
    assertTrue(isDead(holders, second));
    assertTrue(holders.hasDead());
    holders.beginSweep();
    holders.endSweep();
    assertFalse(holders.hasDead());
    assertEquals(second, holders.findOrAdd(4, 0));
  }
}
