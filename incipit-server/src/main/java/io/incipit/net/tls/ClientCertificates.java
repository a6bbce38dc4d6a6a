// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.tls;

import io.netty.handler.ssl.ClientAuth;

/// Whether clients of a port show certificates.
public enum ClientCertificates {
  /// Nobody is asked for one.
  NONE(ClientAuth.NONE),
  /// Everybody is asked for one; who shows one that is not trusted is not let in.
  OPTIONAL(ClientAuth.OPTIONAL),
  /// Nobody is let in without one that is trusted.
  REQUIRED(ClientAuth.REQUIRE);

  private final ClientAuth demand;

  ClientCertificates(ClientAuth demand) {
    this.demand = demand;
  }

  ClientAuth demand() {
    return demand;
  }
}
