// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.value;

import io.incipit.net.value.ValueCommands.Outcome;
import io.incipit.protocol.RespBuffer;
import io.incipit.store.Change;
import io.incipit.store.Store;
import java.nio.ByteBuffer;

/// A request that changes the store: it is answered when that is done. A step is the event loop's;
/// [#run] is whoever's turn it is.
abstract class ChangeTask implements Task, Change {
  private static final String FAILED =
      "INTERNAL the change failed and was not made; the server's log says why";

  final Store store;
  private final Runnable wake;
  private boolean begun;
  private boolean failed;

  /// Set last by whoever made the change.
  private volatile boolean made;

  ChangeTask(Store store, Runnable wake) {
    this.store = store;
    this.wake = wake;
  }

  @Override
  public final Outcome step(RespBuffer out) {
    if (!begun) {
      begun = true;
      if (!store.now(this)) {
        own();
        store.later(this);
        return Outcome.LATER;
      }
      made = true;
    }
    if (failed) {
      out.error(FAILED);
      return Outcome.DONE;
    }
    return answer(out);
  }

  /// Copies what the change needs of the request's bytes, which others use from now on.
  void own() {
    // Most have what they need.
  }

  /// Bytes of a request, as a copy.
  static ByteBuffer copy(ByteBuffer bytes) {
    return ByteBuffer.allocate(bytes.remaining()).put(bytes.duplicate()).flip();
  }

  /// Writes the reply, or the next part of it.
  abstract Outcome answer(RespBuffer out);

  @Override
  public final void made(boolean failed) {
    this.failed = failed;
    made = true;
    wake.run();
  }

  @Override
  public final boolean isReady() {
    return made || !begun;
  }

  @Override
  public void close() {
    // What is on its way is made all the same.
  }
}
