// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.task;

import io.incipit.protocol.RespBuffer;
import io.incipit.store.Arrival;
import io.incipit.store.Change;
import io.incipit.store.Patience;
import io.incipit.store.Store;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// A request that changes the store: it is answered when that is done. A step is the event loop's;
/// [#run] is whoever's turn it is.
public abstract class ChangeTask implements Task, Change {
  private static final String FAILED =
      "INTERNAL the change failed and was not made; the server's log says why";

  /// What is changed.
  protected final Store store;
  private final Runnable wake;
  private boolean begun;
  private boolean failed;

  /// What has to come from disk before the change can be made.
  private @Nullable Arrival arrival;

  /// When the change is as durable as it has to be; by whoever made it.
  private CompletableFuture<String> settled = CompletableFuture.completedFuture("");

  /// Set last by whoever made the change.
  private volatile boolean made;

  /// @param wake called, by any thread, when a step can be done again
  protected ChangeTask(Store store, Runnable wake) {
    this.store = store;
    this.wake = wake;
  }

  /// Has the value of a key brought to memory first, if it is on disk.
  public final void bring(Store.Visitor visitor, byte[] key) {
    if (!store.isInMemory(key)) {
      arrival = visitor.bring(key, wake).orElse(null);
    }
  }

  @Override
  public final boolean run(Patience patience) {
    boolean done = change(patience);
    if (done) {
      settled = store.settled();
    }
    return done;
  }

  /// Makes the change, as [Change#run].
  protected abstract boolean change(Patience patience);

  @Override
  public final Progress step(RespBuffer out) {
    if (arrival != null && !arrival.isDone()) {
      own();
      return Progress.LATER;
    }
    if (!begun) {
      begun = true;
      if (!store.now(this)) {
        own();
        store.later(this);
        return Progress.LATER;
      }
      made = true;
      if (!settled.isDone()) {
        settle();
        return Progress.LATER;
      }
    }
    if (failed) {
      out.error(FAILED);
      return Progress.DONE;
    }
    var refusal = settled.join();
    if (!refusal.isEmpty()) {
      out.error(refusal);
      return Progress.DONE;
    }
    return answer(out);
  }

  /// Copies what the change needs of the request's bytes, which others use from now on.
  protected void own() {
    // Most have what they need.
  }

  /// Bytes of a request, as a copy.
  protected static ByteBuffer copy(ByteBuffer bytes) {
    return ByteBuffer.allocate(bytes.remaining()).put(bytes.duplicate()).flip();
  }

  /// Called, by any thread, when a step can be done again.
  protected final Runnable wake() {
    return wake;
  }

  /// Writes the reply, or the next part of it.
  protected abstract Progress answer(RespBuffer out);

  @Override
  public final void made(boolean failed) {
    this.failed = failed;
    made = true;
    settle();
  }

  private void settle() {
    var _ = settled.whenComplete((_, _) -> wake.run());
  }

  @Override
  public final boolean isReady() {
    return begun ? made && settled.isDone() : arrival == null || arrival.isDone();
  }

  /// What is on its way is made all the same.
  @Override
  public void close() {
    if (arrival != null) {
      arrival.close();
    }
  }
}
