// SPDX-License-Identifier: Apache-2.0
package io.incipit.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.block.BlockChain;
import io.incipit.block.Change;
import io.incipit.block.Op;
import io.incipit.block.Reply;
import io.incipit.block.Tier;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Lives of one owner that follow each other without a pause.
class LivesTest {
  private static final int PUBLISHES = 16;
  private static final int CHAINS = 4_096;

  private final SplittableRandom random = new SplittableRandom(1);

  private Op.Publish publish(long life, long seq, int length) {
    var changes = new ArrayList<Change>();
    for (int i = 0; i < CHAINS; i++) {
      var chain = BlockChain.of(random.longs(length).toArray());
      changes.add(new Change.Store(Tier.GPU, BlockChain.empty(8), chain));
    }
    return new Op.Publish(TestService.NAMESPACE, "o", life, seq, changes);
  }

  /// `wire.md` M2: the sweep of what an earlier life held keeps pace with what the next one brings.
  @Test
  void publish_lifeAfterLife_earlierOnesGoAsFastAsTheNextComes() {
    for (int length : new int[] {1, 8}) {
      try (var test = new TestService(new ServiceConfig(1, 4, 64 << 20, 8, 1 << 30, 16L << 20))) {
        long held = (long) PUBLISHES * CHAINS * length;
        for (int life = 1; life <= 4; life++) {
          for (int seq = 1; seq <= PUBLISHES; seq++) {
            assertThat(test.run(publish(life, seq, length))).isEqualTo(new Reply.Published(seq));
          }
          // Answered after the lane has swept behind the last one.
          test.run(new Op.Publish(TestService.NAMESPACE, "o", life, PUBLISHES + 1, List.of()));
          long blocks = test.stat(TestService.NAMESPACE, "blocks");
          assertThat(blocks).as("life %d of chains of %d", life, length).isLessThan(held * 5 / 4);
        }
      }
    }
  }
}
