// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.block.BlockChain;
import java.nio.ByteBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BlockPayloadTest {
  private static final BlockChain CHAIN = BlockChain.ofPairs(1, 2, 3, 4);

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 8, 23, 24, 25, 100, 4_096})
  void payload_anyLength_isRightForItsBlockOnly(int length) {
    var bytes = BlockPayload.of(CHAIN, 1, length);

    assertThat(bytes).hasSize(length);
    assertThat(isRight(bytes, 1, length)).isTrue();
    assertThat(isRight(bytes, 0, length)).isFalse();
    assertThat(isRight(bytes, 1, length + 1)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 8, 16, 24, 63, 64, 68})
  void payload_oneBitChanged_isWrong(int at) {
    var bytes = BlockPayload.of(CHAIN, 0, 69);
    bytes[at] ^= 1;

    assertThat(isRight(bytes, 0, 69)).isFalse();
  }

  private static boolean isRight(byte[] bytes, int i, int length) {
    return BlockPayload.isRight(ByteBuffer.wrap(bytes), CHAIN, i, length);
  }
}
