// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.value;

import io.incipit.protocol.RespBuffer;

/// A request that is answered in steps. For its connection's event loop.
interface Task {
  /// Does the next step.
  ///
  /// @return what remains
  ValueCommands.Outcome step(RespBuffer out);

  /// Whether a step can be done: [ValueCommands.Outcome#LATER] is over.
  boolean isReady();

  /// Lets go of everything: the connection ends.
  void close();
}
