// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.sherman;

import io.incipit.bench.pool.MemoryPool;
import io.incipit.bench.pool.PoolClient;
import io.incipit.bench.pool.Retry;

/// The lock that a client has, one at a time. Locks are words of the adapter's own memory, 0 if
/// free; a page's is found by a hash of its address, so that pages may share one.
///
/// To give it back is a WRITE in the batch that writes the page: [#giveBack] adds it, [#leave]
/// comes after the batch was posted.
final class Lock {
  private static final byte[] FREE = new byte[Long.BYTES];

  private final PoolClient client;
  private final ComputeNode node;
  private final ShermanFault fault;
  private final long tag;
  private int index = -1;

  Lock(PoolClient client, ComputeNode node, ShermanFault fault) {
    this.client = client;
    this.node = node;
    this.fault = fault;
    tag = (long) System.identityHashCode(node) << 32 | node.register();
  }

  static int indexOf(long page) {
    long hash = page * 0x9E37_79B9_7F4A_7C15L;
    return (int) ((hash ^ hash >>> 32) >>> 17) & (ComputeNode.LOCKS - 1);
  }

  private long address() {
    return MemoryPool.ON_CHIP + (long) index * Long.BYTES;
  }

  /// Takes a page's lock: one round trip for each try, none if it was handed over.
  void take(long page) {
    if (fault == ShermanFault.NO_LOCK) {
      return;
    }
    int lock = indexOf(page);
    client.idleUntil(node.enter(lock));
    index = lock;
    if (node.isHandedOver(lock)) {
      return;
    }
    while (true) {
      int swap = client.compareAndSwap(address(), 0, tag);
      client.ring();
      if (client.answer(swap) == 0) {
        return;
      }
      client.retry(Retry.LOCK);
    }
  }

  /// Adds to the batch that it is free, unless it is left to the next client of the node.
  ///
  /// @return whether it is left to the next
  boolean giveBack() {
    if (index < 0) {
      return false;
    }
    boolean left = node.handOver(index);
    if (!left) {
      client.write(address(), FREE, 0, Long.BYTES);
    }
    return left;
  }

  /// The batch was posted.
  void leave() {
    if (index >= 0) {
      node.leave(index, client.nowNs());
      index = -1;
    }
  }
}
