// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.runpool;

/// Mistakes that can be planted, to see that tests find them.
enum Fault {
  /// None.
  NONE,
  /// A client does not compare the generation of a run with the one it knows.
  GENERATION_NOT_CHECKED,
  /// A client reads a run's header before its column.
  HEADER_FIRST,
  /// A client believes a header or holders that are being changed.
  VERSION_NOT_CHECKED,
  /// Anchors are published before what they lead to is there.
  ANCHOR_FIRST,
  /// What was freed is used again at once.
  NO_QUARANTINE,
  /// A run that became shorter keeps its generation.
  GENERATION_KEPT,
  /// A run does not say that hashes in its column were written twice.
  REGROWN_NOT_SAID,
  /// An anchor is taken from its bucket before it is in the other.
  ANCHOR_MOVED_LATE,
  /// A table that was replaced does not say so.
  TABLE_NOT_MARKED,
  /// A client that writes does not care whether it got a run's lock.
  LOCK_IGNORED,
  /// A client that writes lets go of a run before its column is there.
  UNLOCKED_EARLY,
  /// A client that writes does not look whether another made the same run.
  DUPLICATE_NOT_RESOLVED
}
