// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace;

import java.io.Serial;

/// One line breaks its format; whoever knows file and line number says the rest.
final class BadLineException extends Exception {
  @Serial private static final long serialVersionUID = 1;

  BadLineException(String reason) {
    super(reason, null, false, false);
  }

  String reason() {
    return String.valueOf(getMessage());
  }
}
