// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.memory;

import java.nio.ByteBuffer;
import java.util.Optional;

/// Bytes outside of the heap, by offset. Thread-safe as far as ranges do not overlap.
public interface Memory extends AutoCloseable {
  /// Bytes in all.
  long bytes();

  /// The file that this is, by which other processes read it, if it is one.
  default Optional<String> path() {
    return Optional.empty();
  }

  /// A window on bytes `[offset, offset + length)`, for reading and writing.
  ByteBuffer view(long offset, int length);

  /// Copies bytes to a range that does not overlap with theirs.
  void copy(long from, long to, int length);

  /// The CRC32C of a range.
  int checksum(long offset, int length);

  /// Whether a range keeps what is written to it. What was there is lost.
  boolean retains(long offset, int length);

  /// Gives all back. Whoever touches a view later breaks the process.
  @Override
  void close();
}
