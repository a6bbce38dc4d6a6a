// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.disk;

import java.nio.ByteBuffer;

/// Where the bytes of a value come from that is put: memory that stays as it is until it is closed.
/// Used and closed by the writing thread.
public interface DiskSource extends AutoCloseable {
  /// Bytes of the value.
  int length();

  /// The CRC32C of a piece, as it was when the bytes came in; they are compared on their way.
  int checksum(int piece);

  /// Bytes `[from, to)`.
  ByteBuffer bytes(int from, int to);

  /// Gives it back. Again does nothing.
  @Override
  void close();
}
