// SPDX-License-Identifier: Apache-2.0
package io.incipit.env;

import java.io.Closeable;
import java.io.IOException;

/// A stream of bytes each way. One thread may read while another one writes, and any may close.
public interface Connection extends Closeable {
  /// Waits for bytes.
  ///
  /// @return how many came, at least 1; -1 once the other side has ended its stream
  int read(byte[] target, int offset, int length) throws IOException;

  /// Sends all of the bytes at once; blocks while the way is full.
  void write(byte[] source, int offset, int length) throws IOException;

  /// Whether the other side is on this machine, by its address: loopback, or another one that is
  /// this machine's. Never blocks.
  boolean isLocal();

  /// Ends both streams. Whoever reads or writes is woken with an [IOException] or an end of stream.
  /// Idempotent.
  @Override
  void close();
}
