// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.runpool;

import static io.incipit.bench.runpool.Layout.BUCKET_EPOCH;
import static io.incipit.bench.runpool.Layout.BUCKET_SLOTS;
import static io.incipit.bench.runpool.Layout.LINE;

import io.incipit.bench.pool.Bytes;
import io.incipit.bench.pool.PoolClient;

/// A question for the anchor of one block: both of its buckets, the first read first. Used again
/// and again.
final class Probe {
  private final byte[] buckets = new byte[2 * LINE];
  int depth;
  long key;
  boolean pending;
  boolean answered;

  int asked;

  /// Whether [#generation] is that of the root, read before it.
  boolean dated;

  int generation;

  /// Which copy of the root was read before it.
  int copy;

  /// The batch that answered it.
  int round;

  private int epoch;

  void begin(int blockDepth, long blockKey) {
    depth = blockDepth;
    key = blockKey;
    pending = true;
    answered = false;
    asked = 0;
  }

  void read(PoolClient client, Root root) {
    read(client, root, Anchors.first(key, root.buckets), 0);
    read(client, root, Anchors.second(key, root.buckets), LINE);
    epoch = root.epoch;
    asked++;
  }

  private void read(PoolClient client, Root root, int bucket, int at) {
    client.read(Layout.address(root.table) + (long) bucket * LINE, buckets, at, LINE);
  }

  /// Whether the table that it read is one still.
  boolean isOfTable() {
    return Bytes.intAt(buckets, BUCKET_EPOCH) == epoch
        && Bytes.intAt(buckets, LINE + BUCKET_EPOCH) == epoch;
  }

  /// Learns from a bucket that was replaced where the table is now.
  ///
  /// @return false if it does not say
  boolean learn(Root root) {
    return root.learn(buckets, 0, epoch) || root.learn(buckets, LINE, epoch);
  }

  /// The next slot from number `from` on that may be the block's.
  ///
  /// @return its number; -1 if there is none
  int next(int from) {
    for (int i = from; i < 2 * BUCKET_SLOTS; i++) {
      if (Anchors.mayBe(slot(i), key)) {
        return i;
      }
    }
    return -1;
  }

  /// What it read.
  void copyBuckets(byte[] target) {
    System.arraycopy(buckets, 0, target, 0, buckets.length);
  }

  long slot(int number) {
    return Anchors.slot(buckets, number);
  }
}
