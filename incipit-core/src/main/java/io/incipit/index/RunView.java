// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

import io.incipit.index.table.RunTable;

/// A seqlock read of one run's record: [#look] begins it, and what was read since holds if the
/// record has not [#changed] when all is read. Used again for the next run; not for several threads
/// at once.
final class RunView {
  /// The run, its record, and the record's state when the look began.
  int run;

  long[] words = new long[0];
  int at;
  long state;

  /// Where the run's column is, and its length.
  long place;

  /// Begins to read a run, once its record is not being changed.
  ///
  /// @return false if it is being changed for longer than `question` may wait
  boolean look(RunTable runs, int number, Question question) {
    run = number;
    words = runs.segment(number);
    at = RunTable.at(number);
    state = RunTable.state(words, at);
    while (RunTable.isOpen(state)) {
      if (!question.spin()) {
        return false;
      }
      state = RunTable.state(words, at);
    }
    place = RunTable.cellWord(words, at + RunTable.PLACE);
    return true;
  }

  /// Whether the record has changed since [#look].
  boolean changed() {
    return RunTable.changedSince(words, at, state);
  }

  /// Blocks of the run; 0 if there is none of this number.
  int length() {
    return RunTable.length(place);
  }

  /// The run above, or 0.
  int parent() {
    return RunTable.parent(state);
  }

  /// Blocks above the run.
  int depth() {
    return RunTable.depth(words[at + RunTable.SIZE]);
  }

  /// Which runs are below, for [RunTable#childCount] and [RunTable#onlyChild]; changes without the
  /// record's state.
  long children() {
    return RunTable.cellWord(words, at + RunTable.CHILDREN);
  }

  /// Whether no run is below.
  boolean isLeaf() {
    return RunTable.childCount(children()) == 0;
  }
}
