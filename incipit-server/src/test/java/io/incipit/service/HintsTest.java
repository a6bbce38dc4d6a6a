// SPDX-License-Identifier: Apache-2.0
package io.incipit.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.block.BlockChain;
import io.incipit.block.Hint;
import io.incipit.block.Op;
import io.incipit.block.Reply;
import io.incipit.block.Stat;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HintsTest {
  private static final BlockChain PATH = BlockChain.of(1, 2, 3);

  @Test
  void take_eachHint_isCountedAndHandedOn() {
    var told = new ArrayList<String>();
    var hints = new Hints();
    hints.tell((ns, path, hint) -> told.add(ns + " " + path.length() + " " + hint));
    var ops =
        List.of(
            new Op.Foretell("a", Hint.DONE, PATH),
            new Op.Foretell("b", new Hint.Back(7), PATH),
            new Op.Foretell("b", new Hint.Back(0), BlockChain.empty(8)));

    assertThat(ops).allSatisfy(op -> assertThat(hints.take(op)).isEqualTo(new Reply.Done()));
    assertThat(told)
        .containsExactly("a 3 " + Hint.DONE, "b 3 " + new Hint.Back(7), "b 0 " + new Hint.Back(0));
    assertThat(hints.stats())
        .containsExactly(Stat.counter("hints-done", 1), Stat.counter("hints-back", 2));
  }
}
