// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.chime;

import io.incipit.bench.pool.Bytes;
import io.incipit.bench.pool.ChunkAllocator;
import io.incipit.bench.pool.PoolClient;
import io.incipit.bench.pool.Retry;
import org.jspecify.annotations.Nullable;

/// What a client does with any node: lock, unlock, allocate, and read and write inner ones. For one
/// thread.
final class Nodes {
  /// Nodes begin at lines.
  static final int ALIGNMENT = 64;

  /// The sibling of a leaf that is the root.
  static final long ROOT_LEAF = -1L;

  /// A key that is in the last leaf of a hopscotch tree, so that each leaf has a greatest key.
  static final long GHOST = -2L;

  /// Trials after which something must be broken.
  private static final int TRIALS = 100_000;

  final PoolClient client;
  final ChimeConfig config;
  final ChimeFault planted;
  final LeafLayout leaves;
  final InnerLayout inners;
  final TreeCache cache;
  final @Nullable HotspotBuffer hotspots;
  private final ChunkAllocator allocator;
  private final byte[] wired;
  private final byte[] word = new byte[Long.BYTES];

  Nodes(PoolClient client, ChimeConfig config, ChimeFault planted) {
    this.client = client;
    this.config = config;
    this.planted = planted;
    leaves = new LeafLayout(config);
    inners = new InnerLayout(config.keyBytes());
    cache = new TreeCache(inners, config.treeCacheBytes());
    hotspots = config.speculation() ? new HotspotBuffer(config.hotspotBytes()) : null;
    allocator = new ChunkAllocator(client, RootEntry.CHUNK);
    wired = new byte[inners.allocatedBytes];
  }

  LeafImage image() {
    return new LeafImage(leaves, planted);
  }

  long allocateLeaf() {
    return allocator.allocate(leaves.allocatedBytes, ALIGNMENT);
  }

  long allocateInner() {
    return allocator.allocate(inners.allocatedBytes, ALIGNMENT);
  }

  /// Asks a trial number again, for a reason.
  ///
  /// @return the number of the next trial
  /// @throws IllegalStateException after 100,000 trials
  int again(int trial, Retry cause) {
    if (trial == TRIALS) {
      throw new IllegalStateException("trials: %d for %s".formatted(trial, cause));
    }
    client.retry(cause);
    return trial + 1;
  }

  /// Locks a node. Tries until it can.
  ///
  /// @return what its lock word said
  long lock(long lockAddress) {
    for (int trial = 0; ; trial = again(trial, Retry.LOCK)) {
      int answer = client.maskedCompareAndSwap(lockAddress, LockWord.LOCK, 0, -1, -1);
      client.ring();
      long old = client.answer(answer);
      if (!LockWord.isLocked(old)) {
        return old;
      }
    }
  }

  /// Adds the WRITE that frees a node.
  void addUnlock(long lockAddress, long lockWord) {
    Bytes.setLong(word, 0, lockWord);
    client.write(lockAddress, word, 0, Long.BYTES);
  }

  /// Frees a node that was not changed, and does not wait.
  void unlock(long lockAddress, long lockWord) {
    addUnlock(lockAddress, lockWord);
    client.postUnsignalled();
  }

  long lockOfLeaf(long leaf) {
    return leaf + leaves.lockAt;
  }

  long lockOfInner(long inner) {
    return inner + inners.lockAt;
  }

  /// Reads where the root is.
  long readRoot() {
    client.read(RootEntry.ADDRESS, word, 0, Long.BYTES);
    client.ring();
    return Bytes.longAt(word, 0);
  }

  /// Swings the root.
  ///
  /// @return whether it was as expected
  boolean swapRoot(long expected, long entry) {
    int answer = client.compareAndSwap(RootEntry.ADDRESS, expected, entry);
    client.ring();
    return client.answer(answer) == expected;
  }

  /// Reads an inner node, until it is whole.
  Inner readInner(long address) {
    for (int trial = 0; ; trial = again(trial, Retry.TORN)) {
      client.read(address, wired, 0, inners.wireBytes);
      client.ring();
      var node = inners.decode(wired, address, planted);
      if (node != null) {
        return node;
      }
    }
  }

  /// Adds the WRITE of an inner node with its lock, free.
  void addWrite(Inner node) {
    inners.encode(node, wired);
    client.write(node.address(), wired, 0, inners.allocatedBytes);
  }
}
