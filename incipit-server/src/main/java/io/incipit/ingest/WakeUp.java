// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.util.concurrent.atomic.AtomicBoolean;
import org.zeromq.ZMQ;

/// Wakes the thread that waits in a poller. [#ring] may be called by any thread, the rest is for
/// the one that waits.
final class WakeUp implements AutoCloseable {
  private final Pipe pipe;
  private final AtomicBoolean rung = new AtomicBoolean();
  private final ByteBuffer drained = ByteBuffer.allocate(16);

  WakeUp() {
    try {
      pipe = Pipe.open();
      pipe.source().configureBlocking(false);
      pipe.sink().configureBlocking(false);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /// Wakes the thread, now or when it is about to wait.
  void ring() {
    if (rung.compareAndSet(false, true)) {
      try {
        pipe.sink().write(ByteBuffer.allocate(1));
      } catch (IOException _) {
        // Nobody waits any more.
      }
    }
  }

  /// Something to wait for.
  void register(ZMQ.Poller poller) {
    poller.register(pipe.source(), ZMQ.Poller.POLLIN);
  }

  /// Rings again from now on. What was left before a ring is to be looked for after this.
  void heard() {
    if (!rung.get()) {
      return;
    }
    try {
      drained.clear();
      while (pipe.source().read(drained) > 0) {
        drained.clear();
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } finally {
      rung.set(false);
    }
  }

  @Override
  public void close() {
    try (var _ = pipe.source();
        var _ = pipe.sink()) {
      rung.set(true);
    } catch (IOException _) {
      // Nothing was left in it that matters.
    }
  }
}
