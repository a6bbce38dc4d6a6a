// SPDX-License-Identifier: Apache-2.0
package io.incipit.env;

import java.io.IOException;

/// Connections to other processes. Thread-safe.
public interface Network {
  /// The network of this machine.
  static Network system() {
    return SystemNetwork.INSTANCE;
  }

  /// Connects over TCP; blocks for `timeoutNs` at most, and for as long as the name takes to
  /// resolve.
  ///
  /// @param port 1 to 65535
  /// @throws IOException if nobody listens there, or not in time
  Connection connect(String host, int port, long timeoutNs) throws IOException;
}
