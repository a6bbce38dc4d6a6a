// SPDX-License-Identifier: Apache-2.0
package io.incipit.store;

/// How long a change may take.
public enum Patience {
  /// It must be quick: whoever makes it serves others too.
  NONE,
  /// It may make room for itself, and may say that it had better be tried again soon, since room
  /// is being made.
  SOME,
  /// It has waited long enough: it may make room, and must end.
  LAST
}
