// SPDX-License-Identifier: Apache-2.0
package io.incipit.store;

/// Bugs that tests plant, to see that they would find them.
enum TierFault {
  NONE,
  /// What is replaced in memory stays on disk.
  FORGET_REPLACED,
  /// What is removed in memory stays on disk.
  FORGET_REMOVED,
  /// The disk is not told that everything goes.
  FORGET_CLEAR,
  /// Values leave memory without a copy.
  DROP_ALL,
  /// Values that expire go to disk, which knows of no expiry.
  COPY_EXPIRING,
  /// A slot that is used again counts as copied if its last value was.
  KEEP_MARK,
  /// Relatives of what is in no tier stay on disk.
  HALF_FAMILY,
  /// A removal forgets relatives that are on disk only.
  FORGET_RELATIVES,
  /// A stop leaves what is in memory there.
  STOP_WITHOUT_COPIES
}
