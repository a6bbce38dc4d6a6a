// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.prompt;

import io.incipit.block.Hash64;
import io.incipit.trace.BlockIds;
import java.util.Arrays;

/// Turns names of blocks, each of which stands for its own tokens only, into ids that stand for
/// whole prefixes: the same id if and only if the names before are the same too. Ids are numbered
/// from 0 as first seen. For one thread.
///
/// Each id takes 27 to 53 B: open addressing with 20 B a slot, at most three quarters full.
public final class PrefixIds {
  /// Where prompts begin that may share blocks with all others.
  public static final long SHARED_ROOT = -1;

  private static final int SLOTS_MAX = 1 << 30;

  /// Ids beyond which there are twice as many slots.
  private static final double FULL = 0.75;

  private long[] parents = new long[1 << 12];
  private long[] names = new long[1 << 12];
  private int[] ids = new int[1 << 12];
  private int count;

  PrefixIds() {
    Arrays.fill(ids, -1);
  }

  /// Where prompts begin that share blocks within one scope only.
  ///
  /// @param scope number of the scope, from 0
  public static long root(long scope) {
    return -2 - scope;
  }

  /// Ids of a prompt.
  BlockIds chain(long root, long[] blockNames) {
    var chain = new long[blockNames.length];
    long parent = root;
    for (int i = 0; i < chain.length; i++) {
      parent = id(parent, blockNames[i]);
      chain[i] = parent;
    }
    return BlockIds.of(chain, chain.length);
  }

  private int id(long parent, long name) {
    int slot = slot(parent, name);
    if (ids[slot] >= 0) {
      return ids[slot];
    }
    parents[slot] = parent;
    names[slot] = name;
    ids[slot] = count;
    count++;
    if (count > FULL * ids.length) {
      grow();
    }
    return count - 1;
  }

  private int slot(long parent, long name) {
    int mask = ids.length - 1;
    int slot = (int) (Hash64.chain(parent, name) >>> Integer.SIZE) & mask;
    while (ids[slot] >= 0 && (parents[slot] != parent || names[slot] != name)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private void grow() {
    if (ids.length == SLOTS_MAX) {
      throw new IllegalArgumentException(
          "distinct blocks: %d (expected: at most %.0f)".formatted(count, FULL * SLOTS_MAX));
    }
    var oldParents = parents;
    var oldNames = names;
    var oldIds = ids;
    parents = new long[2 * oldIds.length];
    names = new long[2 * oldIds.length];
    ids = new int[2 * oldIds.length];
    Arrays.fill(ids, -1);
    for (int i = 0; i < oldIds.length; i++) {
      if (oldIds[i] >= 0) {
        int slot = slot(oldParents[i], oldNames[i]);
        parents[slot] = oldParents[i];
        names[slot] = oldNames[i];
        ids[slot] = oldIds[i];
      }
    }
  }
}
