// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.value;

import io.incipit.env.Clock;
import java.nio.ByteBuffer;
import java.util.concurrent.Future;

/// The output of one connection, and how fast values leave by it: from where they wait until the
/// socket has taken them. For its event loop.
///
/// What was measured in the last second of sending counts, and half as much every 10 s after it. A
/// guess stands for what was never measured, or long ago, with the weight of a MiB: so an estimate
/// that is too low for anything to be sent, and measured, does not stay so.
final class MeasuredOutput implements ValueOutput {
  /// Bytes a second before anything is known: a network of 10 Gbit/s.
  static final long GUESS = 1L << 30;

  private static final double SECOND_NS = 1e9;
  private static final double GUESS_BYTES = 1 << 20;
  private static final double GUESS_NS = GUESS_BYTES * SECOND_NS / GUESS;

  /// Time of sending beyond which what was before counts half.
  private static final double RECENT_NS = SECOND_NS;

  /// Time after which what was measured counts half.
  private static final double HALF_LIFE_NS = 10 * SECOND_NS;

  private final ValueOutput output;
  private final Clock clock;
  private double recentBytes;
  private double recentNs;

  /// When both were brought up to date.
  private long fadedNs;

  /// Bytes that the socket has not taken yet.
  private long waitingBytes;

  /// When bytes began to wait, or the socket took the last ones before those that wait.
  private long sinceNs;

  MeasuredOutput(ValueOutput output, Clock clock) {
    this.output = output;
    this.clock = clock;
    this.fadedNs = clock.nanoTime();
  }

  /// Bytes a second that can be expected.
  double bytesPerSecond() {
    fade(clock.nanoTime());
    return (recentBytes + GUESS_BYTES) / (recentNs + GUESS_NS) * SECOND_NS;
  }

  /// Bytes of values that the socket has not taken yet.
  long waitingBytes() {
    return waitingBytes;
  }

  private void fade(long nowNs) {
    keep(Math.pow(0.5, (nowNs - fadedNs) / HALF_LIFE_NS));
    fadedNs = nowNs;
  }

  private void keep(double part) {
    recentBytes *= part;
    recentNs *= part;
  }

  @Override
  public void send(ByteBuffer bytes, Runnable sent) {
    int size = bytes.remaining();
    if (waitingBytes == 0) {
      sinceNs = clock.nanoTime();
    }
    waitingBytes += size;
    output.send(
        bytes,
        () -> {
          took(size);
          sent.run();
        });
  }

  private void took(int bytes) {
    long nowNs = clock.nanoTime();
    fade(nowNs);
    waitingBytes -= bytes;
    recentBytes += bytes;
    recentNs += nowNs - sinceNs;
    sinceNs = nowNs;
    if (recentNs > RECENT_NS) {
      keep(0.5);
    }
  }

  @Override
  public Future<?> after(long delayNs, Runnable task) {
    return output.after(delayNs, task);
  }

  @Override
  public void emitMany() {
    output.emitMany();
  }

  @Override
  public boolean isOpen() {
    return output.isOpen();
  }
}
