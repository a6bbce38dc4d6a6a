// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class IdIntsTest {
  @Test
  void at_idsOfManyPages_isWhatWasPutLast() {
    var ints = new IdInts();
    for (int id = 0; id < 3_000_000; id += 7) {
      ints.put(id, id + 1);
    }
    ints.put(0, 5);

    assertThat(ints.at(0)).isEqualTo(5);
    for (int id = 1; id < 3_000_000; id++) {
      assertThat(ints.at(id)).isEqualTo(id % 7 == 0 ? id + 1 : 0);
    }
  }

  @Test
  void at_idBeyondWhatWasPut_isZero() {
    assertThat(new IdInts().at(0)).isZero();
    assertThat(new IdInts().at(Long.MAX_VALUE)).isZero();
  }

  @Test
  void put_idThatIsNoInt_isRefused() {
    assertThatThrownBy(() -> new IdInts().put(1L << 31, 1)).isInstanceOf(ArithmeticException.class);
  }
}
