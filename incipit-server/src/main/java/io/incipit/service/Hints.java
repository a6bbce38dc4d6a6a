// SPDX-License-Identifier: Apache-2.0
package io.incipit.service;

import io.incipit.block.Hint;
import io.incipit.block.Op;
import io.incipit.block.Reply;
import io.incipit.block.Stat;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/// Counts hints about paths, and hands them on. Thread-safe.
final class Hints {
  private volatile HintListener listener = HintListener.NONE;
  private final LongAdder done = new LongAdder();
  private final LongAdder back = new LongAdder();

  /// Says who is told of hints.
  void tell(HintListener to) {
    listener = to;
  }

  Reply take(Op.Foretell op) {
    switch (op.hint()) {
      case Hint.Done() -> done.increment();
      case Hint.Back _ -> back.increment();
      case Hint.None() -> {
        return new Reply.Done();
      }
    }
    listener.hinted(op.namespace(), op.path(), op.hint());
    return new Reply.Done();
  }

  List<Stat> stats() {
    return List.of(Stat.counter("hints-done", done.sum()), Stat.counter("hints-back", back.sum()));
  }
}
