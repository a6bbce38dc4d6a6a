// SPDX-License-Identifier: Apache-2.0
package io.incipit.block;

import java.util.Arrays;
import java.util.HexFormat;

/// The place a chain has reached in one server's index, handed back to go on from there. Opaque to
/// whoever holds it; at most [#BYTES_MAX] bytes; of no bytes where the chain has reached no block.
public final class Cursor {
  /// The longest cursor, in bytes.
  public static final int BYTES_MAX = 48;

  /// The place before the first block.
  public static final Cursor NONE = new Cursor(new byte[0]);

  private final byte[] bytes;

  private Cursor(byte[] bytes) {
    this.bytes = bytes;
  }

  /// A cursor of these bytes, copied.
  public static Cursor of(byte[] bytes) {
    if (bytes.length > BYTES_MAX) {
      throw new IllegalArgumentException(
          "cursor: %d bytes (expected: at most %d)".formatted(bytes.length, BYTES_MAX));
    }
    return bytes.length == 0 ? NONE : new Cursor(bytes.clone());
  }

  /// Whether this is the place before the first block.
  public boolean isNone() {
    return bytes.length == 0;
  }

  /// A copy of the bytes.
  public byte[] toBytes() {
    return bytes.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Cursor that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return "Cursor[" + HexFormat.of().formatHex(bytes) + "]";
  }
}
