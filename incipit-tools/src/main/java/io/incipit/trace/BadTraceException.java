// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace;

import java.io.IOException;
import java.io.Serial;
import java.nio.file.Path;

/// A trace breaks its format. The message reads `FILE:LINE: what is wrong (expected: ...)`.
public final class BadTraceException extends IOException {
  @Serial private static final long serialVersionUID = 1;

  BadTraceException(Path file, long line, String reason) {
    super("%s:%d: %s".formatted(file, line, reason));
  }
}
