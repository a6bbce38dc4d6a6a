// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.simulate.tier;

import io.incipit.block.Hint;
import io.incipit.policy.Answer;
import io.incipit.policy.EvictionPolicy;
import io.incipit.policy.PoolConfig;
import io.incipit.policy.StorePool;

/// A store with a disk, which takes what memory gives up.
///
/// ```
/// offer(ids):  the leading blocks in HOST                     -> host
///              those behind them on DISK, which are read
///              before any is written                          -> found, and put into HOST
///              the rest is computed, and put into HOST unless it is on DISK: that is behind a
///              hole, counts as read, and stays where it is
///              what HOST gives up is written, unless it is on DISK, where it stays when it is read
/// ```
///
/// Memory has the pool of a store, which awaits what was asked for and forgets what does not come.
final class MemoryAndDisk implements TieredPool {
  /// Any member will do: a block has one.
  private static final int MEMBER = 0;

  private static final double NANOS_PER_TURNOVER = 1e11;

  private final PoolConfig config;
  private final StorePool host;
  private final DiskLog disk;
  private final DiskShape shape;
  private long nowNs;
  private int hostHits;
  private long touched;
  private long demoted;
  private long promoted;
  private long dropped;

  MemoryAndDisk(PoolConfig config, EvictionPolicy.Factory policy, DiskShape shape) {
    this.config = config;
    this.host = new StorePool(config, policy);
    this.disk = new DiskLog(shape);
    this.shape = shape;
  }

  @Override
  public int offer(long timeNs, long[] ids, int length, int tokens) {
    boolean timed = config.timing() == PoolConfig.Timing.CLOCK;
    nowNs = timed ? timeNs : (long) (touched * NANOS_PER_TURNOVER / config.capacity());
    touched += length;
    hostHits = host.ask(nowNs, ids, length, tokens);
    int found = hostHits;
    while (found < length && holds(ids[found])) {
      found++;
    }
    for (int i = hostHits; i < found; i++) {
      if (!isInMemory(ids[i])) {
        disk.lease(ids[i], nowNs);
        disk.read(ids[i]);
      }
    }
    for (int i = hostHits; i < length; i++) {
      if (!isInMemory(ids[i])) {
        bring(ids[i], i < found);
      }
    }
    return found;
  }

  private void bring(long id, boolean isFound) {
    boolean below = disk.holds(id);
    if (below && !isFound) {
      disk.read(id);
    }
    if (isFound || !below) {
      promoted += isFound ? 1 : 0;
      put(id);
    }
  }

  private void put(long id) {
    if (host.slot(id) == StorePool.NONE) {
      // It was given up before it came.
      demote(id);
      return;
    }
    host.put(nowNs, id, MEMBER);
    while (host.present() > config.capacity()) {
      int victim = host.victim(nowNs);
      demote(host.id(victim));
      host.gone(victim);
    }
  }

  private void demote(long id) {
    if (disk.holds(id)) {
      return;
    }
    if (disk.append(id)) {
      demoted++;
    } else {
      dropped++;
    }
  }

  @Override
  public int hostHits() {
    return hostHits;
  }

  @Override
  public void answered(int request, Answer answer) {
    host.answered(request, answer);
  }

  @Override
  public void hint(long timeNs, long[] ids, int length, Hint hint) {
    if (!(hint instanceof Hint.Back) || config.timing() == PoolConfig.Timing.CLOCK) {
      host.hint(Math.max(nowNs, timeNs), ids, length, hint);
    }
  }

  @Override
  public boolean holds(long id) {
    return isInMemory(id) || disk.holds(id);
  }

  private boolean isInMemory(long id) {
    int slot = host.slot(id);
    return slot != StorePool.NONE && host.member(slot) == MEMBER;
  }

  @Override
  public TierMoves moves() {
    return new TierMoves(
        promoted,
        demoted,
        dropped,
        disk.records(),
        disk.writtenBytes(),
        demoted * shape.blockBytes(),
        disk.reclaims());
  }
}
