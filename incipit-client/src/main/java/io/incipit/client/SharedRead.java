// SPDX-License-Identifier: Apache-2.0
package io.incipit.client;

import io.incipit.block.ErrorCode;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A read of blocks from the memory of a server on this machine, and over the connection if that
/// does not work.
///
/// @param askedNs when it was asked for, on the client's clock
/// @param otherwise reads over the connection; may block
record SharedRead(
    SharedMemory memory,
    long askedNs,
    Supplier<CompletableFuture<Fetched>> otherwise,
    CompletableFuture<Fetched> answer) {

  /// Takes the reply that says where blocks are. Never blocks.
  void take(WhereExchange.@Nullable Located located, @Nullable Throwable failure) {
    var copied = Optional.<Fetched>empty();
    try {
      if (located != null) {
        copied = memory.copy(located, askedNs);
      } else if (failure instanceof ClientException.Refused refused) {
        // It shares nothing, or does not know what that is; anything else the read will meet, too.
        if (refused.code() == ErrorCode.SYNTAX) {
          memory.avoid();
        }
      } else if (failure != null) {
        answer.completeExceptionally(failure);
        return;
      }
    } catch (RuntimeException | OutOfMemoryError _) {
      // The other way takes less at a time, and says what is wrong.
      copied = Optional.empty();
    }
    if (copied.isPresent()) {
      answer.complete(copied.get());
    } else {
      // Not here: this thread is the one that makes room for requests.
      Thread.ofVirtual().start(this::readOtherwise);
    }
  }

  private void readOtherwise() {
    try {
      var _ =
          otherwise
              .get()
              .whenComplete(
                  (fetched, failure) -> {
                    if (failure == null) {
                      answer.complete(fetched);
                    } else {
                      answer.completeExceptionally(failure);
                    }
                  });
    } catch (RuntimeException | Error failure) {
      answer.completeExceptionally(failure);
      throw failure;
    }
  }
}
