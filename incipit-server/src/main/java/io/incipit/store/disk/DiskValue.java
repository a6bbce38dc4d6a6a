// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.disk;

import io.incipit.store.disk.KeyTable.Spot;
import io.incipit.store.disk.record.Fingerprint;
import io.incipit.store.disk.record.KeyHash;
import io.incipit.store.memory.Pieces;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/// A value that somebody reads, piece by piece, each proved by its checksum before it is shown. It
/// stays readable until it is closed, even if it is removed or its extent given up. For one thread;
/// blocks.
public final class DiskValue implements AutoCloseable {
  private final DiskStore store;
  private final RecordReader reader;
  private final KeyHash hash;
  private final Spot spot;

  DiskValue(DiskStore store, RecordReader reader, KeyHash hash, Spot spot) {
    this.store = store;
    this.reader = reader;
    this.hash = hash;
    this.spot = spot;
  }

  /// Bytes of the value.
  public int length() {
    return spot.length();
  }

  /// What the one who put it called it.
  public long generation() {
    return reader.header().stamp().generation();
  }

  public Fingerprint fingerprint() {
    return reader.header().stamp().fingerprint();
  }

  /// Pieces of 64 KiB, the last as long as it is.
  public int pieces() {
    return Pieces.count(length());
  }

  /// The CRC32C of a piece as it was written.
  public int checksum(int piece) {
    return reader.header().checksum(piece);
  }

  /// A piece, good until the next call and until the value is closed.
  ///
  /// @return none if its bytes are not what was written, or cannot be read: the value is gone then
  public Optional<ByteBuffer> piece(int piece) {
    try {
      var bytes = reader.piece(piece);
      if (bytes == null) {
        store.corrupt();
        store.quarantine(hash, spot, reader);
      }
      return Optional.ofNullable(bytes);
    } catch (IOException failure) {
      store.unreadable();
      store.quarantine(hash, spot, reader);
      return Optional.empty();
    }
  }

  /// Whether the key still has this value.
  public boolean isCurrent() {
    return store.birth(hash) == spot.birth();
  }

  /// Lets go. Again does nothing.
  @Override
  public void close() {
    reader.close();
  }
}
