// SPDX-License-Identifier: Apache-2.0
package io.incipit.store;

import io.incipit.store.memory.Pin;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A value that a client waits for, on its way from disk to memory. Thread-safe.
public final class Arrival implements AutoCloseable {
  private final Runnable wake;

  /// Guarded by this, as all that follows.
  private @Nullable Pin pin;

  private boolean arrived;
  private boolean wrong;
  private boolean closed;

  Arrival(Runnable wake) {
    this.wake = wake;
  }

  /// Whether it is known what came of it; whoever waits is woken then.
  public synchronized boolean isDone() {
    return arrived;
  }

  /// The value, once; none if it turned out not to be there, or there was no room for it.
  public synchronized Optional<Pin> take() {
    var taken = Optional.ofNullable(pin);
    pin = null;
    return taken;
  }

  /// Whether its bytes on disk were found to be wrong.
  public synchronized boolean isWrong() {
    return wrong;
  }

  void done(Optional<Pin> value, boolean wrong) {
    synchronized (this) {
      arrived = true;
      this.wrong = wrong;
      if (closed) {
        value.ifPresent(Pin::close);
      } else {
        pin = value.orElse(null);
      }
    }
    wake.run();
  }

  /// Nobody waits any more. Again does nothing.
  @Override
  public synchronized void close() {
    closed = true;
    take().ifPresent(Pin::close);
  }
}
