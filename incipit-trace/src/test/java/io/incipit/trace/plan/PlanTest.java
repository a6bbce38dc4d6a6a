// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.trace.LeftOut;
import io.incipit.trace.simulate.LruCurve;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlanTest {
  private static final TtftSeconds NONE = new TtftSeconds(0, 0, 0);

  @Test
  void knee_oneRowThatHoldsAll_isThatRow() {
    assertThat(knee(8, 0)).isEqualTo("8");
    assertThat(knee(7, 0)).isEqualTo("8");
  }

  @Test
  void knee_oneRowThatHoldsNotAll_isOpen() {
    assertThat(knee(9, 0)).isEqualTo("none");
  }

  @Test
  void knee_flatFromTheStart_isTheSmallest() {
    assertThat(knee(1000, 0, 0, 0.009, 0)).isEqualTo("8");
  }

  @Test
  void knee_neverFlat_isTheLargestOnlyIfItHoldsAll() {
    assertThat(knee(33, 0, 0.5, 0.2)).isEqualTo("none");
    assertThat(knee(32, 0, 0.5, 0.2)).isEqualTo("32");
  }

  @Test
  void knee_dipBeforeAnotherRise_isAfterTheRise() {
    assertThat(knee(1000, 0, 0.2, 0.001, 0.3, 0.002)).isEqualTo("64");
  }

  @Test
  void knee_gainOfExactlyTheShare_isWorthIt() {
    assertThat(knee(1000, 0, 0.01, 0.0099)).isEqualTo("16");
  }

  @Test
  void knee_gainBelowZero_isFlat() {
    assertThat(knee(1000, 0, 0.2, -0.1)).isEqualTo("16");
  }

  /// The knee at 1% of rows of 8, 16, 32 and so on blocks.
  private static String knee(long distinct, double... gains) {
    var rows = new ArrayList<PlanRow>();
    for (double gain : gains) {
      int blocks = 8 << rows.size();
      rows.add(new PlanRow("" + blocks, blocks, 0, 0, 0, 0, gain, 0, NONE, NONE));
    }
    var demand = new Demand(1, 0, 1, 512, distinct, 1, NONE, LeftOut.NOTHING);
    var curve = new LruCurve(List.of(), 0);
    return new Plan(demand, 1, rows, curve).knee(0.01).map(PlanRow::size).orElse("none");
  }
}
