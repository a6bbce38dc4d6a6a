// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.tls;

/// A port that may speak TLS.
public enum TlsPort {
  RESP("resp"),
  HTTP("http");

  private final String label;

  TlsPort(String label) {
    this.label = label;
  }

  /// Its name in metrics.
  String label() {
    return label;
  }
}
