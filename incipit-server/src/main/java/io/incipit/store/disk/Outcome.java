// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.disk;

/// What became of a put or a removal.
public enum Outcome {
  /// It outlives a loss of power.
  DURABLE,
  /// There was nothing to be done: a removal of what is not there.
  NOTHING,
  /// It is durable, and what was asked later hides it already.
  SUPERSEDED,
  /// More is waiting than may wait, or there is no room before recovery has ended: try later.
  BUSY,
  /// There is no room, and none can be made.
  NO_ROOM,
  /// The bytes did not fit their checksums; nothing was stored.
  CORRUPT,
  /// The tier takes nothing now. A removal holds in this process, and will be written when it can.
  READ_ONLY,
  /// Writing failed. Whether it will be there after a restart is not known; now it is not.
  FAILED,
  /// The store is closed.
  CLOSED
}
