// SPDX-License-Identifier: Apache-2.0
package io.incipit.index.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class SlotTableTest {
  /// The hash of run `n` is `n`.
  private final SlotTable table = new SlotTable(7, this::mixedOf);

  private long mixedOf(long slot) {
    return table.mix(SlotTable.run(slot));
  }

  private void insert(int run) {
    table.insert(SlotTable.name(run, 0), table.mix(run));
  }

  private long count(int run) {
    long mixed = table.mix(run);
    var bucket = table.bucket(mixed);
    long slot = SlotTable.name(run, 0) | bucket.tag(mixed);
    long tag = bucket.tag(mixed);
    int at = bucket.seek(tag);
    while (SlotTable.matches(bucket.slots[at], tag) && bucket.slots[at] != slot) {
      at++;
    }
    long count = Arrays.stream(bucket.slots).filter(s -> s == slot).count();
    assertEquals(count == 1, bucket.slots[at] == slot);
    return count;
  }

  @Test
  void insert_manyAndRemove_keepsEachOnce() {
    int runs = 50_000;
    for (int run = 1; run <= runs; run++) {
      insert(run);
    }
    for (int run = 1; run <= runs; run += 2) {
      table.remove(SlotTable.name(run, 0), table.mix(run));
    }
    for (int run = 1; run <= runs; run++) {
      assertEquals(1 - (run & 1), count(run));
    }
    assertEquals(runs / 2, table.used());
  }

  /// Who removes many blocks looks their buckets up first; some shrink while it is at it.
  @Test
  void remove_bucketWasReplacedMeanwhile_takesEachAway() {
    int runs = 20_000;
    var buckets = new Bucket[runs + 1];
    for (int run = 1; run <= runs; run++) {
      insert(run);
    }
    for (int run = 1; run <= runs; run++) {
      buckets[run] = table.bucket(table.mix(run));
    }
    for (int run = runs; run > 0; run--) {
      table.remove(buckets[run], SlotTable.name(run, 0), table.mix(run));
      assertEquals(0, count(run));
      assertEquals(run - 1, table.used());
    }
    assertTrue(buckets[1].changedSince(buckets[1].version()));
  }

  @Test
  void bytes_mostAreRemovedAgain_followWhatIsLeft() {
    int runs = 100_000;
    for (int run = 1; run <= runs; run++) {
      insert(run);
    }
    for (int run = runs; run > 0; run--) {
      table.remove(SlotTable.name(run, 0), table.mix(run));
      if (run % 10_000 == 1 && run > 1) {
        assertTrue(table.bytes() < 4L * Long.BYTES * (run - 1), table.bytes() + " for " + run);
      }
    }
  }

  /// Equal hashes are never told apart by a split, however deep.
  @Test
  void insert_manyEqualHashes_keepsEach() {
    long mixed = table.mix(5);
    var equals = new SlotTable(7, _ -> mixed);
    for (int run = 1; run <= 10_000; run++) {
      equals.insert(SlotTable.name(run, 0), mixed);
    }
    var slots = equals.bucket(mixed).slots;
    assertEquals(10_000, Arrays.stream(slots).filter(s -> s != 0).distinct().count());
    for (int run = 1; run <= 10_000; run++) {
      equals.remove(SlotTable.name(run, 0), mixed);
    }
    assertEquals(0, equals.used());
  }

  /// A reader that took a bucket before it was split must not believe it when it misses: the bucket
  /// hears of no later change.
  @Test
  void changedSince_pieceWasSplit_isTrueForEver() {
    insert(1);
    var bucket = table.bucket(table.mix(1));
    assertFalse(bucket.changedSince(bucket.version()));
    for (int run = 2; table.bucket(table.mix(1)) == bucket; run++) {
      insert(run);
    }
    assertNotSame(bucket, table.bucket(table.mix(1)));
    assertTrue(bucket.changedSince(bucket.version()));
  }
}
