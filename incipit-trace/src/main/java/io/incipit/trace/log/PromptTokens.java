// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.log;

import io.incipit.block.Hash64;
import java.util.Arrays;

/// The tokens of a prompt so far, kept as names of its blocks: 64-bit hashes of ours over their
/// tokens and all before. 8 B a block. For one thread.
final class PromptTokens {
  private final int blockTokens;
  private long[] names = new long[8];
  private long hash;
  private int length;

  PromptTokens(int blockTokens) {
    this.blockTokens = blockTokens;
  }

  void add(int token) {
    hash = Hash64.chain(hash, token);
    length++;
    if (length % blockTokens == 0) {
      int block = length / blockTokens - 1;
      if (block == names.length) {
        names = Arrays.copyOf(names, 2 * block);
      }
      names[block] = hash;
    }
  }

  void add(int... tokens) {
    for (int token : tokens) {
      add(token);
    }
  }

  int length() {
    return length;
  }

  /// Names of the blocks, the partial one at the end included.
  long[] names() {
    int full = length / blockTokens;
    if (length % blockTokens == 0) {
      return Arrays.copyOf(names, full);
    }
    var all = Arrays.copyOf(names, full + 1);
    all[full] = hash;
    return all;
  }
}
