// SPDX-License-Identifier: Apache-2.0
package io.incipit.net;

import io.incipit.env.Clock;
import io.netty.channel.Channel;

/// The deadlines of one connection: for its first request, for a request that began, and for
/// taking replies. Nanoseconds of the clock; for the connection's event loop.
final class Deadlines {
  /// How much of what was written to a channel its client has not taken.
  ///
  /// @param waitingBytes bytes that wait
  /// @param progressBytes bytes of the first waiting buffer that were taken
  record Outbound(long waitingBytes, long progressBytes) {
    private static final Outbound NOTHING = new Outbound(0, 0);

    static Outbound of(Channel channel) {
      var buffer = channel.unsafe().outboundBuffer();
      if (buffer == null || buffer.totalPendingWriteBytes() == 0) {
        return NOTHING;
      }
      return new Outbound(buffer.totalPendingWriteBytes(), buffer.currentProgress());
    }
  }

  private final long handshakeNs;
  private final long frameNs;
  private final long writeNs;
  private final long openedNs;
  private boolean greeted;
  private boolean began;
  private long beganNs;
  private boolean waiting;
  private long sinceNs;
  private long takenThen;

  Deadlines(ConnectionConfig config, long nowNs) {
    this.handshakeNs = config.handshakeTimeout().toNanos();
    this.frameNs = config.frameTimeout().toNanos();
    this.writeNs = config.writeTimeout().toNanos();
    this.openedNs = nowNs;
  }

  /// A whole request has come.
  void complete() {
    greeted = true;
    began = false;
  }

  /// What has come so far is no whole request.
  ///
  /// @param some whether it is anything at all
  void incomplete(boolean some, Clock clock) {
    if (some && !began) {
      beganNs = clock.nanoTime();
    }
    began = some;
  }

  /// The name of a deadline that has passed; empty if none has.
  ///
  /// @param writtenBytes bytes written for the client so far, those that wait among them
  String missed(long nowNs, Outbound outbound, long writtenBytes) {
    if (!greeted && nowNs - openedNs >= handshakeNs) {
      return "handshake-timeout";
    }
    if (began && nowNs - beganNs >= frameNs) {
      return "frame-timeout";
    }
    return stalled(nowNs, outbound, writtenBytes) ? "write-timeout" : "";
  }

  /// Looks back one timeout: a client that takes a trickle is as good as one that takes nothing.
  private boolean stalled(long nowNs, Outbound outbound, long writtenBytes) {
    if (outbound.waitingBytes() == 0) {
      waiting = false;
      return false;
    }
    long taken = writtenBytes - outbound.waitingBytes() + outbound.progressBytes();
    boolean due = waiting && nowNs - sinceNs >= writeNs;
    boolean slow =
        due
            && taken - takenThen
                < (nowNs - sinceNs) / 1e9 * ConnectionConfig.WRITE_BYTES_PER_SECOND_MIN;
    if (due || !waiting) {
      waiting = true;
      sinceNs = nowNs;
      takenThen = taken;
    }
    return slow;
  }
}
