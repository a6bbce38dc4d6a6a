// SPDX-License-Identifier: Apache-2.0
package io.incipit.service;

import io.incipit.block.ErrorCode;
import io.incipit.block.Op;
import io.incipit.block.Reply;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.LongAdder;

/// Failures that nobody foresaw: each is counted and answered, the first few and then every
/// thousandth are logged. Thread-safe.
final class Failures {
  private static final Logger LOG = System.getLogger(Failures.class.getName());
  private static final int LOGGED_FIRST = 10;
  private static final int LOGGED_EVERY = 1_000;

  private final LongAdder count = new LongAdder();

  /// Failures so far.
  long count() {
    return count.sum();
  }

  /// Notes a failure of `op`, and says what to answer.
  Reply reply(Op op, Throwable failure) {
    note(op, failure);
    return new Reply.Refused(
        ErrorCode.INTERNAL, "%s failed; the server's log says more".formatted(name(op)));
  }

  void note(Op op, Throwable failure) {
    note(name(op), failure);
  }

  void note(String what, Throwable failure) {
    count.increment();
    long seen = count.sum();
    if (seen <= LOGGED_FIRST || seen % LOGGED_EVERY == 0) {
      LOG.log(Level.ERROR, () -> "fail-operation op=%s count=%d".formatted(what, seen), failure);
    }
  }

  private static String name(Op op) {
    return op.getClass().getSimpleName();
  }
}
