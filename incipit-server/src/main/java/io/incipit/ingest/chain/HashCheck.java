// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest.chain;

import io.incipit.block.Hash64;
import java.util.Arrays;

/// Makes the names of an engine's blocks anew, to compare them with what the engine says: a wrong
/// algorithm, seed or lookahead makes all of them wrong, and would otherwise show only in that
/// nothing is ever found.
///
/// It takes the whole name of a block's parent, and events have eight bytes of that. So checked are
/// blocks from a prompt's first on, and those below one of about a thousand that were checked last.
/// For one thread; 80 KiB.
public final class HashCheck {
  private static final int KNOWN = 1_024;
  private static final byte[] NOTHING = new byte[0];

  private final EngineChain chain;
  private final byte[][] known = new byte[KNOWN][];
  private final long[] keys = new long[KNOWN];

  /// @param naming by an engine's algorithm
  public HashCheck(Naming naming) {
    this.chain = new EngineChain(naming);
    forget();
  }

  /// Goes to where prompts begin.
  ///
  /// @return whether names can be made there
  public boolean root(PromptExtras extras) {
    if (!chain.canName(extras)) {
      return false;
    }
    chain.root(extras);
    return true;
  }

  /// Goes to a block by its key.
  ///
  /// @return whether its whole name is known, and so those of blocks below can be made
  public boolean at(long key, PromptExtras extras) {
    int slot = slot(key);
    if (keys[slot] != key || known[slot].length == 0 || !extras.lora().isEmpty()) {
      return false;
    }
    chain.at(known[slot]);
    return true;
  }

  /// Goes on to the next block.
  ///
  /// @param count tokens of the block, and of the following one those that its name covers
  /// @return the key that it should have
  public long next(int[] tokens, int from, int count) {
    chain.next(tokens, from, count);
    long key = chain.key();
    int slot = slot(key);
    keys[slot] = key;
    known[slot] = chain.digest();
    return key;
  }

  private static int slot(long key) {
    return (int) (Hash64.mix(key) >>> Integer.SIZE) & (KNOWN - 1);
  }

  /// Forgets the blocks that were checked.
  public void forget() {
    Arrays.fill(known, NOTHING);
  }
}
