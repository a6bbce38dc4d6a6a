// SPDX-License-Identifier: Apache-2.0
package io.incipit.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointsTest {
  private static boolean admits(String allowed, String endpoint) {
    var refusal =
        catchThrowableOfType(
            RefusalException.class,
            () ->
                new Endpoints(allowed.isEmpty() ? List.of() : List.of(allowed))
                    .require("endpoint", endpoint));
    if (refusal != null) {
      assertThat(refusal.status()).isEqualTo(403);
      assertThat(refusal.reason()).startsWith("endpoint: ").contains("engines.allowed");
    }
    return refusal == null;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"tcp://127.0.0.1:1", "tcp://127.9.9.9:1", "tcp://localhost:1", "tcp://[::1]:1"})
  void require_thisMachine_isAlwaysAllowed(String endpoint) {
    assertThat(admits("", endpoint)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tcp://10.0.0.1:1",
        "tcp://0.0.0.0:1",
        "tcp://127.0.0.1.evil.example:1",
        "tcp://localhost.evil.example:1",
        "tcp://169.254.169.254:80",
        "tcp://[fe80::1]:1",
        "tcp://[::]:1"
      })
  void require_elsewhere_isRefused(String endpoint) {
    assertThat(admits("", endpoint)).isFalse();
    assertThat(admits("10.1.0.0/16", endpoint)).isFalse();
    assertThat(admits("*", endpoint)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, tcp://10.255.0.1:5557, true",
    "10.0.0.0/8, tcp://11.0.0.1:5557, false",
    "10.0.0.0/8:5557, tcp://10.0.0.1:5557, true",
    "10.0.0.0/8:5557, tcp://10.0.0.1:5558, false",
    "10.128.0.0/9, tcp://10.127.0.1:1, false",
    "10.0.0.7, tcp://10.0.0.7:1, true",
    "10.0.0.7:2, tcp://10.0.0.7:1, false",
    "GPU-1.example, tcp://gpu-1.Example:1, true",
    "gpu-1.example, tcp://gpu-10.example:1, false",
    "fd00::/8, tcp://[fd00::7]:1, true",
    "[fd00::7]:1, tcp://[fd00:0:0::7]:1, true",
    "[fd00::7]:1, tcp://[fd00::7]:2, false"
  })
  void require_whatIsAllowed_isTaken(String allowed, String endpoint, boolean admitted) {
    assertThat(admits(allowed, endpoint)).isEqualTo(admitted);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ipc:///tmp/socket",
        "inproc://x",
        "tcp://*:5557",
        "127.0.0.1:5557",
        "tcp://a@b:1",
        "tcp://127.0.0.1",
        "tcp://127.0.0.1:1;tcp://10.0.0.1:2"
      })
  void require_noAddress_isRefused(String endpoint) {
    assertThatThrownBy(() -> new Endpoints(List.of("*")).require("endpoint", endpoint))
        .hasMessage("endpoint: " + endpoint + " (expected: tcp://host:port)");
  }

  @Test
  void of_whatIsNoAddress_isRefusedByName() {
    for (var wrong : List.of("10.0.0.0/33", "name/8", "a:b", "10.0.0.0/x", "")) {
      assertThatThrownBy(() -> new Endpoints(List.of(wrong)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("engines.allowed: " + wrong + " (expected: ");
    }
    assertThatCode(() -> new Endpoints(List.of("::1", "[::1]:9", "a-b.c:9")))
        .doesNotThrowAnyException();
  }
}
