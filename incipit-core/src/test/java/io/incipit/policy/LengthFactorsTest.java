// SPDX-License-Identifier: Apache-2.0
package io.incipit.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LengthFactorsTest {
  @Test
  void of_withoutEvidence_isOne() {
    var factors = new LengthFactors();
    factors.rebuild();

    for (int length = 0; length < LengthFactors.LENGTHS; length++) {
      assertThat(factors.of(length)).isEqualTo(1);
    }
  }

  @Test
  void of_lengthThatReturnsMore_isAboveTheOthers() {
    var factors = new LengthFactors();
    factors.expect(2, 10_000);
    factors.hit(2, 20_000);
    factors.expect(5, 10_000);
    factors.hit(5, 10);
    factors.rebuild();

    assertThat(factors.of(2)).isCloseTo(2, within(0.05));
    assertThat(factors.of(5)).isEqualTo(0.25);
    assertThat(factors.of(7)).as("nothing known of it").isCloseTo(1, within(0.01));
  }

  @Test
  void halve_manyTimes_forgetsWhatWasLearnt() {
    var factors = new LengthFactors();
    factors.expect(2, 10_000);
    factors.hit(2, 20_000);
    for (int i = 0; i < 40; i++) {
      factors.halve();
    }
    factors.rebuild();

    assertThat(factors.of(2)).isCloseTo(1, within(0.001));
  }

  @Test
  void bucket_anyTokens_isByPowersOfTwo() {
    assertThat(LengthFactors.bucket(0)).isZero();
    assertThat(LengthFactors.bucket(1_023)).isZero();
    assertThat(LengthFactors.bucket(1_024)).isEqualTo(1);
    assertThat(LengthFactors.bucket(Long.MAX_VALUE)).isEqualTo(LengthFactors.LENGTHS - 1);
  }
}
