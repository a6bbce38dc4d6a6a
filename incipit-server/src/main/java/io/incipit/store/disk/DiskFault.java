// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.disk;

/// Bugs that tests plant, to see that they would find them.
enum DiskFault {
  NONE,
  /// Pieces are given away without a look at their checksums.
  TRUST_PAYLOADS,
  /// A header is not asked whose it is.
  TRUST_PLACES,
  /// What was put is said to be durable before it is.
  ACKNOWLEDGE_EARLY,
  /// A scan takes the last record that it meets for the newest.
  LAST_SCANNED_WINS,
  /// A removal leaves nothing on disk.
  FORGET_REMOVALS,
  /// A removal goes with its extent, whatever it still hides.
  DROP_REMOVALS,
  /// A footer is believed although its checksum is wrong.
  TRUST_FOOTERS,
  /// An extent is deleted before the values in it are said to be gone.
  FREE_BEFORE_TELLING,
  /// An extent is deleted before what was kept of it is durable.
  FREE_BEFORE_SYNC,
  /// A write that was cut short is taken for a whole one.
  TRUST_WRITES,
  /// A file is written to after its sync has failed.
  TRUST_FAILED_SYNC,
  /// The name of a new file is not made durable.
  FORGET_NAMES,
  /// What a crash left unfinished is found before it is verified.
  TRUST_TAILS,
  /// Files grow beyond what the store may take.
  IGNORE_CAPACITY
}
