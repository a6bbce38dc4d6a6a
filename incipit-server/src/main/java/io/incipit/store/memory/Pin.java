// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.memory;

import java.nio.ByteBuffer;

/// A committed value that somebody reads: its memory stays as it is until the pin is closed, even
/// if the value is removed, replaced or found to be wrong meanwhile. For one thread at a time.
///
/// A pin has no deadline: who holds one is a connection, and connections are cut.
public final class Pin implements AutoCloseable {
  private final HostStore store;
  private final Values values;
  private final int slot;
  private final long handle;
  private final int length;
  private final long offset;

  /// Pieces from the first on that were verified under this pin.
  private int verified;

  private boolean open = true;

  Pin(HostStore store, int slot) {
    this.store = store;
    this.values = store.values;
    this.slot = slot;
    this.handle = values.handle(slot);
    this.length = values.length(slot);
    this.offset = values.offset(slot);
  }

  public long handle() {
    return handle;
  }

  /// Bytes of the value.
  public int length() {
    return length;
  }

  /// Where in the pool the value begins, until the pin is closed.
  public long offset() {
    return offset;
  }

  /// Bytes of memory that the value takes, in the pool and of the heap.
  public long memoryBytes() {
    checkOpen();
    return (long) Places.bytes(length) + StoreConfig.heapBytes(values.keyLength(slot), length);
  }

  /// Pieces of 64 KiB, the last as long as it is.
  public int pieces() {
    return Pieces.count(length);
  }

  /// The CRC32C of a piece as it was written.
  public int checksum(int piece) {
    checkOpen();
    return values.checksum(slot, piece);
  }

  /// Bytes `[from, to)` of the value, where they lie. Good until the pin is closed.
  public ByteBuffer bytes(int from, int to) {
    checkOpen();
    if (from < 0 || from > to || to > length) {
      throw new IllegalArgumentException(
          "bytes: [%d, %d) (expected: within [0, %d))".formatted(from, to, length));
    }
    return store.memory.view(offset + from, to - from).asReadOnlyBuffer();
  }

  /// Compares a piece with its checksum. If it differs, the value is never pinned again and its
  /// memory kept apart.
  ///
  /// @return whether it is as it was written
  public boolean verify(int piece) {
    checkOpen();
    int now = store.memory.checksum(offset + Pieces.from(piece), Pieces.length(piece, length));
    if (now != values.checksum(slot, piece) && store.planted != StoreFault.TRUST_BYTES) {
      store.quarantine(handle);
      return false;
    }
    verified += piece == verified ? 1 : 0;
    if (verified == pieces()) {
      values.checked(slot, store.clock.nanoTime());
    }
    return true;
  }

  /// Compares the pieces that bytes `[from, to)` lie in with their checksums, as [#verify(int)].
  ///
  /// @return whether all are as they were written
  public boolean verify(int from, int to) {
    for (int piece = from >>> Pieces.LOG; piece << Pieces.LOG < to; piece++) {
      if (!verify(piece)) {
        return false;
      }
    }
    return true;
  }

  /// Whether somebody has found it wrong since it was pinned.
  public boolean isWrong() {
    checkOpen();
    return values.state(slot) == Values.QUARANTINED;
  }

  /// When all pieces were last known to be right: [io.incipit.env.Clock#nanoTime].
  public long checkedNs() {
    checkOpen();
    return values.checkedNs(slot, store.clock.nanoTime());
  }

  /// When the value expires, by [io.incipit.env.Clock#nanoTime]; [HostStore#NEVER] if it does not.
  public long expiryNs() {
    checkOpen();
    return values.expiry(slot);
  }

  /// Keeps the value from eviction for so long from now on, and at most for what the store allows.
  public void lease(long durationNs) {
    checkOpen();
    long ns = Math.min(durationNs, store.config.leaseNs());
    values.lease(slot, store.clock.nanoTime() + ns);
  }

  /// Lets go. Again does nothing.
  @Override
  public void close() {
    if (open) {
      open = false;
      values.unpin(slot);
    }
  }

  private void checkOpen() {
    if (!open) {
      throw new IllegalStateException("pin: closed (expected: open)");
    }
  }
}
