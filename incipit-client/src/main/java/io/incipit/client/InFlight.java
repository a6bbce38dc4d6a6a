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

  private final int callsMax;
  private final ArrayDeque<Sent> sent = new ArrayDeque<>();
  private long bytes;

  private record Sent(Call<?> call, int bytes) {}

  InFlight(int callsMax) {
    this.callsMax = callsMax;
  }

  void add(Call<?> call, int callBytes) {
    sent.add(new Sent(call, callBytes));
    bytes += callBytes;
  }

  /// Takes the request that the next reply is for.
  Optional<Call<?>> poll() {
    var first = Optional.ofNullable(sent.poll());
    first.ifPresent(request -> bytes -= request.bytes());
    return first.map(Sent::call);
  }

  /// Takes all.
  List<Call<?>> drain() {
    var all = new ArrayList<Call<?>>(sent.size());
    sent.forEach(request -> all.add(request.call()));
    sent.clear();
    bytes = 0;
    return all;
  }

  int count() {
    return sent.size();
  }

  boolean isFull() {
    return sent.size() >= callsMax || bytes >= BYTES_MAX;
  }

  /// Deadline of the request that the next reply is for; [Long#MAX_VALUE] if there is none.
  long oldestDeadlineNs() {
    var oldest = sent.peek();
    return oldest == null ? Long.MAX_VALUE : oldest.call().deadlineNs();
  }

  /// The requests that somebody still waits for, and whose deadline is over.
  List<Call<?>> overdue(long nowNs) {
    var overdue = new ArrayList<Call<?>>();
    for (var request : sent) {
      if (!request.call().isOver() && request.call().deadlineNs() <= nowNs) {
        overdue.add(request.call());
      }
    }
    return overdue;
  }

  /// The earliest deadline that is not over; [Long#MAX_VALUE] if there is none.
  long nextDeadlineNs(long nowNs) {
    long next = Long.MAX_VALUE;
    for (var request : sent) {
      long deadlineNs = request.call().deadlineNs();
      if (!request.call().isOver() && deadlineNs > nowNs) {
        next = Math.min(next, deadlineNs);
      }
    }
    return next;
  }
}
