// SPDX-License-Identifier: Apache-2.0
package io.incipit.client;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The requests of one connection that have no reply yet, in the order in which they were sent. One
/// that nobody waits for any more keeps its place, since its reply is still to come. Not
/// thread-safe.
final class InFlight {
  /// Memory of requests that wait.
  private static final long BYTES_MAX = 64L << 20;

  private final int requestsMax;
  private final ArrayDeque<Sent> sent = new ArrayDeque<>();
  private long bytes;

  private record Sent(PendingRequest<?> request, int bytes) {}

  InFlight(int requestsMax) {
    this.requestsMax = requestsMax;
  }

  void add(PendingRequest<?> request, int requestBytes) {
    sent.add(new Sent(request, requestBytes));
    bytes += requestBytes;
  }

  /// Takes the request that the next reply is for.
  Optional<PendingRequest<?>> poll() {
    var first = Optional.ofNullable(sent.poll());
    first.ifPresent(waiting -> bytes -= waiting.bytes());
    return first.map(Sent::request);
  }

  /// Takes all.
  List<PendingRequest<?>> drain() {
    var all = new ArrayList<PendingRequest<?>>(sent.size());
    sent.forEach(waiting -> all.add(waiting.request()));
    sent.clear();
    bytes = 0;
    return all;
  }

  int count() {
    return sent.size();
  }

  boolean isFull() {
    return sent.size() >= requestsMax || bytes >= BYTES_MAX;
  }

  /// Deadline of the request that the next reply is for; [Long#MAX_VALUE] if there is none.
  long oldestDeadlineNs() {
    var oldest = sent.peek();
    return oldest == null ? Long.MAX_VALUE : oldest.request().deadlineNs();
  }

  /// Most bytes of the next reply.
  int nextReplyBytesMax() {
    var first = sent.peek();
    return first == null ? Exchange.REPLY_BYTES_MAX : first.request().exchange().replyBytesMax();
  }

  /// The requests that somebody still waits for, and whose deadline is over.
  List<PendingRequest<?>> overdue(long nowNs) {
    var overdue = new ArrayList<PendingRequest<?>>();
    for (var waiting : sent) {
      if (!waiting.request().isOver() && waiting.request().deadlineNs() <= nowNs) {
        overdue.add(waiting.request());
      }
    }
    return overdue;
  }

  /// The earliest deadline that is not over; [Long#MAX_VALUE] if there is none.
  long nextDeadlineNs(long nowNs) {
    long next = Long.MAX_VALUE;
    for (var waiting : sent) {
      long deadlineNs = waiting.request().deadlineNs();
      if (!waiting.request().isOver() && deadlineNs > nowNs) {
        next = Math.min(next, deadlineNs);
      }
    }
    return next;
  }
}
