// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

import io.incipit.block.BlockChain;
import java.util.Arrays;

/// One reader's way down the tree along a chain, run by run: [#start], then [#advance] to look at a
/// run, and [#accept] if what was read of it [#holds]. Used again for the next look-up.
final class Walk {
  /*
   * From the root each run is found by the hash of its first block and proven by its own hashes.
   * From a place the runs above it are not named by the question: they are collected upwards, and
   * their states with them. If none of these has changed when the last is read, they were the
   * place's ancestors all at one moment; on the way down a run counts only in that same state.
   */
  private static final int RESTARTS_MAX = 1_000;

  private BlockChain chain = BlockChain.empty(Long.BYTES);
  private Place from = Place.ROOT;
  private int[] path = new int[16];
  private long[] pathStates = new long[16];
  private int pathLength;
  private int pathLeft;

  /// Blocks before the place in the first run of the path.
  private int fromOffset;

  private int next;
  private int taken;
  private boolean ended;
  private int restarts;

  /// The run above, accepted; 0 for the root.
  private int above;

  /// Blocks of all accepted runs: where the run being looked at starts.
  int base;

  /// The run being looked at, its record, and the record's state when the look began.
  int run;

  long[] words = new long[0];
  int at;
  long state;

  /// Where the run's column is, and its length.
  long place;

  /// Blocks of the run that the chain matches.
  int matched;

  /// Begins at a place, to go on along `chain`.
  ///
  /// @return false if the place is gone
  boolean start(RunReader reader, Place from, BlockChain next) {
    chain = next;
    this.from = from;
    restarts = 0;
    return restart(reader);
  }

  /// Begins again from the top, as [#start] did.
  ///
  /// @return false if the place is gone, or changes all the time
  boolean restart(RunReader reader) {
    while (restarts++ < RESTARTS_MAX) {
      next = 0;
      base = 0;
      above = 0;
      run = 0;
      ended = false;
      pathLength = 0;
      pathLeft = 0;
      if (from.isRoot()) {
        return true;
      }
      boolean found = climb(reader);
      if (pathHolds(reader)) {
        pathLeft = pathLength;
        return found;
      }
    }
    return false;
  }

  /// Collects the runs from the place up to the root.
  private boolean climb(RunReader reader) {
    int up = from.run();
    fromOffset = reader.exists(up) ? -1 : 0;
    while (fromOffset < 0 && up != 0 && pathLength <= from.depth()) {
      visit(reader, up);
      up = RunTable.parent(state);
      fromOffset = reader.offsetOf(this, from);
    }
    if (fromOffset <= 0) {
      return false;
    }
    // Runs below the place's own, which a split put there, are not on the way to it.
    path[0] = path[pathLength - 1];
    pathStates[0] = pathStates[pathLength - 1];
    pathLength = 1;
    while (up != 0 && pathLength <= from.depth()) {
      visit(reader, up);
      up = RunTable.parent(state);
    }
    return up == 0;
  }

  private void visit(RunReader reader, int number) {
    look(reader, number);
    if (pathLength == path.length) {
      path = Arrays.copyOf(path, 2 * pathLength);
      pathStates = Arrays.copyOf(pathStates, 2 * pathLength);
    }
    path[pathLength] = number;
    pathStates[pathLength++] = state;
  }

  private boolean pathHolds(RunReader reader) {
    for (int i = 0; i < pathLength; i++) {
      var record = reader.recordSegment(path[i]);
      if (RunTable.changedSince(record, RunTable.at(path[i]), pathStates[i])) {
        return false;
      }
    }
    return true;
  }

  /// The chain that is asked for.
  BlockChain chain() {
    return chain;
  }

  /// Index in [#chain] of a matched position of the run being looked at; negative if the way began
  /// below it.
  int chainIndexOf(int position) {
    return next + position - (matched - taken);
  }

  /// Whether the run being looked at lies on the way to the place at which this began.
  boolean isOnPath() {
    return pathLeft > 0;
  }

  /// Looks at the next run.
  ///
  /// @return false if the chain leaves the tree, or ends
  boolean advance(RunReader reader) {
    if (ended) {
      return false;
    }
    if (isOnPath()) {
      look(reader, path[pathLeft - 1]);
      advanceOnPath(reader);
      return true;
    }
    do {
      if (next == chain.length() || !reader.findHead(this, above, chain, next)) {
        return false;
      }
      taken = reader.common(this, chain, next, 0);
      matched = taken;
    } while (taken == 0 && hasChanged());
    return taken > 0;
  }

  private void advanceOnPath(RunReader reader) {
    if (pathLeft > 1) {
      taken = 0;
      matched = RunTable.length(place);
    } else {
      int offset = Math.min(fromOffset, RunTable.length(place));
      taken = reader.common(this, chain, 0, offset);
      matched = offset + taken;
    }
  }

  /// Begins to read a run, once it is not being changed.
  void look(RunReader reader, int number) {
    run = number;
    words = reader.recordSegment(number);
    at = RunTable.at(number);
    state = RunTable.state(words, at);
    while (RunTable.isOpen(state)) {
      Thread.onSpinWait();
      state = RunTable.state(words, at);
    }
    place = RunTable.cellWord(words, at + RunTable.PLACE);
  }

  /// Whether the run has changed since [#look].
  boolean hasChanged() {
    return RunTable.changedSince(words, at, state);
  }

  /// Whether what was read of the run holds: it has not changed meanwhile, and lies on the path if
  /// it should.
  boolean holds() {
    return (pathLeft == 0 || state == pathStates[pathLeft - 1]) && !hasChanged();
  }

  /// Takes the run as read, and goes on below it.
  void accept() {
    ended = matched < RunTable.length(place);
    pathLeft = Math.max(0, pathLeft - 1);
    above = run;
    base += matched;
    next += taken;
  }
}
