// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace;

import java.io.IOException;

/// One way of writing a trace down. A format of its own is one class here and its reader.
public interface TraceFormat {
  /// Opens a file of this format; reads no further than the first buffer.
  ///
  /// @throws java.nio.file.NoSuchFileException if there is none
  TraceReader open(TraceFile file) throws IOException;
}
