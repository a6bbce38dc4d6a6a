// SPDX-License-Identifier: Apache-2.0
package io.incipit.net;

import io.incipit.block.Reply;
import io.incipit.protocol.Command;
import io.incipit.protocol.ReplyEncoder;
import io.incipit.protocol.RespBuffer;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The replies of one connection that are on the way, in the order of its requests: whichever comes
/// first, they are written in that order. For the connection's event loop, but for [Place#accept].
final class PendingReplies {
  private final Peers peers;
  private final Runnable wake;
  private final ArrayDeque<Place> places = new ArrayDeque<>();

  /// @param wake called when a reply has come, by whoever brings it
  PendingReplies(Peers peers, Runnable wake) {
    this.peers = peers;
    this.wake = wake;
  }

  /// Where one reply goes when it comes. All but `reply` is the event loop's.
  final class Place implements Consumer<Reply> {
    private final Command command;
    private final long startedNs;
    private volatile @Nullable Reply reply;

    private Place(Command command, long startedNs) {
      this.command = command;
      this.startedNs = startedNs;
    }

    @Override
    public void accept(Reply reply) {
      this.reply = reply;
      wake.run();
    }
  }

  /// Keeps a place behind all others.
  ///
  /// @param startedNs when its request was taken, by the clock
  Place add(Command command, long startedNs) {
    var place = new Place(command, startedNs);
    places.add(place);
    return place;
  }

  /// Keeps a place for a reply that is there.
  void add(Command command, long startedNs, Reply reply) {
    add(command, startedNs).reply = reply;
  }

  boolean isEmpty() {
    return places.isEmpty();
  }

  int count() {
    return places.size();
  }

  /// Writes the replies that have come, up to the first that has not.
  void settle(RespBuffer out) {
    for (var first = places.peek(); first != null; first = places.peek()) {
      var reply = first.reply;
      if (reply == null) {
        return;
      }
      places.remove();
      ReplyEncoder.encode(reply, false, out);
      peers.metrics().answered(first.command, peers.clock().nanoTime() - first.startedNs);
    }
  }
}
