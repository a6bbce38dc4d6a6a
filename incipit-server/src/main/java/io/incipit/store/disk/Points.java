// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.disk;

/// The points of a store's work at which tests end the process.
@FunctionalInterface
interface Points {
  /// Where.
  enum Point {
    BEFORE_RESERVE,
    RESERVED,
    MID_BYTES,
    WRITTEN,
    SYNCED,
    INDEXED,
    RECLAIM_COPIED,
    RECLAIM_TOLD,
    RECLAIM_FREED,
    SEALED,
    ROTATED,
    SCANNED
  }

  /// Nothing happens.
  Points NONE = _ -> {};

  void reach(Point point);
}
