// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.incipit.trace.BlockIds;
import io.incipit.trace.TraceRequest;
import io.incipit.trace.simulate.Capacity;
import io.incipit.trace.simulate.KvModel;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HitMeterTest {
  /// 2,000 FLOPs a token and 200 a pair; 80 B of KV a token.
  private static final KvModel MODEL = KvModel.of("m", 1000, new KvModel.Attention(2, 5, 1, 10));

  @Test
  void found_nothing_savesNothing() {
    var meter = meter(500);
    meter.found(request(100), 0);

    assertThat(meter.savedSeconds()).isZero();
    assertThat(meter.loadSeconds()).isZero();
    assertThat(meter.local().p50()).isCloseTo(2.2, within(0.003));
    assertThat(meter.remote()).isEqualTo(meter.local());
  }

  @Test
  void found_severalRequests_addUpAndKeepPercentiles() {
    var meter = meter(500);
    for (int i = 0; i < 9; i++) {
      meter.found(request(100), 50);
    }
    meter.found(request(1000), 0);

    // 50 tokens: 100,000 + 200 * 2,500 = 600,000 FLOPs, 4,000 B.
    assertThat(meter.savedSeconds()).isCloseTo(9 * 0.6, within(1e-9));
    assertThat(meter.loadSeconds()).isCloseTo(9 * 4.0, within(1e-9));
    // The rest takes 1.6 s, the long one 2 + 200 s.
    assertThat(meter.local().p50()).isCloseTo(5.6, within(0.01));
    assertThat(meter.remote().p90()).isCloseTo(9.6, within(0.02));
    assertThat(meter.local().p99()).isCloseTo(202, within(0.3));
  }

  @Test
  void found_networkFasterThanMemory_isBoundByMemory() {
    var meter = meter(5000);
    meter.found(request(100), 50);

    assertThat(meter.remote()).isEqualTo(meter.local());
  }

  @Test
  void found_promptOfOneToken_isComputed() {
    var meter = meter(500);
    meter.found(request(1), 1);

    assertThat(meter.savedSeconds()).isZero();
    assertThat(meter.local().p50()).isCloseTo(0.0022, within(1e-5));
  }

  private static HitMeter meter(double network) {
    var machine = new Machine(1e6, Capacity.parse("8", Optional.of(MODEL)), 1000, network);
    return new HitMeter(new PrefillTime(MODEL, machine));
  }

  private static TraceRequest request(int tokens) {
    return new TraceRequest(0, 0, 0, tokens, 1, 1000, BlockIds.of(0));
  }
}
