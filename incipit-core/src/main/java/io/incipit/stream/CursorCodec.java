// SPDX-License-Identifier: Apache-2.0
package io.incipit.stream;

import io.incipit.block.Cursor;
import io.incipit.index.Place;
import java.nio.ByteBuffer;
import java.util.Optional;

/// Places of one index as cursors, and back. Big-endian; a cursor of another server, another run of
/// it, another namespace or an index before this one is none of ours.
///
/// ```
///  0              4           8       12    16      20    28
///  | server start | namespace | epoch | run | depth | low | high |
/// ```
final class CursorCodec {
  private static final int DEPTH_OFFSET = 16;
  private static final int CURSOR_BYTES = 36;

  private final int serverStart;
  private final int namespace;

  /// @param serverStart unlike that of any other run of the server, in its lower half
  /// @param namespace number of the namespace
  CursorCodec(long serverStart, int namespace) {
    this.serverStart = (int) serverStart;
    this.namespace = namespace;
  }

  /// The cursor of a place in the index of an epoch.
  Cursor cursor(Place place, int epoch) {
    if (place.isRoot()) {
      return Cursor.NONE;
    }
    var bytes = ByteBuffer.allocate(CURSOR_BYTES);
    bytes.putInt(serverStart).putInt(namespace).putInt(epoch);
    bytes.putInt(place.run()).putInt(place.depth());
    bytes.putLong(place.low()).putLong(place.high());
    return Cursor.of(bytes.array());
  }

  /// The depth of the place that a cursor names which was found to be one of ours; 0 for none.
  static int depth(Cursor cursor) {
    return cursor.isNone() ? 0 : ByteBuffer.wrap(cursor.toBytes()).getInt(DEPTH_OFFSET);
  }

  /// The place that a cursor names, there or not; empty if it cannot be one of that epoch.
  Optional<Place> place(Cursor cursor, int epoch) {
    if (cursor.isNone()) {
      return Optional.of(Place.ROOT);
    }
    var bytes = ByteBuffer.wrap(cursor.toBytes());
    if (bytes.remaining() != CURSOR_BYTES
        || bytes.getInt() != serverStart
        || bytes.getInt() != namespace
        || bytes.getInt() != epoch) {
      return Optional.empty();
    }
    int run = bytes.getInt();
    int depth = bytes.getInt();
    return depth <= 0
        ? Optional.empty()
        : Optional.of(new Place(run, depth, bytes.getLong(), bytes.getLong()));
  }
}
