// SPDX-License-Identifier: Apache-2.0
package io.incipit.protocol;

/// Which word of a request is a value that is stored: such a word may be large.
final class ValueWord {
  private ValueWord() {}

  /// Whether the next word of a request, of which those before are there, is one.
  static boolean isNext(Request request) {
    return switch (request.count()) {
      case 2 -> request.is(0, "SET") || request.is(0, "SETNX");
      case 3 -> request.is(0, "SETEX") || request.is(0, "PSETEX");
      case 6 -> request.is(0, "KVC.PUT");
      default -> false;
    };
  }
}
