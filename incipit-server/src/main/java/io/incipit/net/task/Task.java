// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.task;

import io.incipit.protocol.RespBuffer;

/// A request that is answered in steps. For its connection's event loop.
public interface Task {
  /// Does the next step.
  ///
  /// @return what remains
  Progress step(RespBuffer out);

  /// Whether a step can be done: [Progress#LATER] is over.
  boolean isReady();

  /// Lets go of everything: the connection ends.
  void close();
}
