// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.block;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.incipit.block.Tier;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class BlockTableTest {
  private static final int PARTS = 4_096;

  private final BlockTable table = new BlockTable();
  private final Space space = new Space("kv", false, 1);
  private final int tiers = Tier.HOST.mask() | Tier.DISK.mask();
  private final Block block = new Block(space, 7, 0, true, 0, 0, PARTS, tiers);

  @Test
  void use_moreOftenThanIsCounted_changesNothingElse() {
    table.add(block);
    for (int i = 0; i < BlockTable.USES_MAX + 3; i++) {
      assertEquals(Math.min(i, BlockTable.USES_MAX), table.uses(block.id()));
      assertTrue(table.use(block.id()));
    }
    assertEquals(Optional.of(block), table.find(block.id()));
    table.tell(block.id(), Tier.DISK.mask());
    assertEquals(BlockTable.USES_MAX, table.uses(block.id()));
  }

  @Test
  void use_blockThatIsNotThereOrCameAgain_countsAnew() {
    assertFalse(table.use(block.id()));
    assertEquals(0, table.uses(block.id()));
    table.add(block);
    assertTrue(table.use(block.id()));
    table.remove(block.id());
    table.add(block);
    assertEquals(0, table.uses(block.id()));
  }
}
