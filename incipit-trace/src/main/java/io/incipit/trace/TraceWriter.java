// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace;

import java.io.Closeable;
import java.io.IOException;

/// Writes the requests of one trace. For one thread.
public interface TraceWriter extends Closeable {
  /// Appends a request.
  ///
  /// @param request not before the last one
  void write(TraceRequest request) throws IOException;

  /// What was written otherwise than it was, in a sentence, once the file has been ended; empty if
  /// there is nothing to say beyond what the format is known to lack.
  default String remark() {
    return "";
  }

  /// Ends the file; without it what was written may be incomplete.
  @Override
  void close() throws IOException;
}
