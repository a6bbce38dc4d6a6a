// SPDX-License-Identifier: Apache-2.0
package io.incipit.client;

import io.incipit.block.Op;
import io.incipit.block.Reply;
import java.util.concurrent.CompletableFuture;

/// A request on its way, and who waits for the reply.
///
/// @param type what the caller takes for an answer; a refusal that is none fails the future
/// @param deadlineNs on the client's clock
record PendingRequest<R extends Reply>(
    Op op, Class<R> type, CompletableFuture<R> future, long deadlineNs) {
  /// Hands a reply over.
  ///
  /// @return whether the reply is one to this request
  boolean complete(Reply reply) {
    if (type.isInstance(reply)) {
      future.complete(type.cast(reply));
      return true;
    }
    if (reply instanceof Reply.Refused(var code, var detail)) {
      future.completeExceptionally(new ClientException.Refused(code, detail));
      return true;
    }
    return false;
  }

  void fail(ClientException why) {
    future.completeExceptionally(why);
  }

  /// Whether nobody waits any more.
  boolean isOver() {
    return future.isDone();
  }
}
