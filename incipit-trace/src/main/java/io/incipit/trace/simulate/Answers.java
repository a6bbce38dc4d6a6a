// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.simulate;

import io.incipit.block.Hint;
import io.incipit.policy.Answer;
import io.incipit.policy.PoolConfig.Timing;
import io.incipit.trace.TraceRequest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/// Answers that are being written. Traces do not say when an answer was complete, and a cache must
/// not know of it before: an answer is taken to grow by a token every 30 ms, and in a trace without
/// times to be complete before the next request comes. Hints come with them. Memory is that of the
/// answers that overlap.
final class Answers {
  private static final long TOKEN_NS = 30_000_000;

  private final boolean timed;
  private final HintSource hints;
  private final PriorityQueue<Complete> writing =
      new PriorityQueue<>(
          Comparator.comparingLong(Complete::timeNs).thenComparingInt(Complete::number));
  private int requests;

  Answers(Timing timing, HintSource hints) {
    this.timed = timing == Timing.CLOCK;
    this.hints = hints;
  }

  /// The answer to the next request begins.
  void begin(TraceRequest request) {
    long takes = timed ? request.outputTokens() * TOKEN_NS : 0;
    var answer = new Answer(request.outputTokens(), request.ending());
    long timeNs = request.timeNs() + takes;
    var hint = hints.next(request, timeNs);
    writing.add(new Complete(timeNs, requests, answer, request, hint));
    requests++;
  }

  /// What is complete at a time and was not before, in order.
  List<Complete> complete(long timeNs) {
    var complete = new ArrayList<Complete>();
    while (!writing.isEmpty() && writing.element().timeNs() <= timeNs) {
      complete.add(writing.remove());
    }
    return complete;
  }

  /// An answer is complete.
  ///
  /// @param number of the request in the trace, from 0; wraps
  /// @param hint what is said now about the path of the request
  record Complete(long timeNs, int number, Answer answer, TraceRequest request, Hint hint) {}
}
