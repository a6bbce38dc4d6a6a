// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.block;

/// What was wrong with a request on blocks. It has no stack, since no code is at fault.
public final class Refusal extends Exception {
  private static final long serialVersionUID = 1L;

  /// @param message a code and what follows it
  public Refusal(String message) {
    super(message, null, false, false);
  }

  /// What to tell whoever asked.
  public String text() {
    return String.valueOf(getMessage());
  }
}
