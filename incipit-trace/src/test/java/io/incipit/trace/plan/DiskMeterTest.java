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

class DiskMeterTest {
  /// 2,000 FLOPs a token and 200 a pair; 80 B of KV a token.
  private static final KvModel MODEL = KvModel.of("m", 1000, new KvModel.Attention(2, 5, 1, 10));

  @Test
  void found_loadingIsFaster_loadsWhatIsOnDisk() {
    var meter = meter(80_000);
    meter.found(request(), 50, 80);

    // 30 tokens behind 50: 60,000 + 200 (6,400 - 2,500) FLOPs, 2,400 B.
    assertThat(meter.computeSeconds()).isCloseTo(0.84, within(1e-9));
    assertThat(meter.loadSeconds()).isCloseTo(0.03, within(1e-9));
    assertThat(meter.gainSeconds()).isCloseTo(0.81, within(1e-9));
    assertThat(meter.loadedShare()).isEqualTo(1);
    assertThat(meter.savedSeconds()).isCloseTo(0.6 + 0.84, within(1e-9));
    // The rest of 100 tokens takes 0.76 s, 4,000 B from memory 0.04 s.
    assertThat(meter.local().p50()).isCloseTo(0.76 + 0.04 + 0.03, within(0.001));
  }

  @Test
  void found_loadingIsSlower_computesAsIfThereWereNoDisk() {
    var meter = meter(2_000);
    meter.found(request(), 50, 80);

    assertThat(meter.computeSeconds()).isCloseTo(0.84, within(1e-9));
    assertThat(meter.loadSeconds()).isCloseTo(1.2, within(1e-9));
    assertThat(meter.gainSeconds()).isZero();
    assertThat(meter.loadedShare()).isZero();
    assertThat(meter.savedSeconds()).isCloseTo(0.6, within(1e-9));
    assertThat(meter.local().p50()).isCloseTo(1.6 + 0.04, within(0.002));
  }

  @Test
  void found_diskFasterThanMemory_isBoundByMemory() {
    var meter = meter(1e9);
    meter.found(request(), 0, 50);

    assertThat(meter.loadSeconds()).isCloseTo(0.04, within(1e-9));
  }

  @Test
  void found_nothingOnDisk_saysNothingOfIt() {
    var meter = meter(80_000);
    meter.found(request(), 50);

    assertThat(meter.loadedShare()).isZero();
    assertThat(meter.computeSeconds()).isZero();
    assertThat(meter.savedSeconds()).isCloseTo(0.6, within(1e-9));
  }

  private static DiskMeter meter(double bandwidth) {
    var machine = new Machine(1e6, Capacity.parse("8", Optional.of(MODEL)), 100_000, 1000);
    return new DiskMeter(new PrefillTime(MODEL, machine), bandwidth);
  }

  private static TraceRequest request() {
    return new TraceRequest(0, 0, 0, 100, 1, 1000, BlockIds.of(0));
  }
}
