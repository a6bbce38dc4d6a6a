// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace;

import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;

/// The requests of one trace, in order of arrival. For one thread at a time.
public interface TraceReader extends Closeable {
  /// The next request; empty at the end.
  ///
  /// @throws BadTraceException if what comes next breaks the format, and bad input is not skipped
  Optional<TraceRequest> next() throws IOException;

  /// Tokens that a full block covers, the same in every request.
  int blockTokens();

  /// How much of the trace has been read, in `[0, 1]`.
  double progress();

  /// Lines or records left out because they were bad.
  long skipped();

  /// Sessions left out because they repeat an earlier one, request by request.
  default long repeats() {
    return 0;
  }

  /// What the trace does not say, and what was taken for granted; complete once all is read.
  default TraceNotes notes() {
    return TraceNotes.NONE;
  }

  @Override
  void close() throws IOException;
}
