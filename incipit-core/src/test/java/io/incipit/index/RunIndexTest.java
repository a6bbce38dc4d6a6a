// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

import static io.incipit.block.TestChains.chain;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.incipit.block.BlockChain;
import io.incipit.block.Tier;
import org.junit.jupiter.api.Test;

/// The run index keeps the contract.
final class RunIndexTest extends PrefixIndexContract {
  @Override
  PrefixIndex newIndex(IndexConfig config) {
    return new RunIndex(config);
  }

  @Test
  void index_withoutLookUpByHash_takesChainsOnly() {
    var index = new RunIndex(new IndexConfig(false, Long.MAX_VALUE, 7));
    var chain = chain(1, 0, 10);
    index.storeChain(0, Tier.GPU, chain, 0);
    index.storeChain(1, Tier.GPU, chain, 10);
    assertEquals(4, index.removeChain(0, Tier.GPU, chain, 6));
    assertEquals(0, index.snapshot().byHashBytes());
    var parent = chain.slice(5, 6);
    var answer = new MatchAnswer();
    var budget = QuestionBudget.unlimited();
    assertThrows(IllegalStateException.class, () -> index.remove(0, Tier.GPU, parent));
    assertThrows(
        IllegalStateException.class, () -> index.store(0, Tier.GPU, parent, BlockChain.of(9), 0));
    assertThrows(IllegalStateException.class, () -> index.locate(chain, 0, budget, answer));
    assertThrows(
        IllegalStateException.class, () -> index.run(parent, 0, 1, budget, new RunAnswer()));
  }
}
