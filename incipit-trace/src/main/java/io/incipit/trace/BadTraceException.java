// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace;

import java.io.IOException;
import java.io.Serial;
import java.nio.file.Path;

/// A trace breaks its format. The message reads `FILE:LINE: what is wrong (expected: ...)`; without
/// the line where there are none.
public final class BadTraceException extends IOException {
  @Serial private static final long serialVersionUID = 1;

  /// Names the place.
  ///
  /// @param line number of the line or record, from 1; 0 if none is to blame
  public BadTraceException(Path file, long line, String reason) {
    super((line == 0 ? "%1$s: %3$s" : "%1$s:%2$d: %3$s").formatted(file, line, reason));
  }
}
