// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.chime;

/// Bugs that tests plant to see that they would be found. Indexes have [#NONE].
enum ChimeFault {
  NONE,
  /// What is read is not checked for versions: of lines, entries and nodes.
  NO_VERSIONS,
  /// Lines are checked, but parts of a node may be from before and after it was rewritten.
  NO_NODE_VERSION,
  /// Moves inside of a neighbourhood are not noticed.
  NO_BITMAP,
  /// A leaf is taken for the right one, whatever its fences or its sibling say.
  NO_LEAF_CHECK,
  /// A lock is given back before what it guards is written.
  UNLOCK_FIRST,
  /// A left half is written before its right half.
  LEFT_FIRST
}
