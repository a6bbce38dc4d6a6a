// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.retain;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.store.retain.Pins.Pinned;
import org.junit.jupiter.api.Test;

/// How many pins there may be, and what is counted of them.
class PinsTest {
  private final Pins pins = new Pins();

  @Test
  void hasRoom_isBounded_untilPinsEnd() {
    for (int i = 0; i < Pins.MAX; i++) {
      assertThat(pins.hasRoom(1, 0)).isTrue();
      pins.add(i, new Pinned(i % 2 == 0, i < 10 ? 100 : 200, 1));
    }
    assertThat(pins.hasRoom(1, 99)).isFalse();
    assertThat(pins.size()).isEqualTo(Pins.MAX);
    assertThat(pins.hasRoom(10, 100)).isTrue();
    assertThat(pins.hasRoom(11, 100)).isFalse();
    assertThat(pins.hasRoom(Pins.MAX, 200)).isTrue();
    assertThat(pins.size()).isZero();
    assertThat(pins.hardBytes()).isZero();
  }

  @Test
  void hardBytes_areOfHardPinsThatLast() {
    pins.add(1, new Pinned(true, 100, 10));
    pins.add(2, new Pinned(true, 200, 20));
    pins.add(3, new Pinned(false, 200, 40));
    assertThat(pins.hardBytes(0)).isEqualTo(30);
    pins.add(2, new Pinned(true, 200, 25));
    assertThat(pins.hardBytes(0)).isEqualTo(35);
    assertThat(pins.hardBytes(100)).isEqualTo(25);
    assertThat(pins.isHard(2, 199)).isTrue();
    assertThat(pins.isHard(2, 200)).isFalse();
    assertThat(pins.isHard(3, 0)).isFalse();
    assertThat(pins.remove(2)).isTrue();
    assertThat(pins.remove(2)).isFalse();
    assertThat(pins.hardBytes(0)).isZero();
    pins.clear();
    assertThat(pins.find(3, 0)).isEmpty();
  }
}
