// SPDX-License-Identifier: Apache-2.0
package io.incipit.env;

import java.io.IOException;
import javax.net.ssl.SSLContext;

/// Connections to other processes. Thread-safe.
public interface Network {
  /// The network of this machine.
  static Network system() {
    return SystemNetwork.INSTANCE;
  }

  /// The network of this machine, over TLS 1.3 or 1.2. A connection is refused unless its server
  /// has a certificate that `context` trusts, for the name by which it was called. What is wrong is
  /// said in one sentence.
  ///
  /// @param serverName the name that the certificate has to be for; empty for the host
  static Network tls(SSLContext context, String serverName) {
    return new TlsNetwork(context, serverName);
  }

  /// Connects over TCP; blocks for `timeoutNs` at most, and for as long as the name takes to
  /// resolve.
  ///
  /// @param port 1 to 65535
  /// @throws IOException if nobody listens there, or not in time
  Connection connect(String host, int port, long timeoutNs) throws IOException;
}
