// SPDX-License-Identifier: Apache-2.0
package io.incipit.client;

import io.incipit.protocol.MalformedException;
import io.incipit.protocol.RespValue;
import java.util.concurrent.CompletableFuture;

/// A request on its way, and who waits for the reply.
///
/// @param deadlineNs on the client's clock
record PendingRequest<R>(Exchange<R> exchange, CompletableFuture<R> future, long deadlineNs) {
  /// Hands a reply over; a refusal that is no answer fails the future.
  ///
  /// @param local whether it came from a server on this machine
  /// @throws MalformedException if the reply is none to this request
  void complete(RespValue reply, boolean local) throws MalformedException {
    R answer;
    try {
      answer = exchange.decode(reply, local);
    } catch (ClientException.Refused refused) {
      fail(refused);
      return;
    }
    future.complete(answer);
  }

  void fail(ClientException why) {
    future.completeExceptionally(why);
  }

  /// Whether nobody waits any more.
  boolean isOver() {
    return future.isDone();
  }
}
