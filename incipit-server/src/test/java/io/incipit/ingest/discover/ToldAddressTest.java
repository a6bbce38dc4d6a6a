// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest.discover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ToldAddressTest {
  private static final ToldAddress AT_A = new ToldAddress("gpu-1", "tcp://10.0.0.9:5557"::equals);

  @ParameterizedTest
  @CsvSource({
    "gpu-1, tcp://*:5557, tcp://gpu-1:5557",
    "gpu-1, tcp://0.0.0.0:5557, tcp://gpu-1:5557",
    "[fd00::1], tcp://[::]:5557, tcp://[fd00::1]:5557",
    "gpu-1, tcp://GPU-1:5557, tcp://gpu-1:5557",
    "127.0.0.1, tcp://127.0.0.1:5557, tcp://127.0.0.1:5557",
    "localhost, tcp://127.0.0.1:5557, tcp://127.0.0.1:5557",
    "[::1], tcp://[0:0:0:0:0:0:0:1]:7, tcp://[0:0:0:0:0:0:0:1]:7",
  })
  void reachable_atTheHostOfTheUrl_isThere(String host, String told, String address)
      throws Exception {
    assertThat(new ToldAddress(host, _ -> false).reachable("endpoint", told)).isEqualTo(address);
  }

  @ParameterizedTest
  @CsvSource({
    "tcp://10.0.0.8:5557",
    "tcp://10.0.0.9:5558",
    "tcp://127.0.0.1:5557",
    "tcp://gpu-2:5557"
  })
  void reachable_elsewhere_isRefused(String told) throws Exception {
    assertThatThrownBy(() -> AT_A.reachable("endpoint", told))
        .isInstanceOf(UnknownEngineException.class)
        .hasMessage("endpoint " + told + " (expected: at gpu-1, or an address of engines.allowed)");
    assertThat(AT_A.reachable("endpoint", "tcp://10.0.0.9:5557")).isEqualTo("tcp://10.0.0.9:5557");
  }

  @ParameterizedTest
  @CsvSource({
    "inproc://kv",
    "ipc:///tmp/a",
    "tcp://*:0",
    "tcp://*:70000",
    "tcp://*",
    "tcp://a b:1",
    "x"
  })
  void reachable_whatNobodyCanConnectTo_isRefused(String told) {
    assertThatThrownBy(() -> AT_A.reachable("replay_endpoint", told))
        .hasMessage("replay_endpoint " + told + " (expected: tcp://*:PORT)");
  }
}
