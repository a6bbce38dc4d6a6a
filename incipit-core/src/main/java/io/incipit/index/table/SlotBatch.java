// SPDX-License-Identifier: Apache-2.0
package io.incipit.index.table;

import io.incipit.block.BlockChain;

/// A few blocks whose slots will be visited one after the other: they are touched together first,
/// so that their cache misses overlap. For the writer of a table, used again for the next few.
public final class SlotBatch {
  /// The most blocks.
  public static final int SIZE = 32;

  private static final ThreadLocal<SlotBatch> OF_THREAD = ThreadLocal.withInitial(SlotBatch::new);

  private final long[] mixed = new long[SIZE];
  private final Bucket[] buckets = new Bucket[SIZE];
  private final long[][] slots = new long[SIZE][];
  private final int[] homes = new int[SIZE];
  private int count;

  /// Written so that the loads of [#touch] are not optimised away.
  @SuppressWarnings("UnusedVariable")
  private long touched;

  private SlotBatch() {}

  /// The batch of this thread: a writer needs it for an operation only, and it would be a tenth of
  /// what a small index takes.
  public static SlotBatch ofThread() {
    return OF_THREAD.get();
  }

  /// Adds a block by the last 8 bytes of its hash.
  private void add(SlotTable table, long low) {
    long spread = table.mix(low);
    var bucket = table.bucket(spread);
    mixed[count] = spread;
    buckets[count] = bucket;
    slots[count] = bucket.slots;
    homes[count] = bucket.home(bucket.tag(spread));
    count++;
  }

  /// Touches the slots of all blocks, in a loop so short that their cache misses overlap.
  private void touch() {
    long sum = 0;
    for (int i = 0; i < count; i++) {
      sum += slots[i][homes[i]] + slots[i][homes[i] + SlotTable.NEXT_LINE];
    }
    touched = sum;
  }

  /// Puts blocks `[from, to)` of a chain here, as many as it takes, and touches their slots.
  public void touch(SlotTable table, BlockChain chain, int from, int to) {
    count = 0;
    for (int i = from; i < to; i++) {
      add(table, chain.low(i));
    }
    touch();
  }

  /// Puts `blocks` blocks of a column here, from its word `at` on, and touches their slots.
  ///
  /// @param stride words of the column for one block
  public void touch(SlotTable table, long[] column, int at, int stride, int blocks) {
    count = 0;
    for (int i = 0; i < blocks; i++) {
      add(table, column[at + i * stride]);
    }
    touch();
  }

  /// The mixed hash of block `i`.
  public long mixed(int i) {
    return mixed[i];
  }

  /// The bucket of block `i` when it was added. One that was replaced since is full, and stays so.
  public Bucket bucket(int i) {
    return buckets[i];
  }
}
