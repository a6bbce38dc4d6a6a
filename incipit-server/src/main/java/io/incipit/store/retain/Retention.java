// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.retain;

import io.incipit.env.Clock;
import io.incipit.policy.PoolConfig;
import io.incipit.policy.StorePool;
import io.incipit.store.memory.Family;
import io.incipit.store.memory.Handle;
import io.incipit.store.memory.HostStore;
import io.incipit.store.memory.Victims;
import java.util.Arrays;

/// Says which values of a store go when there is no room, by a policy of the simulator. Values are
/// members of blocks (ranks, metadata, layers); the members of a block go together or not at all.
///
/// For one thread, the store's writer; never blocks.
public final class Retention implements Victims {
  /*
   * The members of a block are a list through the store's slots:
   *
   *   pool.member(block) -> slot -> slot -> ... -> ~block         links, 4 B a slot
   *
   * so the block of a member is found by going to the end. Families are small.
   */
  private static final int NONE = StorePool.NONE;

  /// The link of a slot that is a member of no block.
  private static final int UNLINKED = Integer.MIN_VALUE;

  private final RetentionConfig config;
  private final Clock clock;
  private final StorePool pool;
  private final long startNs;
  private int[] links = new int[0];
  private long nowNs;

  /// What members take of the pool, those of size classes included.
  private long bytes;

  /// The block whose members the store was told to give up.
  private int leaving = NONE;

  /// Makes what decides for an empty store.
  ///
  /// @param clock of the store
  public Retention(RetentionConfig config, Clock clock) {
    this.config = config;
    this.clock = clock;
    this.startNs = clock.nanoTime();
    this.pool = new StorePool(config.pool(), config.policy().factory());
  }

  /// A path was asked for, whatever of it is there.
  ///
  /// @param timeNs when, by [Clock#nanoTime]
  /// @param ids of its blocks from the root, or from as far up as is known
  /// @return leading blocks that are present
  public int asked(long timeNs, long[] ids, int length) {
    return asked(timeNs, ids, length, length * config.blockTokens());
  }

  /// As [#asked(long, long\[\], int)], of a prompt of which more is known.
  ///
  /// @param tokens of the prompt
  public int asked(long timeNs, long[] ids, int length, int tokens) {
    return pool.ask(at(timeNs), ids, length, tokens);
  }

  /// A value was committed as a member of a block.
  ///
  /// @param length bytes of the value
  public void stored(long handle, long id, int length) {
    int slot = Handle.slot(handle);
    reserve(slot);
    if (links[slot] != UNLINKED) {
      return;
    }
    int block = pool.slot(id);
    int first = block == NONE ? NONE : pool.member(block);
    block = pool.put(now(), id, slot);
    links[slot] = first == NONE ? ~block : first;
    bytes += HostStore.takenBytes(length);
    double blocks = (double) config.capacityBytes() * pool.present() / bytes;
    pool.capacity((int) Math.clamp(blocks, 1, PoolConfig.CAPACITY_MAX));
  }

  private void reserve(int slot) {
    int before = links.length;
    if (slot >= before) {
      links = Arrays.copyOf(links, slot + Math.max(256, slot >> 4));
      Arrays.fill(links, before, links.length, UNLINKED);
    }
  }

  /// Whether a block was asked for, and is not worth putting any more: the policy would give it up
  /// before others.
  public boolean isDeclined(long id) {
    return pool.isDeclined(id);
  }

  @Override
  public void next(Family family) {
    leaving = pool.victim(now());
    if (leaving != NONE) {
      fill(family);
    }
  }

  @Override
  public void with(long handle, Family family) {
    leaving = block(Handle.slot(handle));
    fill(family);
  }

  private void fill(Family family) {
    for (int slot = pool.member(leaving); slot >= 0; slot = links[slot]) {
      family.add(slot);
    }
  }

  @Override
  public void kept(Family family) {
    pool.hold(now(), leaving);
  }

  @Override
  public void gone(long handle, int length, Cause cause) {
    int slot = Handle.slot(handle);
    if (slot >= links.length || links[slot] == UNLINKED) {
      return;
    }
    int block = block(slot);
    boolean last = unlink(slot, block);
    bytes -= HostStore.takenBytes(length);
    if (last && cause == Cause.REPLACED) {
      pool.expect(now(), block);
    } else if (last) {
      pool.gone(block);
    } else if (cause == Cause.REMOVED || cause == Cause.CORRUPT) {
      pool.lose(block);
    }
  }

  /// The block that a slot is a member of.
  private int block(int slot) {
    int link = links[slot];
    while (link >= 0) {
      link = links[link];
    }
    return ~link;
  }

  /// Takes a slot out of the list of a block.
  ///
  /// @return whether it was alone in it
  private boolean unlink(int slot, int block) {
    int next = links[slot];
    links[slot] = UNLINKED;
    int before = pool.member(block);
    if (before == slot) {
      if (next >= 0) {
        pool.member(block, next);
      }
      return next < 0;
    }
    while (links[before] != slot) {
      before = links[before];
    }
    links[before] = next;
    return false;
  }

  private long now() {
    return at(clock.nanoTime());
  }

  private long at(long timeNs) {
    nowNs = Math.max(nowNs, timeNs - startNs);
    return nowNs;
  }
}
