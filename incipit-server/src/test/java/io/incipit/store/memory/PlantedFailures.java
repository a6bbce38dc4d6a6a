// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.memory;

import java.nio.ByteBuffer;
import java.util.Optional;

/// Failures at the places where a change can fail, a memory's included: the n-th from now throws.
final class PlantedFailures implements FaultPoints {
  /// What they throw.
  static final class PlantedException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /// A memory whose copying and checking can fail.
  record FailingMemory(Memory memory, Optional<String> path, FaultPoints faults) implements Memory {
    @Override
    public long bytes() {
      return memory.bytes();
    }

    @Override
    public ByteBuffer view(long offset, int length) {
      return memory.view(offset, length);
    }

    @Override
    public void copy(long from, long to, int length) {
      faults.reach();
      memory.copy(from, to, length);
      faults.reach();
    }

    @Override
    public int checksum(long offset, int length) {
      faults.reach();
      return memory.checksum(offset, length);
    }

    @Override
    public boolean retains(long offset, int length) {
      return memory.retains(offset, length);
    }

    @Override
    public void close() {
      memory.close();
    }
  }

  private long left;

  /// 0 for none.
  void failAt(long n) {
    left = n;
  }

  boolean isPending() {
    return left > 0;
  }

  @Override
  public void reach() {
    if (left > 0 && --left == 0) {
      throw new PlantedException();
    }
  }
}
