// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.value;

import java.io.Closeable;
import java.io.IOException;

/// A server of values as its client sees it: one request at a time. For one thread.
interface KeyValue extends Closeable {
  /// Takes the value of a key into a buffer from its start on.
  ///
  /// @return its length in bytes; -1 if there is none
  int read(byte[] key, byte[] into) throws IOException;

  /// Puts bytes `[from, from + length)` under a key.
  ///
  /// @return whether the server says that it has them
  boolean put(byte[] key, byte[] source, int from, int length) throws IOException;

  /// Drops the value of a key, if there is one.
  void drop(byte[] key) throws IOException;

  @Override
  void close();
}
