// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.simulate.tier;

import io.incipit.block.Hint;
import io.incipit.policy.Answer;
import io.incipit.policy.BlockPool;

/// A store without a disk: what memory gives up is gone.
final class MemoryPool implements TieredPool {
  private final BlockPool pool;
  private int hits;
  private long dropped;

  MemoryPool(BlockPool pool) {
    this.pool = pool;
  }

  @Override
  public int offer(long timeNs, long[] ids, int length, int tokens) {
    hits = pool.offer(timeNs, ids, length, tokens);
    dropped += pool.evicted();
    return hits;
  }

  @Override
  public int hostHits() {
    return hits;
  }

  @Override
  public boolean holds(long id) {
    return pool.holds(id);
  }

  @Override
  public void answered(int request, Answer answer) {
    pool.answered(request, answer);
  }

  @Override
  public void hint(long timeNs, long[] ids, int length, Hint hint) {
    pool.hint(timeNs, ids, length, hint);
  }

  @Override
  public TierMoves moves() {
    return new TierMoves(0, 0, dropped, 0, 0, 0, 0);
  }
}
