// SPDX-License-Identifier: Apache-2.0
package io.incipit.protocol;

import io.incipit.block.ErrorCode;

/// A request that is understood as a frame and refused for what it says. Nothing was changed.
public final class RefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final ErrorCode code;

  /// A refusal.
  ///
  /// @param detail what was given, and what was expected
  public RefusedException(ErrorCode code, String detail) {
    super(detail, null, false, false);
    this.code = code;
  }

  /// Why, as the first word of the error on the wire.
  public ErrorCode code() {
    return code;
  }

  /// What was given, and what was expected.
  public String detail() {
    return String.valueOf(getMessage());
  }
}
