// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.memory;

import java.util.ArrayList;
import java.util.List;

/// Room for a value that is being written: in parts, by any threads, each part by one.
///
/// It ends by [HostStore#commit], [HostStore#abort] or its deadline; the memory stays until the
/// last part that was begun is closed, so whoever still writes writes where nobody reads.
public final class Reservation {
  /// The most parts of a value: ranks times layers.
  public static final int PARTS_MAX = 4096;

  final byte[] key;
  final long hash;
  final int slot;
  final long handle;
  final int length;
  final long offset;
  final long deadlineNs;
  final int[] checksums;
  final Values values;
  final Memory memory;
  final StoreFault planted;

  /// In the order of their bytes. Guarded by this.
  private final List<Part> parts = new ArrayList<>(1);

  Reservation(HostStore store, byte[] key, long hash, int slot, long offset, long deadlineNs) {
    this.values = store.values;
    this.memory = store.memory;
    this.planted = store.planted;
    this.key = key;
    this.hash = hash;
    this.slot = slot;
    this.handle = values.handle(slot);
    this.length = values.length(slot);
    this.offset = offset;
    this.deadlineNs = deadlineNs;
    this.checksums = new int[Pieces.count(length)];
  }

  /// The name that the value will have.
  public long handle() {
    return handle;
  }

  /// Bytes of the value.
  public int length() {
    return length;
  }

  /// Begins a part: bytes `[from, to)` of the value, which are written in that order.
  ///
  /// @return a part; one that is ended from the start if the reservation has ended
  /// @throws IllegalArgumentException if it is empty, overlaps another part or the value's end, or
  ///     there are [#PARTS_MAX]
  public synchronized Part part(int from, int to) {
    if (from < 0 || from >= to || to > length) {
      throw new IllegalArgumentException(
          "part: [%d, %d) (expected: not empty, within [0, %d))".formatted(from, to, length));
    }
    int at = 0;
    while (at < parts.size() && parts.get(at).from < from) {
      at++;
    }
    if ((at < parts.size() && parts.get(at).from < to) || (at > 0 && parts.get(at - 1).to > from)) {
      throw new IllegalArgumentException(
          "part: [%d, %d) (expected: no overlap with another)".formatted(from, to));
    }
    if (parts.size() == PARTS_MAX) {
      throw new IllegalArgumentException("parts: more than %d".formatted(PARTS_MAX));
    }
    var part = new Part(this, from, to);
    parts.add(at, part);
    part.begin();
    return part;
  }

  /// Whether all bytes are written and all parts closed.
  public synchronized boolean isComplete() {
    int end = 0;
    for (var part : parts) {
      if (part.from != end || !part.isComplete()) {
        return planted == StoreFault.COMMIT_UNFINISHED;
      }
      end = part.to;
    }
    return end == length || planted == StoreFault.COMMIT_UNFINISHED;
  }

  /// Computes the checksums of the pieces that no part had to itself: two a part at most.
  synchronized void finishChecksums() {
    for (var part : parts) {
      if (part.from % Pieces.BYTES != 0) {
        finish(part.from >>> Pieces.LOG);
      }
      if (part.to % Pieces.BYTES != 0 && part.to != length) {
        finish(part.to >>> Pieces.LOG);
      }
    }
  }

  private void finish(int piece) {
    checksums[piece] = memory.checksum(offset + Pieces.from(piece), Pieces.length(piece, length));
  }
}
