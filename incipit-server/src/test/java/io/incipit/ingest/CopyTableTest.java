// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.block.Tier;
import io.incipit.ingest.chain.OwnChain;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CopyTableTest {
  private final OwnChain name = new OwnChain(1, "m");

  @Test
  void programs_ofCopies_areCountedAsInAMap() {
    for (long seed = 1; seed <= 20; seed++) {
      var random = new SplittableRandom(seed);
      var table = new CopyTable(seed);
      var model = new HashMap<Long, long[]>();
      for (int i = 0; i < 20_000; i++) {
        long hash = random.nextInt(1_000);
        var tier = Tier.of(random.nextInt(Tier.COUNT));
        if (random.nextInt(100) < 51) {
          add(table, hash, tier);
          model.computeIfAbsent(hash, _ -> new long[Tier.COUNT])[tier.code()]++;
        } else {
          remove(table, model, hash, tier);
        }
      }
      assertSame(table, model);
    }
  }

  private void add(CopyTable table, long hash, Tier tier) {
    int slot = table.find(hash);
    if (slot == CopyTable.NONE) {
      name.at(3 * hash, 7 * hash);
      table.add(hash, hash - 1, name, tier, hash % 2 == 0);
    } else {
      table.increment(slot, tier);
    }
  }

  private static void remove(CopyTable table, Map<Long, long[]> model, long hash, Tier tier) {
    int slot = table.find(hash);
    var copies = model.get(hash);
    assertThat(slot == CopyTable.NONE).isEqualTo(copies == null);
    if (copies == null) {
      return;
    }
    long before = copies[tier.code()];
    assertThat(table.decrement(slot, tier)).isEqualTo(before - 1);
    copies[tier.code()] = Math.max(0, before - 1);
    if (copies[0] + copies[1] + copies[2] + copies[3] == 0) {
      model.remove(hash);
    }
  }

  private static void assertSame(CopyTable table, Map<Long, long[]> model) {
    assertThat(table.size()).isEqualTo(model.size());
    model.forEach(
        (hash, copies) -> {
          int slot = table.find(hash);
          assertThat(table.high(slot)).isEqualTo(3 * hash);
          assertThat(table.low(slot)).isEqualTo(7 * hash);
          assertThat(table.parent(slot)).isEqualTo(hash - 1);
          assertThat(table.isBorrowed(slot)).isEqualTo(hash % 2 == 0);
          for (var tier : Tier.values()) {
            assertThat(table.copies(slot, tier)).isEqualTo(copies[tier.code()]);
          }
        });
  }

  @Test
  void copies_moreThanFitIntoAnEntry_areCountedAllTheSame() {
    var table = new CopyTable(1);
    for (int i = 0; i < 1_000; i++) {
      add(table, 5, Tier.GPU);
      add(table, 5, Tier.DISK);
    }
    for (int i = 999; i >= 0; i--) {
      assertThat(table.decrement(table.find(5), Tier.GPU)).isEqualTo(i);
    }
    assertThat(table.copies(table.find(5), Tier.DISK)).isEqualTo(1_000);
    assertThat(table.decrement(table.find(5), Tier.GPU)).isEqualTo(-1);
  }

  @Test
  void bytes_forEachBlock_areFifty() {
    var table = new CopyTable(1);
    var random = new SplittableRandom(1);
    var hashes = new HashSet<Long>();
    for (int i = 0; i < 100_000; i++) {
      long hash = random.nextLong();
      hashes.add(hash);
      add(table, hash, Tier.GPU);
      assertThat(i < 1_000 || table.bytes() <= 50L * table.size()).isTrue();
    }
    hashes.forEach(hash -> table.decrement(table.find(hash), Tier.GPU));
    assertThat(table.size()).isZero();
  }
}
