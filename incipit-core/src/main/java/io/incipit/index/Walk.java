// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

import io.incipit.block.BlockChain;
import java.util.Arrays;

/// One reader's way down the tree along a chain, run by run: [#start], then [#advance] to look at a
/// run, and [#accept] if what was read of it [#holds]; [#again] if not. Scratch of a question.
final class Walk {
  /*
   * From the root each run is found by the hash of its first block and proven by its own hashes.
   * From a place the runs above it are not named by the question: they are collected upwards, and
   * their states with them. If none of these has changed when the last is read, they were the
   * place's ancestors all at one moment; on the way down a run counts only in that same state.
   *
   * A place names a run, and the block before it. Splits leave that block to a run above; if the
   * number leads nowhere, since the run was freed, the block is looked up by its hash.
   */
  private final Question question;
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

  /// The run above, accepted; 0 for the root.
  private int above;

  /// Blocks of all accepted runs: where the run being looked at starts.
  int base;

  /// The run being looked at.
  final RunView view;

  /// Blocks of the run that the chain matches.
  int matched;

  Walk(Question question) {
    this.question = question;
    this.view = question.view;
  }

  /// Begins at a place, to go on along `chain`.
  ///
  /// @return false if the question has failed: the place is gone, for one
  boolean start(RunReader reader, Place from, BlockChain next) {
    chain = next;
    this.from = from;
    return begin(reader);
  }

  private boolean begin(RunReader reader) {
    do {
      next = 0;
      base = 0;
      above = 0;
      ended = false;
      pathLength = 0;
      pathLeft = 0;
      if (from.isRoot()) {
        return true;
      }
      boolean found = climb(reader, from.run());
      if (!found && pathHolds(reader)) {
        found = reader.findBlock(question, from) && climb(reader, view.run);
      }
      if (pathHolds(reader)) {
        pathLeft = pathLength;
        return found || question.fail(Outcome.PLACE_GONE);
      }
    } while (question.again());
    return false;
  }

  /// Collects the runs from the place up to the root, starting in `start` or below the place.
  private boolean climb(RunReader reader, int start) {
    pathLength = 0;
    fromOffset = -1;
    int up = reader.exists(start) ? start : 0;
    while (fromOffset < 0 && up != 0 && visit(reader, up)) {
      fromOffset = reader.offsetOf(view, from);
      up = view.parent();
    }
    if (fromOffset <= 0) {
      return false;
    }
    // Runs below the place's own, which a split put there, are not on the way to it.
    path[0] = path[pathLength - 1];
    pathStates[0] = pathStates[pathLength - 1];
    pathLength = 1;
    while (up != 0 && visit(reader, up)) {
      up = view.parent();
    }
    return up == 0;
  }

  /// Adds a run to the path, which must not stand deeper than the last.
  private boolean visit(RunReader reader, int number) {
    int below = pathLength == 0 ? Integer.MAX_VALUE : view.depth();
    if (!reader.look(question, number) || view.depth() >= below) {
      return false;
    }
    if (pathLength == path.length) {
      path = Arrays.copyOf(path, 2 * pathLength);
      pathStates = Arrays.copyOf(pathStates, 2 * pathLength);
    }
    path[pathLength] = number;
    pathStates[pathLength++] = view.state;
    return true;
  }

  /// Whether all runs of the path are as they were when they were collected.
  private boolean pathHolds(RunReader reader) {
    boolean holds = !question.hasFailed();
    for (int i = 0; holds && i < pathLength; i++) {
      holds = !reader.changedSince(path[i], pathStates[i]);
    }
    return holds;
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

  /// Looks at the next run.
  ///
  /// @return false if the chain leaves the tree, or ends, or the question has failed
  boolean advance(RunReader reader) {
    if (ended || question.hasFailed()) {
      return false;
    }
    if (pathLeft > 0) {
      boolean seen = reader.look(question, path[pathLeft - 1]);
      advanceOnPath(reader);
      return seen;
    }
    do {
      if (next == chain.length() || !reader.findHead(question, above, chain, next)) {
        return false;
      }
      taken = reader.common(view, chain, next, 0);
      matched = taken;
    } while (taken == 0 && view.changed() && question.again());
    return taken > 0;
  }

  private void advanceOnPath(RunReader reader) {
    if (pathLeft > 1) {
      taken = 0;
      matched = view.length();
    } else {
      int offset = Math.min(fromOffset, view.length());
      taken = reader.common(view, chain, 0, offset);
      matched = offset + taken;
    }
  }

  /// Takes only the first `blocks` of those matched.
  void shorten(int blocks) {
    taken -= matched - blocks;
    matched = blocks;
  }

  /// Whether what was read of the run holds: it has not changed meanwhile, and lies on the path if
  /// it should.
  boolean holds() {
    return !question.hasFailed()
        && (pathLeft == 0 || view.state == pathStates[pathLeft - 1])
        && !view.changed();
  }

  /// Goes back, after what was read did not hold: to the same run, or where the way began.
  ///
  /// @return whether it is where the way began
  boolean again(RunReader reader) {
    boolean onPath = pathLeft > 0;
    if (question.again() && onPath) {
      begin(reader);
    }
    return onPath;
  }

  /// Takes the run as read, and goes on below it.
  void accept() {
    ended = matched < view.length();
    pathLeft = Math.max(0, pathLeft - 1);
    above = view.run;
    base += matched;
    next += taken;
  }

  /// The last run accepted; 0 if there is none.
  int accepted() {
    return above;
  }
}
