// SPDX-License-Identifier: Apache-2.0
package io.incipit.env;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/// An open file. Reads are thread-safe, writes are for one thread; all block.
public interface RawFile extends Closeable {
  /// Reads at a position, perhaps less than there is room for.
  ///
  /// @return bytes read; -1 at the end of the file
  int read(ByteBuffer into, long at) throws IOException;

  /// Writes at a position, perhaps less than there is.
  ///
  /// @return bytes written
  /// @throws RawDisk.NoSpaceException if there is no room
  int write(ByteBuffer from, long at) throws IOException;

  /// Returns when all that was written will outlive a loss of power. Once it has thrown, nothing is
  /// known of what was written, whatever a later call says.
  void sync() throws IOException;

  /// Bytes of the file.
  long bytes() throws IOException;
}
