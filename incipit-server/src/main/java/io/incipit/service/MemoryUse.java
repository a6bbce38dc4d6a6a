// SPDX-License-Identifier: Apache-2.0
package io.incipit.service;

import java.util.concurrent.atomic.AtomicLong;

/// What the indexes of all namespaces take together. Thread-safe.
final class MemoryUse {
  private final long limitBytes;
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong blocks = new AtomicLong();

  MemoryUse(long limitBytes) {
    this.limitBytes = limitBytes;
  }

  void add(long moreBytes, long moreBlocks) {
    bytes.addAndGet(moreBytes);
    blocks.addAndGet(moreBlocks);
  }

  long limitBytes() {
    return limitBytes;
  }

  long bytes() {
    return bytes.get();
  }

  long blocks() {
    return blocks.get();
  }
}
