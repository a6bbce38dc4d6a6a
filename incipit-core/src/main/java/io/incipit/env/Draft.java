// SPDX-License-Identifier: Apache-2.0
package io.incipit.env;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;

/// A file that is being written. It stands beside its place until it is kept, so that under its
/// name there is all of the old file or all of the new one. A process that is stopped leaves
/// neither a part of it nor the file beside. What goes to a pipe or a terminal goes there at once.
/// For one thread.
public interface Draft extends Closeable {
  /// Where it is written to. Not buffered; closing this keeps nothing.
  OutputStream out();

  /// Ends the file and puts it in its place.
  void keep() throws IOException;

  /// Drops what was not kept. Idempotent.
  @Override
  void close();
}
