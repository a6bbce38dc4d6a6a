// SPDX-License-Identifier: Apache-2.0
package io.incipit.net;

/// The work of one connection in one go, until the others of its event loop have theirs. For that
/// loop.
final class Turn {
  /// Units of one turn: requests, and what its questions take of the index.
  static final int UNITS = 4_096;

  private int used;
  private boolean over;

  /// Units left, in [0, [#UNITS]].
  int left() {
    return UNITS - used;
  }

  int used() {
    return used;
  }

  void use(int units) {
    used += units;
  }

  /// Whether it is over and the next is on its way.
  boolean isOver() {
    return over;
  }

  /// The next one is on its way.
  void end() {
    over = true;
  }

  /// The next one begins.
  void begin() {
    over = false;
    used = 0;
  }
}
