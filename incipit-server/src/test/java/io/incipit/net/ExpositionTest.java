// SPDX-License-Identifier: Apache-2.0
package io.incipit.net;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ExpositionTest {
  @Test
  void plain_numbersOfSamplesAndBuckets_haveNoExponents() {
    assertThat(
            Exposition.plain(
                """
                # HELP a Is 1.0E7
                a 1.0032773E7
                a_bucket{le="5.0E-6"} 2.0
                a_bucket{command="GET",le="+Inf"} 3
                b{name="le=\\"5.0E-6\\" 1.0E7"} -0.5
                c NaN
                # EOF
                """))
        .isEqualTo(
            """
            # HELP a Is 1.0E7
            a 10032773
            a_bucket{le="0.000005"} 2
            a_bucket{command="GET",le="+Inf"} 3
            b{name="le=\\"5.0E-6\\" 1.0E7"} -0.5
            c NaN
            # EOF
            """);
  }
}
