// SPDX-License-Identifier: Apache-2.0
package io.incipit.block;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.env.RandomSource;
import java.util.Arrays;
import java.util.HashSet;
import org.junit.jupiter.api.Test;

class Hash64Test {
  /// The first numbers of SplitMix64 from seed 0, as its authors' program and others' give them.
  @Test
  void mix_multiplesOfGolden_areThoseOfSplitMix64() {
    var numbers = new long[3];
    Arrays.setAll(numbers, i -> Hash64.mix((i + 1) * Hash64.GOLDEN));

    assertThat(numbers)
        .containsExactly(0xE220_A839_7B1D_CDAFL, 0x6E78_9E6A_A1B9_65F4L, 0x06C4_5D18_8009_454FL);
    assertThat(Hash64.mix(0)).isZero();
  }

  @Test
  void mix_oneBitChanged_changesHalfOfTheBits() {
    var random = RandomSource.seeded(3);
    long changed = 0;
    for (int i = 0; i < 1_000; i++) {
      long bits = random.nextLong();
      changed += Long.bitCount(Hash64.mix(bits) ^ Hash64.mix(bits ^ (1L << (i % Long.SIZE))));
    }
    assertThat(changed).isBetween(31_000L, 33_000L);
  }

  @Test
  void chain_otherValuesOrOtherOrder_differs() {
    var seen = new HashSet<Long>();
    for (long before = -20; before < 20; before++) {
      for (long value = -20; value < 20; value++) {
        seen.add(Hash64.chain(before, value));
      }
    }
    assertThat(seen).hasSize(40 * 40);
  }

  @Test
  void chain_bytesOfAnyLength_coversThemAllAndTheLength() {
    var text = "a prompt of several words".getBytes(US_ASCII);
    var seen = new HashSet<Long>();
    for (int to = 0; to <= text.length; to++) {
      seen.add(Hash64.chain(1, text, 0, to));
    }
    assertThat(seen).hasSize(text.length + 1);
    assertThat(Hash64.chain(1, new byte[8], 0, 7)).isNotEqualTo(Hash64.chain(1, new byte[8], 0, 8));
    assertThat(Hash64.chain(1, text, 2, 10))
        .isEqualTo(Hash64.chain(1, "prompt o".getBytes(US_ASCII), 0, 8));
  }
}
