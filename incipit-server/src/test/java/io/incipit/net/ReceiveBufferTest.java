// SPDX-License-Identifier: Apache-2.0
package io.incipit.net;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.net.limits.MemoryBudget;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

class ReceiveBufferTest {
  private static final int SHARED_BYTES = 4_096;

  private final byte[] shared = new byte[SHARED_BYTES];
  private final MemoryBudget budget = new MemoryBudget(1 << 20);
  private final ReceiveBuffer buffer = new ReceiveBuffer(shared, budget);
  private final ReceiveBuffer other = new ReceiveBuffer(shared, budget);

  private static boolean take(ReceiveBuffer buffer, String text) {
    var bytes = Unpooled.copiedBuffer(text, US_ASCII);
    boolean room = true;
    while (room && bytes.isReadable()) {
      room = buffer.take(bytes, Integer.MAX_VALUE);
    }
    return room;
  }

  private static String text(ReceiveBuffer buffer) {
    return new String(buffer.bytes(), buffer.start(), buffer.end() - buffer.start(), US_ASCII);
  }

  @Test
  void unshare_whatIsLeft_survivesTheNextConnection() {
    assertThat(take(buffer, "one two")).isTrue();
    buffer.start(4);
    assertThat(buffer.unshare()).isTrue();
    assertThat(take(other, "overwritten")).isTrue();
    assertThat(text(buffer)).isEqualTo("two");
    other.start(other.end());
    assertThat(other.unshare()).isTrue();
    assertThat(take(buffer, " three")).isTrue();
    assertThat(text(buffer)).isEqualTo("two three");
    assertThat(take(buffer, "-".repeat(1_500))).isTrue();
    assertThat(text(buffer)).isEqualTo("two three" + "-".repeat(1_500));
    assertThat(buffer.bytes()).as("more than its own memory takes").isSameAs(shared);
  }

  @Test
  void unshare_nothingLeft_givesAllMemoryBack() {
    assertThat(take(buffer, "rest")).isTrue();
    assertThat(buffer.unshare()).isTrue();
    assertThat(budget.used()).isPositive();
    buffer.start(buffer.end());
    assertThat(buffer.unshare()).isTrue();
    assertThat(budget.used()).isZero();
    assertThat(buffer.isEmpty()).isTrue();
  }

  @Test
  void take_longerThanTheSharedArray_growsInMemoryOfItsOwn() {
    var expected = new StringBuilder();
    for (int i = 0; i < 20; i++) {
      var part = Integer.toString(i).repeat(1_000);
      expected.append(part);
      assertThat(take(buffer, part)).isTrue();
      assertThat(buffer.unshare()).isTrue();
      assertThat(take(other, "overwritten")).isTrue();
      other.release();
    }
    assertThat(text(buffer)).isEqualTo(expected.toString());
    assertThat(budget.used()).isGreaterThanOrEqualTo(expected.length());
    buffer.release();
    assertThat(budget.used()).isZero();
  }

  @Test
  void unshare_withoutMemory_saysSoAndTakesNone() {
    var full = new MemoryBudget(1 << 20);
    assertThat(full.take(1 << 20)).isTrue();
    var poor = new ReceiveBuffer(shared, full);
    assertThat(take(poor, "rest")).isTrue();
    assertThat(poor.unshare()).isFalse();
    assertThat(full.used()).isEqualTo(1 << 20);
    poor.release();
    assertThat(full.used()).isEqualTo(1 << 20);
  }
}
