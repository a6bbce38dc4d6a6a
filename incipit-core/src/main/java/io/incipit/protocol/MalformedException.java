// SPDX-License-Identifier: Apache-2.0
package io.incipit.protocol;

/// Bytes that are not RESP, or a frame beyond its limit: where the next frame starts is unknown, so
/// the connection must be closed.
public final class MalformedException extends Exception {
  private static final long serialVersionUID = 1L;

  /// @param message what came, and what was expected
  public MalformedException(String message) {
    super(message, null, false, false);
  }

  /// What came, and what was expected.
  public String detail() {
    return String.valueOf(getMessage());
  }
}
