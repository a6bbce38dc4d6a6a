// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest.chain;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.block.BlockChain;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StandardChainTest {
  private static final int BLOCK_TOKENS = 4;
  private static final int[] TOKENS = IntStream.range(0, 12).toArray();

  /// Of the router-side standard, seed 1337.
  private static final long[] LOCALS = {
    9143094415614847814L, Long.parseUnsignedLong("12124091508212882195"), 1088361764653601668L
  };

  private static final long[] ROLLING = {
    9143094415614847814L,
    Long.parseUnsignedLong("9510318385840434533"),
    Long.parseUnsignedLong("16998148715716822651")
  };

  @Test
  void names_ofTheVectors_areThose() {
    var chain = new StandardChain("", "");
    assertThat(chain.locals(TOKENS, BLOCK_TOKENS)).containsExactly(LOCALS);
    assertThat(chain.rolling(LOCALS)).containsExactly(ROLLING);
    assertThat(chain.chain(TOKENS, BLOCK_TOKENS)).isEqualTo(BlockChain.of(ROLLING));
  }

  @Test
  void chain_lastBlockNotFull_hasNoName() {
    var some = IntStream.range(0, 11).toArray();
    assertThat(new StandardChain("", "").chain(some, BLOCK_TOKENS))
        .isEqualTo(BlockChain.of(ROLLING[0], ROLLING[1]));
  }

  @Test
  void chain_ofAdaptersAndSalts_sharesNoName() {
    var plain = new StandardChain("", "").chain(TOKENS, BLOCK_TOKENS);
    var lora = new StandardChain("a", "").chain(TOKENS, BLOCK_TOKENS);
    var salt = new StandardChain("", "a").chain(TOKENS, BLOCK_TOKENS);
    assertThat(lora.low(0)).isNotEqualTo(plain.low(0)).isNotEqualTo(salt.low(0));
    assertThat(salt.low(0)).isNotEqualTo(plain.low(0));
  }
}
