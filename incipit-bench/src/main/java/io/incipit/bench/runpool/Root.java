// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.runpool;

import io.incipit.bench.pool.Bytes;
import io.incipit.bench.pool.PoolClient;

/// Where the table of anchors is, as a client knows it. For one thread.
final class Root {
  private final long address;
  private final byte[] bytes = new byte[Layout.ROOT_BYTES];
  private double readNs = Double.NEGATIVE_INFINITY;
  private boolean reading;
  int table;
  int buckets;
  int epoch;

  Root(long address) {
    this.address = address;
  }

  /// Whether what is known is too old to go by.
  boolean isOld(double nowNs, double ageNs) {
    return nowNs - readNs > ageNs;
  }

  /// Adds a READ of it.
  void read(PoolClient client) {
    client.read(address, bytes, 0, Layout.ROOT_BYTES);
    readNs = client.nowNs();
    reading = true;
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

  /// Takes over what was read, if anything was.
  void take() {
    if (reading) {
      table = (int) Bytes.longAt(bytes, Layout.ROOT_TABLE);
      buckets = Bytes.intAt(bytes, Layout.ROOT_BUCKETS);
      epoch = Bytes.intAt(bytes, Layout.ROOT_EPOCH);
      reading = false;
    }
  }
}
