// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.runpool;

import io.incipit.bench.pool.Bytes;
import io.incipit.bench.pool.PoolClient;
import java.util.Arrays;

/// Where the table of anchors is, as a client knows it. For one thread.
final class Root {
  private final long address;
  private byte[] bytes = new byte[Layout.ROOT_BYTES];
  private double readNs = Double.NEGATIVE_INFINITY;
  private int copies;
  int table;
  int buckets;
  int epoch;

  /// The last generation that was given when it was read.
  int generation;

  Root(long address) {
    this.address = address;
  }

  /// Whether what is known is too old to go by.
  boolean isOld(double nowNs, double ageNs) {
    return nowNs - readNs > ageNs;
  }

  /// Adds a READ of it; there may be several of a batch, each on a queue pair of its own.
  ///
  /// @return its number, for [#generationOf]
  int read(PoolClient client) {
    int at = copies * Layout.ROOT_BYTES;
    if (at == bytes.length) {
      bytes = Arrays.copyOf(bytes, 2 * at);
    }
    client.read(address, bytes, at, Layout.ROOT_BYTES);
    readNs = client.nowNs();
    return copies++;
  }

  /// The last generation that had been given when a copy was read.
  int generationOf(int copy) {
    return Bytes.intAt(bytes, copy * Layout.ROOT_BYTES + Layout.ROOT_GENERATION);
  }

  /// Learns from a bucket of an old table, whose first slots say what the root said then.
  ///
  /// @return false if the bucket is none, or of a table as old as the one known
  boolean learn(byte[] bucket, int at, int old) {
    int next = Bytes.intAt(bucket, at + Layout.ROOT_EPOCH);
    if (Bytes.intAt(bucket, at + Layout.BUCKET_EPOCH) != -old) {
      return false;
    }
    if (next > epoch) {
      table = (int) Bytes.longAt(bucket, at + Layout.ROOT_TABLE);
      buckets = Bytes.intAt(bucket, at + Layout.ROOT_BUCKETS);
      epoch = next;
    }
    return true;
  }

  /// Takes over what was read first, if anything was.
  void take() {
    if (copies > 0) {
      table = (int) Bytes.longAt(bytes, Layout.ROOT_TABLE);
      buckets = Bytes.intAt(bytes, Layout.ROOT_BUCKETS);
      epoch = Bytes.intAt(bytes, Layout.ROOT_EPOCH);
      generation = Bytes.intAt(bytes, Layout.ROOT_GENERATION);
      copies = 0;
    }
  }
}
