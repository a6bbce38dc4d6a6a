// SPDX-License-Identifier: Apache-2.0
package io.incipit.router;

/// A request that is refused, with the status that says so. Caught where a route begins.
final class RefusalException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;

  /// @param message `name: value (expected: ...)`
  RefusalException(int status, String message) {
    super(message, null, false, false);
    this.status = status;
  }

  int status() {
    return status;
  }

  /// The words of a refusal.
  String reason() {
    return String.valueOf(getMessage());
  }
}
