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
  private static final int LONGEST = 3 << 20;

  @ParameterizedTest
  @ValueSource(strings = {"plain", "checked"})
  void read_valuesOfLengthsAroundEachPiece_areWhatWasPut(String checks) throws IOException {
    try (var floor = ServerProcess.java(FloorServer.class, List.of("-Xmx64m"), List.of(checks));
        var client = new ValueClient(floor.port())) {
      int piece = 64 << 10;
      for (int bytes : new int[] {1, piece - 1, piece, piece + 1, 80 << 10, 1 << 20, LONGEST}) {
        var server = new Server("floor", client, floor::cpuNs, new ValueBytes(1, LONGEST), LONGEST);
        server.fill("b" + bytes, bytes, 3);
        server.put(3);
        server.read(6);
        assertThat(server.wrong()).as("%d bytes", bytes).isZero();
        server.empty();
      }
      assertThat(client.read(word("none"), new byte[1])).isEqualTo(-1);
    }
  }
}
