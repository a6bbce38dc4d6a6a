// SPDX-License-Identifier: Apache-2.0
package io.incipit.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

final class OwnerTableTest {
  private final OwnerTable owners = new OwnerTable(3, 4);

  private OwnerTable.Owner add(String name, boolean holding) {
    var owner = owners.add(name, 1).orElseThrow();
    owners.heard(owner, holding);
    return owner;
  }

  private List<String> names() {
    return owners.from(0).stream().map(owner -> owner.name).toList();
  }

  @Test
  void add_atTheLimit_givesTheSlotOfTheIdleOneSilentLongest() {
    var a = add("a", false);
    var b = add("b", false);
    add("c", true);
    owners.heard(a, false);
    int version = owners.version();
    var d = add("d", true);
    assertEquals(1, d.slot);
    assertEquals(1 << 16 | 1, d.number);
    assertEquals(version + 1, owners.version());
    assertEquals(List.of("a", "c", "d"), names());
    assertTrue(owners.find("b").isEmpty());
    assertEquals(d, owners.inSlot(1).orElseThrow());
    assertEquals(d.number, owners.number(1));
    assertEquals(b.slot, OwnerTable.slotOf(d.number));
    assertEquals(3, owners.count());
    assertEquals(3, owners.slots());
    assertEquals(
        List.of("d"), owners.from(3).stream().map(owner -> owner.name).toList(), "by number");
  }

  @Test
  void add_allHoldBlocks_findsNoRoomUntilOneIsIdle() {
    var a = add("a", true);
    add("b", true);
    add("c", true);
    assertTrue(owners.add("d", 1).isEmpty());
    assertEquals(List.of("a", "b", "c"), names());
    owners.heard(a, false);
    add("d", true);
    assertEquals(List.of("b", "c", "d"), names());
  }

  @Test
  void add_generationsUsedUp_retiresTheSlot() {
    var numbers = new HashSet<Integer>();
    for (int i = 0; i < 12; i++) {
      assertTrue(numbers.add(add("o" + i, false).number), "a number is one owner's");
      assertEquals(Math.min(i + 1, 3), owners.count());
    }
    assertTrue(owners.add("more", 1).isEmpty(), "3 slots of 4 generations");
    assertTrue(owners.add("more", 1).isEmpty());
    assertEquals(List.of(), names());
  }

  @Test
  void wasPartial_wholeAgainMeanwhile_isStillSaid() {
    var a = add("a", true);
    var b = add("b", true);
    owners.setPartial(a, true);
    int before = owners.recoveries();
    assertTrue(owners.wasPartial(a.number, before));
    assertFalse(owners.wasPartial(b.number, before));
    owners.setPartial(a, false);
    assertTrue(owners.wasPartial(a.number, before));
    assertFalse(owners.wasPartial(a.number, owners.recoveries()));
    assertFalse(owners.wasPartial(99, before), "nobody has that number");
  }

  @Test
  void anyPartial_followsEachOwnerAndForgets() {
    var a = add("a", false);
    var b = add("b", true);
    owners.setPartial(a, true);
    owners.setPartial(a, true);
    owners.setPartial(b, true);
    owners.setPartial(b, false);
    assertTrue(owners.anyPartial());
    add("c", true);
    add("d", true);
    assertFalse(owners.anyPartial(), "the partial one is forgotten");
    owners.setPartial(b, true);
    owners.setPartial(b, false);
    assertFalse(owners.anyPartial());
  }
}
