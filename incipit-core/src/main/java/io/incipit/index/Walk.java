// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

import io.incipit.block.BlockChain;
import java.util.Arrays;

/// One reader's way down the tree along a chain, run by run: [#start], then [#advance] to look at a
/// run, and [#accept] if it did not change meanwhile. Used again for the next look-up.
final class Walk {
  private static final int RESTARTS_MAX = 1_000;

  private BlockChain chain = BlockChain.empty(Long.BYTES);
  private Place from = Place.ROOT;
  private int[] path = new int[16];
  private int pathLength;
  private int pathAt;
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
  boolean restart(RunReader reader) {
    next = 0;
    base = 0;
    above = 0;
    run = 0;
    ended = false;
    pathAt = 0;
    pathLength = 0;
    return restarts++ < RESTARTS_MAX && (from.isRoot() || climb(reader));
  }

  /// Collects the runs from the place up to the root, then turns them around.
  private boolean climb(RunReader reader) {
    if (!reader.isPlace(from)) {
      return false;
    }
    for (int up = from.run(); up != 0; up = reader.parentOf(up)) {
      if (pathLength > from.depth()) {
        return false;
      }
      if (pathLength == path.length) {
        path = Arrays.copyOf(path, 2 * pathLength);
      }
      path[pathLength++] = up;
    }
    for (int i = 0, j = pathLength - 1; i < j; i++, j--) {
      int kept = path[i];
      path[i] = path[j];
      path[j] = kept;
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

  /// Whether this way began below the root.
  boolean hasPath() {
    return pathLength > 0;
  }

  /// Looks at the next run.
  ///
  /// @return false if the chain leaves the tree, or ends
  boolean advance(RunReader reader) {
    if (ended) {
      return false;
    }
    if (pathAt < pathLength) {
      look(reader, path[pathAt]);
      return advanceOnPath(reader);
    }
    if (next == chain.length()) {
      return false;
    }
    for (int tries = 0; tries < RESTARTS_MAX; tries++) {
      int found = reader.findHead(above, chain.high(next), chain.low(next));
      if (found == 0) {
        return false;
      }
      look(reader, found);
      taken = reader.common(this, chain, next, 0);
      matched = taken;
      if (taken > 0) {
        return true;
      }
    }
    return false;
  }

  private boolean advanceOnPath(RunReader reader) {
    if (pathAt < pathLength - 1) {
      taken = 0;
      matched = RunTable.length(place);
    } else {
      int offset = Math.min(from.offset(), RunTable.length(place));
      taken = reader.common(this, chain, 0, offset);
      matched = offset + taken;
    }
    return true;
  }

  private void look(RunReader reader, int number) {
    run = number;
    words = reader.recordSegment(number);
    at = RunTable.at(number);
    state = RunTable.state(words, at);
    while (RunTable.isOpen(state)) {
      Thread.onSpinWait();
      state = RunTable.state(words, at);
    }
    place = words[at + RunTable.PLACE];
  }

  /// Whether what was read of the run holds: it has not changed since [#advance], and lies on the
  /// path where it should.
  boolean holds() {
    boolean fits =
        pathAt >= pathLength
            || (RunTable.parent(state) == above
                && RunTable.depth(words[at + RunTable.SIZE]) == base
                && matched > 0);
    return matched > 0 && fits && !RunTable.changedSince(words, at, state);
  }

  /// Takes the run as read, and goes on below it.
  void accept() {
    ended = matched < RunTable.length(place);
    pathAt++;
    above = run;
    base += matched;
    next += taken;
  }
}
