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

class PrefillTimeTest {
  private static final KvModel MODEL = KvModel.of("m", 1000, new KvModel.Attention(2, 5, 1, 10));
  private static final Machine MACHINE =
      new Machine(1e6, Capacity.parse("8", Optional.of(MODEL)), 1000, 500);
  private final PrefillTime time = new PrefillTime(MODEL, MACHINE);

  @Test
  void seconds_byHand_areLinearPartAndAttention() {
    // 2 * 1000 * 100 = 200,000 and 2 * 2 layers * 50 values * 100^2 = 2,000,000 FLOPs.
    assertThat(time.seconds(100, 0)).isCloseTo(2.2, within(1e-12));
    // 2 * 1000 * 60 = 120,000 and 200 * (10,000 - 1,600) = 1,680,000 FLOPs.
    assertThat(time.seconds(100, 40)).isCloseTo(1.8, within(1e-12));
    assertThat(time.seconds(100, 100)).isZero();
  }

  @Test
  void loadSeconds_byHand_areBytesOverBandwidth() {
    // 2 * 2 layers * 1 head * 10 values * 2 B = 80 B a token.
    assertThat(MODEL.tokenBytes()).isEqualTo(80);
    assertThat(MODEL.withValueBits(8).tokenBytes()).isEqualTo(40);
    assertThat(time.loadSeconds(50, MACHINE.memoryBandwidth())).isEqualTo(4.0);
    assertThat(time.loadSeconds(50, MACHINE.remoteBandwidth())).isEqualTo(8.0);
    // 80 B against 2,000 FLOPs, 500 tokens a second.
    assertThat(time.breakEvenBandwidth()).isEqualTo(40_000);
  }

  @Test
  void found_wholePrompt_computesTheLastToken() {
    var meter = new HitMeter(time);
    meter.found(new TraceRequest(0, 0, 0, 100, 1, 50, BlockIds.of(0, 1)), 100);

    // 99 tokens: 198,000 + 200 * 9,801 FLOPs saved, 7,920 B loaded.
    assertThat(meter.savedSeconds()).isCloseTo(2.1582, within(1e-12));
    assertThat(meter.loadSeconds()).isCloseTo(7.92, within(1e-12));
    assertThat(meter.local().p50()).isCloseTo(7.9618, within(0.01));
    assertThat(meter.remote().p50()).isCloseTo(15.8818, within(0.02));
  }

  @Test
  void seconds_ofAWindow_areFewerByHand() {
    // 36 layers of 64 heads with 64 values, 18 of which see 128 tokens; 2 * 5.13e9 FLOPs a token.
    var machine = new Machine(1e12, MACHINE.memory(), 1e9, 1e9);
    var windowed = new PrefillTime(KvModel.parse("gpt-oss-120b"), machine);

    // 10.26 TFLOPs, 4 * 4096 * 18 * (1,000^2 / 2 + 128^2 / 2 + 872 * 128) FLOPs of attention.
    assertThat(windowed.seconds(1000, 0)).isCloseTo(10.26 + 0.182789, within(1e-6));
    // 18 layers of 2,048 B for each of 1,000 tokens, and for the last 128.
    assertThat(windowed.loadSeconds(1000, 1e9)).isCloseTo(0.041582592, within(1e-12));
  }
}
