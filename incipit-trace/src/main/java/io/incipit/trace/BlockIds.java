// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace;

import java.util.Arrays;

/// The blocks of one prompt, in order, as a trace names them: equal ids are equal whole prefixes.
/// Immutable.
public final class BlockIds {
  private final long[] ids;

  private BlockIds(long[] ids) {
    this.ids = ids;
  }

  /// The ids given, copied.
  public static BlockIds of(long... ids) {
    return new BlockIds(ids.clone());
  }

  /// The first `count` of the ids given, copied.
  public static BlockIds of(long[] ids, int count) {
    return new BlockIds(Arrays.copyOf(ids, count));
  }

  /// Number of blocks, a partial one at the end included.
  public int length() {
    return ids.length;
  }

  /// Id of block `i`.
  public long id(int i) {
    return ids[i];
  }

  /// Copies all ids to the front of an array that is long enough.
  public void copyTo(long[] target) {
    System.arraycopy(ids, 0, target, 0, ids.length);
  }

  /// The first `length` blocks.
  public BlockIds first(int length) {
    return length == ids.length ? this : new BlockIds(Arrays.copyOf(ids, length));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof BlockIds that && Arrays.equals(ids, that.ids);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(ids);
  }

  @Override
  public String toString() {
    return "BlockIds" + Arrays.toString(ids);
  }
}
