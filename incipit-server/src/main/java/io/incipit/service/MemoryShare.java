// SPDX-License-Identifier: Apache-2.0
package io.incipit.service;

import java.util.concurrent.atomic.AtomicLong;

/// What somebody beside the indexes takes of the memory that all share (`index.memory-limit`), such
/// as the map of an engine's blocks. Thread-safe.
public final class MemoryShare {
  private final MemoryUse use;
  private final AtomicLong bytes = new AtomicLong();

  MemoryShare(MemoryUse use) {
    this.use = use;
  }

  /// A share of a memory without an end.
  public static MemoryShare endless() {
    return new MemoryShare(new MemoryUse(Long.MAX_VALUE));
  }

  /// Whether there is room for so much more.
  public boolean admits(long moreBytes) {
    return use.admits(moreBytes);
  }

  /// Takes so much more, if there is room; of several that ask at once, one too many may get it.
  ///
  /// @return whether there was room
  public boolean take(long moreBytes) {
    if (!use.admits(moreBytes)) {
      return false;
    }
    add(moreBytes);
    return true;
  }

  /// Takes so much more, or gives back what is negative, whether or not there is room.
  public void add(long moreBytes) {
    bytes.addAndGet(moreBytes);
    use.addBeside(moreBytes);
  }

  /// Gives back all.
  public void clear() {
    use.addBeside(-bytes.getAndSet(0));
  }

  /// What is taken, in bytes.
  public long bytes() {
    return bytes.get();
  }

  /// Why there is no room, as a refusal says it.
  public String refusal() {
    return "memory: %d bytes of engines' blocks beside %d of indexes (expected: room in %d,"
            .formatted(use.besideBytes(), use.bytes(), use.limitBytes())
        + " index.memory-limit)";
  }
}
