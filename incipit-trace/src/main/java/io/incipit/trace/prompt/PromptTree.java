// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.prompt;

import io.incipit.trace.BlockIds;
import io.incipit.trace.BlockNumbers;
import java.io.IOException;
import java.util.Arrays;

/// The blocks of all prompts that are written, numbered from 0 as first seen, each with the block
/// before it: a prompt is known by its last block. About 40 B a block. For one thread.
public final class PromptTree {
  /// What is before the first block of a prompt.
  public static final int ROOT = -1;

  private final BlockNumbers numbers = new BlockNumbers();

  /// By number of its id, a block.
  private int[] blocks = new int[1 << 10];

  /// By block: what is before it, how many blocks that one had after it by then, and has after it.
  private int[] parents = new int[1 << 10];

  private int[] ranks = new int[1 << 10];
  private int[] children = new int[1 << 10];
  private int rootChildren;
  private int count;

  /// Adds the first blocks of a prompt, those that it does not list as blocks of its own that no
  /// other prompt has.
  ///
  /// @param wanted how many
  /// @return the last of them; [#ROOT] if there is none
  /// @throws IOException if an id stands behind another block than before
  public int add(BlockIds ids, int wanted) throws IOException {
    int block = ROOT;
    for (int i = 0; i < wanted; i++) {
      block = i < ids.length() ? listed(ids.id(i), block) : grow(block);
    }
    return block;
  }

  private int listed(long id, int parent) throws IOException {
    int known = numbers.count();
    int number = numbers.number(id);
    if (number == blocks.length) {
      blocks = Arrays.copyOf(blocks, 2 * number);
    }
    if (number == known) {
      blocks[number] = grow(parent);
    } else if (parents[blocks[number]] != parent) {
      throw new IOException(
          "block id: %d behind another block than before (expected: ids that stand for prefixes)"
              .formatted(id));
    }
    return blocks[number];
  }

  private int grow(int parent) {
    if (count == parents.length) {
      parents = Arrays.copyOf(parents, 2 * count);
      ranks = Arrays.copyOf(ranks, 2 * count);
      children = Arrays.copyOf(children, 2 * count);
    }
    parents[count] = parent;
    if (parent == ROOT) {
      ranks[count] = rootChildren;
      rootChildren++;
    } else {
      ranks[count] = children[parent];
      children[parent]++;
    }
    count++;
    return count - 1;
  }

  /// Blocks so far.
  public int count() {
    return count;
  }

  /// How many blocks stood behind the same block before this one did.
  public int rank(int block) {
    return ranks[block];
  }

  /// The blocks of a prompt.
  ///
  /// @param last the last one
  public int[] path(int last, int length) {
    var path = new int[length];
    int block = last;
    for (int i = length - 1; i >= 0; i--) {
      path[i] = block;
      block = parents[block];
    }
    return path;
  }
}
