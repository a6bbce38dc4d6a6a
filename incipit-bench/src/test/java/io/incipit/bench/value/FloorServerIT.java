// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.value;

import static io.incipit.bench.load.RespClient.word;
import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.bench.target.ServerProcess;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the others are compared with gives back what was put, all bytes of it.
class FloorServerIT {
  @ParameterizedTest
  @ValueSource(strings = {"plain", "checked"})
  void read_valuesOfLengthsAroundEachPiece_areWhatWasPut(String checks) throws IOException {
    try (var floor = ServerProcess.java(FloorServer.class, List.of("-Xmx64m"), List.of(checks));
        var client = new ValueClient(floor.port())) {
      ValueClientIT.requireGivesBack(floor, client, 1, 3 << 20);
      assertThat(client.read(word("none"), new byte[1])).isEqualTo(-1);
    }
  }
}
