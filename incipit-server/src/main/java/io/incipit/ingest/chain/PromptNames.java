// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest.chain;

import io.incipit.block.BlockChain;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// The names of a prompt's full blocks, for whoever asks who holds them.
public final class PromptNames {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private PromptNames() {}

  /// The chain of a prompt.
  ///
  /// @param chain is left at the last block
  /// @param tokens the prompt, of which a last block that is not full has no name
  /// @param lora name of the adapter; empty if there is none
  /// @param salt of the prompt; empty if there is none
  public static BlockChain of(
      OwnChain chain, int[] tokens, int blockTokens, String lora, String salt) {
    chain.root(lora, salt);
    return below(chain, tokens, blockTokens, Naming.OWN);
  }

  /// The chain of a prompt's blocks, as far as the tokens that their names cover are there.
  ///
  /// @param chain where the prompt begins; is left at the last block
  /// @param tokens the prompt
  public static BlockChain below(OwnChain chain, int[] tokens, int blockTokens, Naming naming) {
    int blocks = naming.blocks(tokens.length, blockTokens);
    var names = new byte[blocks * OwnChain.HASH_BYTES];
    for (int i = 0; i < blocks; i++) {
      chain.next(tokens, i * blockTokens, blockTokens + naming.lookahead());
      LONGS.set(names, i * OwnChain.HASH_BYTES, chain.high());
      LONGS.set(names, i * OwnChain.HASH_BYTES + Long.BYTES, chain.low());
    }
    return BlockChain.wrap(names, 0, blocks, OwnChain.HASH_BYTES);
  }
}
