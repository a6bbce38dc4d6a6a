// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.tls;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Which versions of TLS are spoken, and with what: forward-secret suites that authenticate what
/// they encrypt, no others.
public enum TlsVersions {
  /// TLS 1.3 alone.
  FROM_1_3("1.3"),
  /// TLS 1.3, and 1.2 for clients that have no other.
  FROM_1_2("1.2");

  private static final List<String> SUITES_OF_1_3 =
      List.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256");

  private static final List<String> SUITES_OF_1_2 =
      List.of(
          "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

  private final String lowest;

  TlsVersions(String lowest) {
    this.lowest = lowest;
  }

  /// The versions from one on, such as `1.2`; empty if it is none of them.
  public static Optional<TlsVersions> from(String lowest) {
    return Stream.of(values()).filter(versions -> versions.lowest.equals(lowest)).findFirst();
  }

  List<String> protocols() {
    return this == FROM_1_3 ? List.of("TLSv1.3") : List.of("TLSv1.3", "TLSv1.2");
  }

  List<String> suites() {
    return this == FROM_1_3
        ? SUITES_OF_1_3
        : Stream.concat(SUITES_OF_1_3.stream(), SUITES_OF_1_2.stream()).toList();
  }
}
