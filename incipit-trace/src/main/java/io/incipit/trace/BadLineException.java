// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace;

import java.io.Serial;

/// One line breaks its format; whoever knows file and line number says the rest.
public final class BadLineException extends Exception {
  @Serial private static final long serialVersionUID = 1;

  /// Says what is wrong: `what: value (expected: ...)`.
  public BadLineException(String reason) {
    super(reason, null, false, false);
  }

  /// What is wrong.
  public String reason() {
    return String.valueOf(getMessage());
  }
}
