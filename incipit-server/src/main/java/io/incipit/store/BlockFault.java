// SPDX-License-Identifier: Apache-2.0
package io.incipit.store;

/// Bugs that tests plant in what is known of blocks, to see that they would find them.
enum BlockFault {
  NONE,
  /// Blocks are seen before all their parts are there.
  COMMIT_UNFINISHED,
  /// Blocks are told before they are committed.
  TELL_STAGED,
  /// Puts of different names are one.
  MIX_PUTS,
  /// What leaves memory is not told.
  FORGET_GONE,
  /// What comes to disk or leaves it is not told.
  FORGET_MOVED,
  /// What is left of a block that lost a part stays.
  KEEP_HALF,
  /// What a put that was given up has taken stays taken.
  LEAK_ABORTED,
  /// The index is not told that all is gone.
  FORGET_CLEAR,
  /// All contracts have the same keys.
  IGNORE_CONTRACT,
  /// What is on disk after a start is not found.
  FIND_NOTHING
}
