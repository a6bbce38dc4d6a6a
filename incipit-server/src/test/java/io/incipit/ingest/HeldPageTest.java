// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class HeldPageTest {
  private static HeldPage.Block block(long hash, long parent) {
    return new HeldPage.Block(hash, parent, 1, 0);
  }

  @Test
  void parentsFirst_anyOrder_hasEachBehindItsParent() {
    var blocks = List.of(block(3, 2), block(2, 1), block(9, 8), block(1, 0), block(4, 2));
    assertThat(new HeldPage(blocks, HeldPage.END).parentsFirst())
        .containsExactly(block(1, 0), block(2, 1), block(3, 2), block(9, 8), block(4, 2));
  }

  /// No engine has such, but nothing keeps one from saying so.
  @Test
  void parentsFirst_blocksInACircle_endsAllTheSame() {
    var blocks = List.of(block(1, 2), block(2, 1), block(3, 3));
    assertThat(new HeldPage(blocks, HeldPage.END).parentsFirst())
        .containsExactlyInAnyOrderElementsOf(blocks);
  }
}
