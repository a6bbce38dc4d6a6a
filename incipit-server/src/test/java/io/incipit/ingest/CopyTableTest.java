// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.block.Tier;
import io.incipit.env.RandomSource;
import io.incipit.ingest.chain.OwnChain;
import io.incipit.service.MemoryShare;
import io.incipit.service.Service;
import io.incipit.service.ServiceConfig;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CopyTableTest {
  private static final long LIMIT_BYTES = 16L << 20;

  private final OwnChain name = new OwnChain(1, "m");

  @Test
  void programs_ofCopies_areCountedAsInAMap() {
    for (long seed = 1; seed <= 20; seed++) {
      var random = new SplittableRandom(seed);
      var table = new CopyTable(seed);
      var model = new HashMap<Long, long[]>();
      int range = seed % 4 == 0 ? 60_000 : 1_000;
      for (int i = 0; i < (seed % 4 == 0 ? 200_000 : 20_000); i++) {
        long hash = random.nextInt(range);
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

  private boolean add(CopyTable table, long hash, Tier tier) {
    int slot = table.find(hash);
    if (slot == CopyTable.NONE) {
      name.at(3 * hash, 7 * hash);
      return table.add(hash, hash - 1, name, tier, hash % 2 == 0);
    }
    table.increment(slot, tier);
    return true;
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
    var gpuCopies = new long[1];
    model.forEach(
        (hash, copies) -> {
          int slot = table.find(hash);
          assertThat(table.high(slot)).isEqualTo(3 * hash);
          assertThat(table.low(slot)).isEqualTo(7 * hash);
          assertThat(table.parent(slot)).isEqualTo(hash - 1);
          assertThat(table.isBorrowed(slot)).isEqualTo(hash % 2 == 0);
          gpuCopies[0] += copies[0];
          for (var tier : Tier.values()) {
            assertThat(table.copies(slot, tier)).isEqualTo(copies[tier.code()]);
          }
        });
    assertThat(table.gpuCopies()).isEqualTo(gpuCopies[0]);
  }

  @Test
  void mention_ofAChild_keepsWhatIsAboveYoung() {
    var table = new CopyTable(1);
    for (long hash = 1; hash <= 1_000; hash++) {
      add(table, hash, Tier.GPU);
    }
    for (int generation = 1; generation <= 20; generation++) {
      if (table.oldest() == CopyTable.AGE_MAX) {
        for (int i = 0; i < 100 && table.oldest() == CopyTable.AGE_MAX; ) {
          int slot = table.sweep(CopyTable.AGE_MAX, 1, 64);
          if (slot == CopyTable.NONE) {
            i++;
          } else {
            table.rejuvenate(slot);
          }
        }
      }
      table.age();
      table.mention(table.find(500));
      assertThat(table.oldest()).isEqualTo(Math.min(generation, CopyTable.AGE_MAX));
      assertThat(table.gpuCopies()).isEqualTo(1_000);
    }
    // Of a chain of 1,000 blocks those from 501 on are old.
    var old = new HashSet<Long>();
    while (table.oldest() == CopyTable.AGE_MAX) {
      int slot = table.sweep(CopyTable.AGE_MAX, 1, 64);
      if (slot != CopyTable.NONE) {
        old.add(table.parent(slot) + 1);
        table.decrement(slot, Tier.GPU);
      }
    }
    assertThat(old).hasSize(500).allMatch(hash -> hash > 500);
    assertThat(table.oldest()).isZero();
    assertThat(table.gpuCopies()).isEqualTo(table.size()).isEqualTo(500);
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
  void bytes_forEachBlock_areAtMost48() {
    var memory = MemoryShare.endless();
    var table = new CopyTable(1, memory);
    var random = new SplittableRandom(1);
    var hashes = new HashSet<Long>();
    for (int i = 0; i < 400_000; i++) {
      long hash = random.nextLong();
      hashes.add(hash);
      add(table, hash, Tier.GPU);
      assertThat(table.size() < 10_000 || table.bytes() <= 48L * table.size()).isTrue();
      assertThat(i % 997 != 0 || table.bytes() == table.countedBytes()).isTrue();
    }
    assertThat(memory.bytes()).isEqualTo(table.bytes());
    hashes.forEach(hash -> table.decrement(table.find(hash), Tier.GPU));
    assertThat(table.size()).isZero();
    assertThat(table.bytes()).isEqualTo(table.countedBytes()).isLessThan(100_000);
    assertThat(memory.bytes()).isEqualTo(table.bytes());
  }

  @Test
  void page_afterPage_hasEachBlockOnce() {
    var table = new CopyTable(1);
    for (long hash = 0; hash < 100_000; hash++) {
      add(table, hash, Tier.GPU);
    }
    var seen = new HashSet<Long>();
    for (int from = 0; from != HeldPage.END; ) {
      var page = table.page(from, 1_000);
      page.blocks().forEach(block -> assertThat(seen.add(block.hash())).isTrue());
      from = page.next();
    }
    assertThat(seen).hasSize(100_000);
  }

  @Test
  void add_withoutRoom_isRefusedAndChangesNothing() throws InterruptedException {
    var config = new ServiceConfig(1, 8, 1 << 20, 8, LIMIT_BYTES, 16L << 20);
    var service = new Service(config, RandomSource.system());
    try {
      var others = service.share();
      others.add(LIMIT_BYTES);
      var table = new CopyTable(1, service.share());
      long hash = 0;
      while (add(table, hash, Tier.GPU)) {
        hash++;
      }
      long bytes = table.bytes();
      assertThat(add(table, hash, Tier.GPU)).isFalse();
      assertThat(table.find(hash)).isEqualTo(CopyTable.NONE);
      assertThat(table.size()).isEqualTo(hash);
      assertThat(table.bytes()).isEqualTo(bytes).isEqualTo(table.countedBytes());

      others.clear();
      assertThat(add(table, hash, Tier.GPU)).isTrue();
    } finally {
      service.stop();
    }
  }
}
