// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.mooncake;

import io.incipit.trace.BlockIds;
import io.incipit.trace.BlockNumbers;
import java.util.Arrays;
import java.util.BitSet;

/// Numbers blocks from 0 as first seen, whatever their ids are: one number for each id and block
/// before it. An id names a whole prefix, so it should stand below one block only; those that do
/// not are counted, and are different blocks below each. For one thread.
///
/// Ids that come as numbered already, as Mooncake gives them out, take 1.5 bits each and 4 B for
/// each stretch of them that stand one below the other ([ParentIds]); others take 16 to 32 B more
/// ([BlockNumbers]).
final class ChainNumbers {
  /// The most blocks of one request.
  static final int BLOCKS_MAX = 131_072;

  /// By id, the block that it was first seen as, and so below which parent.
  private final BlockNumbers numbers = new BlockNumbers();

  /// By block.
  private final ParentIds parents = new ParentIds();

  /// By block and another parent of its id, a place in [#otherBlocks].
  private final BlockNumbers others = new BlockNumbers();

  private int[] otherBlocks = new int[16];
  private final BitSet doubled = new BitSet();

  /// The blocks of a prompt.
  ///
  /// @param ids of which the first `count` are its
  BlockIds of(long[] ids, int count) {
    var chain = new long[count];
    int parent = ParentIds.ROOT;
    for (int i = 0; i < count; i++) {
      parent = number(ids[i], parent);
      chain[i] = parent;
    }
    return BlockIds.of(chain);
  }

  /// Ids that were seen below two parents or more.
  long doubled() {
    return doubled.cardinality();
  }

  private int number(long id, int parent) {
    int known = numbers.count();
    int number = numbers.number(id);
    if (number == known) {
      parents.put(number, parent);
      return number;
    }
    return parents.at(number) == parent ? number : other(number, parent);
  }

  private int other(int number, int parent) {
    doubled.set(number);
    int known = others.count();
    int place = others.number(((long) parent << Integer.SIZE) | number);
    if (place == otherBlocks.length) {
      otherBlocks = Arrays.copyOf(otherBlocks, 2 * place);
    }
    if (place == known) {
      otherBlocks[place] = numbers.take();
      parents.put(otherBlocks[place], parent);
    }
    return otherBlocks[place];
  }
}
