// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.runpool;

import io.incipit.bench.pool.LocalMemory;
import io.incipit.bench.pool.PoolClient;

/// Memory as whoever changes runs reaches it.
interface RunMemory {
  /// Copies bytes `[address, address + length)` to `target[at..]`; they are there when it returns.
  void read(long address, byte[] target, int at, int length);

  /// Copies `source[at..]` there, after what was written before.
  void write(long address, byte[] source, int at, int length);

  /// That of the node on which the thread runs.
  static RunMemory of(LocalMemory memory) {
    return new RunMemory() {
      @Override
      public void read(long address, byte[] target, int at, int length) {
        memory.read(address, target, at, length);
      }

      @Override
      public void write(long address, byte[] source, int at, int length) {
        memory.write(address, source, at, length);
      }
    };
  }

  /// That which a client reaches by requests: a read is a round trip, a WRITE is added to the
  /// batch.
  static RunMemory of(PoolClient client) {
    return new RunMemory() {
      @Override
      public void read(long address, byte[] target, int at, int length) {
        client.read(address, target, at, length);
        client.ring();
      }

      @Override
      public void write(long address, byte[] source, int at, int length) {
        client.write(address, source, at, length);
      }
    };
  }
}
