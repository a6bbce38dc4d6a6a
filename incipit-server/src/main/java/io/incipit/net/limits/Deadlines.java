// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.limits;

import io.incipit.env.Clock;
import io.netty.channel.Channel;
import java.util.function.BooleanSupplier;

/// The deadlines of one connection: for its first request, for a request that began, and for
/// taking replies. The first two stand still while the server does not read. One that has said
/// nothing yet has time while there is room: clients that keep connections ready (LMCache's) open
/// them long before the first request, and not all of them open them again. Nanoseconds of the
/// clock; for the connection's event loop.
public final class Deadlines {
  /// How much of what was written to a channel its client has not taken.
  ///
  /// @param waitingBytes bytes that wait
  /// @param progressBytes bytes of the first waiting buffer that were taken
  public record Outbound(long waitingBytes, long progressBytes) {
    private static final Outbound NOTHING = new Outbound(0, 0);

    /// What waits in a channel now.
    public static Outbound of(Channel channel) {
      var buffer = channel.unsafe().outboundBuffer();
      if (buffer == null || buffer.totalPendingWriteBytes() == 0) {
        return NOTHING;
      }
      return new Outbound(buffer.totalPendingWriteBytes(), buffer.currentProgress());
    }
  }

  private final Clock clock;
  private final BooleanSupplier crowded;
  private final long handshakeNs;
  private final long frameNs;
  private final long writeNs;
  private long openedNs;
  private boolean reading = true;
  private boolean greeted;
  private boolean began;
  private long beganNs;
  private boolean waiting;
  private long sinceNs;
  private long movedThen;

  /// The deadlines of a connection that is opened now.
  ///
  /// @param crowded whether those that say nothing take the room of others
  public Deadlines(ConnectionConfig config, Clock clock, BooleanSupplier crowded) {
    this.crowded = crowded;
    this.handshakeNs = config.handshakeTimeout().toNanos();
    this.frameNs = config.frameTimeout().toNanos();
    this.writeNs = config.writeTimeout().toNanos();
    this.openedNs = clock.nanoTime();
    this.clock = clock;
  }

  /// A whole request has come.
  public void complete() {
    greeted = true;
    began = false;
  }

  /// What has come so far is no whole request.
  ///
  /// @param some whether it is anything at all
  public void incomplete(boolean some) {
    if (some && !began) {
      beganNs = clock.nanoTime();
    }
    began = some;
  }

  /// What has come of a request that is not complete is worth more time.
  public void progress() {
    beganNs = clock.nanoTime();
    openedNs = beganNs;
  }

  /// The server reads on, or not.
  public void reading(boolean reading) {
    if (reading && !this.reading) {
      openedNs = clock.nanoTime();
      beganNs = openedNs;
    }
    this.reading = reading;
  }

  /// The name of a deadline that has passed; empty if none has.
  ///
  /// @param writtenBytes bytes written for the client so far, those that wait among them
  /// @param receivedBytes bytes that came from it so far
  public String missed(long nowNs, Outbound outbound, long writtenBytes, long receivedBytes) {
    if (reading && !greeted && isLate(nowNs)) {
      return "handshake-timeout";
    }
    if (reading && began && nowNs - beganNs >= frameNs) {
      return "frame-timeout";
    }
    long taken = writtenBytes - outbound.waitingBytes() + outbound.progressBytes();
    return stalled(nowNs, outbound, taken + receivedBytes) ? "write-timeout" : "";
  }

  /// Whether the first request is.
  private boolean isLate(long nowNs) {
    return nowNs - (began ? beganNs : openedNs) >= handshakeNs && (began || crowded.getAsBoolean());
  }

  /// Looks back one timeout: a client that takes a trickle is as good as one that takes nothing.
  /// One that still sends is not late: it may well read when it has sent all.
  private boolean stalled(long nowNs, Outbound outbound, long movedBytes) {
    if (outbound.waitingBytes() == 0) {
      waiting = false;
      return false;
    }
    boolean due = waiting && nowNs - sinceNs >= writeNs;
    boolean slow =
        due
            && movedBytes - movedThen
                < (nowNs - sinceNs) / 1e9 * ConnectionConfig.WRITE_BYTES_PER_SECOND_MIN;
    if (due || !waiting) {
      waiting = true;
      sinceNs = nowNs;
      movedThen = movedBytes;
    }
    return slow;
  }
}
