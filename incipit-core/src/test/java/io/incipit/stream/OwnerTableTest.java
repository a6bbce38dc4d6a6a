// SPDX-License-Identifier: Apache-2.0
package io.incipit.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

final class OwnerTableTest {
  private final OwnerTable owners = new OwnerTable(3, 6);

  private OwnerTable.Owner add(String name, boolean holding) {
    var owner = owners.add(name, 1).orElseThrow();
    owners.heard(owner, holding);
    return owner;
  }

  private List<String> names() {
    return owners.from(0).stream().map(owner -> owner.name).toList();
  }

  @Test
  void add_atTheLimit_forgetsTheIdleOneSilentLongest() {
    var a = add("a", false);
    add("b", false);
    add("c", true);
    owners.heard(a, false);
    assertEquals(3, add("d", true).number);
    assertEquals(List.of("a", "c", "d"), names());
    assertTrue(owners.find("b").isEmpty());
    assertTrue(owners.find(1).isEmpty());
    assertEquals(3, owners.count());
    assertEquals(4, owners.numbers());
  }

  @Test
  void add_allHoldBlocks_findsNoRoomUntilOneIsIdle() {
    var a = add("a", true);
    add("b", true);
    add("c", true);
    assertTrue(owners.add("d", 1).isEmpty());
    assertEquals(List.of("a", "b", "c"), names());
    assertEquals(3, owners.numbers());
    owners.heard(a, false);
    add("d", true);
    assertEquals(List.of("b", "c", "d"), names());
  }

  @Test
  void add_numbersUsedUp_findsNoRoom() {
    for (int i = 0; i < 6; i++) {
      assertEquals(i, add("o" + i, false).number);
    }
    assertTrue(owners.add("more", 1).isEmpty());
    assertEquals(List.of("o3", "o4", "o5"), names());
    assertEquals(List.of("o5"), owners.from(5).stream().map(owner -> owner.name).toList());
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
