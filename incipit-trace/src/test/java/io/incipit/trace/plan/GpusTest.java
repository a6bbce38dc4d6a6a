// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.incipit.trace.LeftOut;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class GpusTest {
  private static final TtftSeconds NONE = new TtftSeconds(0, 0, 0);
  private static final PlanRow ROW = new PlanRow("8", 8, 0, 0, 0, 50, 0, 0, NONE, NONE);

  private static Demand demand(double durationSeconds) {
    return new Demand(1, durationSeconds, 1, 512, 8, 200, NONE, LeftOut.NOTHING);
  }

  @Test
  void busy_prefillOverTime_isAcceleratorsOfTheWholeMachine() {
    assertThat(Gpus.ONE.busy(200, demand(100))).hasValue(2);
    assertThat(new Gpus(8, OptionalDouble.empty()).busy(200, demand(100))).hasValue(16);
  }

  @Test
  void busy_allAtOnce_isUnknown() {
    assertThat(Gpus.ONE.busy(200, demand(0))).isEmpty();
    assertThat(new Gpus(1, OptionalDouble.of(2)).savedAnHour(ROW, demand(0))).isEmpty();
  }

  @Test
  void saved_withAPrice_isMoney() {
    var gpus = new Gpus(8, OptionalDouble.of(2.5));

    assertThat(gpus.savedAnHour(ROW, demand(100))).hasValue(10);
    assertThat(gpus.savedAMonth(ROW, demand(100))).hasValue(7_200);
  }

  @Test
  void saved_withoutAPrice_isUnknown() {
    assertThat(Gpus.ONE.savedAnHour(ROW, demand(100))).isEmpty();
    assertThat(Gpus.ONE.savedAMonth(ROW, demand(100))).isEmpty();
  }

  @Test
  void new_noneOrAPriceBelowZero_isRefused() {
    assertThatThrownBy(() -> new Gpus(0, OptionalDouble.empty()))
        .hasMessage("gpus: 0 (expected: at least 1)");
    assertThatThrownBy(() -> new Gpus(1, OptionalDouble.of(-1)))
        .hasMessage("price: -1.0 (expected: 0 or more)");
  }
}
