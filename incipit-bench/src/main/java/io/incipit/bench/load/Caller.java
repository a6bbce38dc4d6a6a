// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.load;

import java.io.Closeable;
import java.io.IOException;

/// A blocking client over one connection: it sends what others encoded, and keeps one number of
/// each reply. For one thread.
interface Caller extends Closeable {
  /// Sends requests, of which it sees only the bytes.
  void send(byte[] bytes, int length) throws IOException;

  /// Takes the next reply.
  long reply() throws IOException;

  @Override
  void close();
}
