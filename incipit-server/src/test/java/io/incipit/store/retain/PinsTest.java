// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.retain;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.store.retain.Pins.Pinned;
import org.junit.jupiter.api.Test;

/// How many pins there may be, and what is counted of them.
class PinsTest {
  private static final long SECOND = 1_000_000_000L;

  private final Pins pins = new Pins();

  @Test
  void hasRoom_isBounded_untilPinsEnd() {
    for (int i = 0; i < Pins.MAX; i++) {
      assertThat(pins.hasRoom(1, 0)).isTrue();
      pins.add(i, new Pinned(i % 2 == 0, i < 10 ? 2 * SECOND : 4 * SECOND, 1));
    }
    assertThat(pins.hasRoom(1, SECOND)).isFalse();
    assertThat(pins.size()).isEqualTo(Pins.MAX);
    assertThat(pins.hasRoom(10, 2 * SECOND)).isTrue();
    assertThat(pins.hasRoom(11, 3 * SECOND)).isFalse();
    assertThat(pins.hasRoom(Pins.MAX, 4 * SECOND)).isTrue();
    assertThat(pins.size()).isZero();
    assertThat(pins.hardBytes()).isZero();
  }

  @Test
  void hardBytes_areOfHardPinsThatLast() {
    pins.add(1, new Pinned(true, 100, 10));
    pins.add(2, new Pinned(true, 200, 20));
    pins.add(3, new Pinned(false, 200, 40));
    assertThat(pins.hardBytes()).isEqualTo(30);
    pins.add(2, new Pinned(true, 200, 25));
    assertThat(pins.hardBytes()).isEqualTo(35);
    assertThat(pins.hardBytes(2)).isEqualTo(25);
    assertThat(pins.hardBytes(3)).isZero();
    pins.sweep(100);
    assertThat(pins.hardBytes()).isEqualTo(25);
    assertThat(pins.isHard(2, 199)).isTrue();
    assertThat(pins.isHard(2, 200)).isFalse();
    assertThat(pins.isHard(3, 0)).isFalse();
    assertThat(pins.remove(2)).isTrue();
    assertThat(pins.remove(2)).isFalse();
    assertThat(pins.hardBytes()).isZero();
    pins.clear();
    assertThat(pins.find(3, 0)).isEmpty();
  }
}
