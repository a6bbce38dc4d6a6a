// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.rivals;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class HolesTest {
  @SuppressWarnings("unused") // Named by the test.
  private static final List<Holes.Hole> HOLES = Holes.ALL;

  @Test
  void truth_ofEachCase_isTheOneKnown() {
    assertThat(Holes.ALL.stream().map(hole -> hole.truth().text()))
        .containsExactly(
            "w0 40",
            "w0 40",
            "w0 100",
            "w0 100, w1 40",
            "w0 60, w1 40",
            "w0 50",
            "w0 62",
            "w0 40, w1 50",
            "w0 40, w1 60",
            "w0 60",
            "w0 100",
            "w0 40",
            "w0 100",
            "w0 100",
            "w0 100, w1 50",
            "12 workers: 100");
  }

  @ParameterizedTest
  @FieldSource("HOLES")
  void ours_inEachCase_givesTheTruth(Holes.Hole hole) throws IOException {
    var rival = new IncipitRival(true, false);
    var last = "";
    for (var command : hole.commands()) {
      last = rival.answer(command.split(" ", -1));
    }
    assertThat(Holdings.parse(last.substring("score".length()))).isEqualTo(hole.truth());
  }
}
