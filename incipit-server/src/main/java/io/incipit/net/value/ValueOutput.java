// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.value;

import java.nio.ByteBuffer;
import java.util.concurrent.Future;

/// Where the replies of one connection go, for replies that are large. For its event loop.
public interface ValueOutput {
  /// Sends what was written so far, and then bytes from where they are.
  ///
  /// @param bytes outside of the heap; they must stay until they are sent
  /// @param sent called once, when they are sent or never will be
  void send(ByteBuffer bytes, Runnable sent);

  /// Runs something on the event loop, so long from now on, unless that is cancelled.
  Future<?> after(long delayNs, Runnable task);

  /// Sends what was written so far, if that is much.
  void emitMany();

  /// Whether more may be made for this client now; if not, it takes too little of what it has.
  boolean isOpen();
}
