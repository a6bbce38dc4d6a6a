// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.value;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.bench.value.Server.Work;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import org.junit.jupiter.api.Test;

class ServerTest {
  private static final int BYTES = 1 << 10;

  private final HeldValues held = new HeldValues(1_000_000);
  private final Server server = HeldValues.server("fake", held, BYTES);

  @Test
  void read_whatWasPut_isRight() throws IOException {
    server.fill("1k", BYTES, 3);
    server.put(4);
    server.read(7);

    assertThat(server.wrong()).isZero();
    assertThat(held.values()).hasSize(3);
    var different = new HashSet<String>();
    held.values().values().forEach(value -> different.add(Arrays.toString(value)));
    assertThat(different).as("each key has a value of its own").hasSize(3);
  }

  @Test
  void read_oneWrongByteOneTooShortAndOneAbsent_areCounted() throws IOException {
    server.fill("1k", BYTES, 4);
    held.values().get("bench:1k:0")[BYTES - 1]++;
    held.values().put("bench:1k:1", new byte[BYTES - 1]);
    held.values().remove("bench:1k:2");

    server.read(4);

    assertThat(server.wrong()).isEqualTo(3);
  }

  @Test
  void read_valueBeforeTheLastPut_isWrong() throws IOException {
    server.fill("1k", BYTES, 1);
    var before = held.values().get("bench:1k:0");
    server.put(1);
    held.values().put("bench:1k:0", before);

    server.read(1);

    assertThat(server.wrong()).isEqualTo(1);
  }

  @Test
  void put_thatIsRefused_isCounted() throws IOException {
    held.refuse();
    server.fill("1k", BYTES, 2);

    assertThat(server.wrong()).isEqualTo(2);
  }

  @Test
  void cost_ofAMillisecondACall_isThatForEachGib() throws IOException {
    server.fill("1k", BYTES, 2);

    assertThat(server.cost(Work.GET, 5)).isEqualTo(1 << 20);
    assertThat(server.cost(Work.SET, 3)).isEqualTo(1 << 20);
  }

  @Test
  void empty_dropsAll() throws IOException {
    server.fill("1k", BYTES, 5);
    server.empty();

    assertThat(held.values()).isEmpty();
  }
}
