// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

import io.incipit.block.BlockChain;
import java.util.Arrays;

/// One reader's way down the tree along a chain, run by run: [#start], then [#advance] to look at a
/// run, and [#accept] once it was read; [#again] if that was refused. Scratch of a question.
final class Descent {
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
  private int[] path = new int[4];
  private long[] pathStates = new long[4];
  private int pathLength;
  private int pathLeft;

  /// Whether a run above did not end where the one below begins: a split is under way.
  private boolean torn;

  /// Blocks before the place in the first run of the path.
  private int fromOffset;

  private int next;
  private int taken;
  private boolean ended;

  /// Index in the chain of the last block that counts; if it is negative, the block stands above
  /// the place, and has this hash.
  private int lastIndex;

  private long lastLow;
  private long lastHigh;

  /// The run above, accepted; 0 for the root.
  private int above;

  /// Blocks of all accepted runs: where the run being looked at starts.
  int base;

  /// The run being looked at.
  final RunView view;

  /// Blocks of the run that the chain matches.
  int matched;

  Descent(Question question) {
    this.question = question;
    this.view = question.view;
  }

  /// Begins at a place, to go on along `chain`.
  ///
  /// @return false if the question has failed: the place is gone, for one
  boolean start(RunFinder finder, Place from, BlockChain next) {
    chain = next;
    this.from = from;
    return begin(finder);
  }

  private boolean begin(RunFinder finder) {
    do {
      next = 0;
      base = 0;
      above = 0;
      ended = false;
      pathLength = 0;
      pathLeft = 0;
      torn = false;
      lastIndex = -1;
      if (from.isRoot()) {
        return true;
      }
      boolean found = climb(finder, from.run());
      if (!found && pathHolds(finder)) {
        found = finder.findBlock(question, from) && climb(finder, view.run);
      }
      if (pathHolds(finder)) {
        pathLeft = pathLength;
        return found || question.fail(Outcome.PLACE_GONE);
      }
    } while (question.again());
    return false;
  }

  /// Collects the runs from the place up to the root, starting in `start` or below the place.
  private boolean climb(RunFinder finder, int start) {
    pathLength = 0;
    fromOffset = -1;
    int up = finder.exists(start) ? start : 0;
    while (fromOffset < 0 && up != 0 && visit(finder, up)) {
      fromOffset = finder.offsetOf(view, from);
      up = view.parent();
    }
    if (fromOffset <= 0) {
      return false;
    }
    // Runs below the place's own, which a split put there, are not on the way to it.
    path[0] = path[pathLength - 1];
    pathStates[0] = pathStates[pathLength - 1];
    pathLength = 1;
    while (up != 0 && visit(finder, up)) {
      up = view.parent();
    }
    return up == 0;
  }

  /// Adds a run to the path, which must end where the last one begins.
  private boolean visit(RunFinder finder, int number) {
    int below = pathLength == 0 ? 0 : view.depth();
    if (!finder.look(question, number)) {
      return false;
    }
    torn = pathLength > 0 && view.depth() + view.length() != below;
    if (torn) {
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
  private boolean pathHolds(RunFinder finder) {
    boolean holds = !torn && !question.hasFailed();
    for (int i = 0; holds && i < pathLength; i++) {
      holds = !finder.changedSince(path[i], pathStates[i]);
    }
    return holds;
  }

  /// Looks at the next run.
  ///
  /// @return false if the chain leaves the tree, or ends, or the question has failed
  boolean advance(RunFinder finder) {
    if (ended || question.hasFailed()) {
      return false;
    }
    if (pathLeft > 0) {
      boolean seen = finder.look(question, path[pathLeft - 1]);
      advanceOnPath(finder);
      return seen;
    }
    do {
      if (next == chain.length() || !finder.findHead(question, above, chain, next)) {
        return false;
      }
      taken = finder.common(view, chain, next, 0);
      matched = taken;
    } while (taken == 0 && view.changed() && question.again());
    return taken > 0;
  }

  private void advanceOnPath(RunFinder finder) {
    if (pathLeft > 1) {
      taken = 0;
      matched = view.length();
    } else {
      int offset = Math.min(fromOffset, view.length());
      taken = finder.common(view, chain, 0, offset);
      matched = offset + taken;
    }
  }

  /// Takes only the first `blocks` of those matched.
  void shorten(int blocks) {
    taken -= matched - blocks;
    matched = blocks;
  }

  /// Goes back, after what was read did not hold: to the same run, or where the way began.
  ///
  /// @return whether it is where the way began
  boolean again(RunFinder finder) {
    boolean onPath = pathLeft > 0;
    if (question.again() && onPath) {
      begin(finder);
    }
    return onPath;
  }

  /// Takes the run as read, and goes on below it, if what was read of it holds: it has not changed
  /// meanwhile, and lies on the path if it should.
  ///
  /// @param covered how many of the matched blocks count: the last of them is where [#high] and
  ///     [#low] are, if there is one
  /// @return false if what was read does not hold, or the question has failed
  boolean accept(RunFinder finder, int covered) {
    int index = next + covered - 1 - (matched - taken);
    long low = covered > 0 && index < 0 ? finder.wordAt(view.place, covered - 1, 0) : 0;
    long high = covered > 0 && index < 0 ? finder.highAt(view.place, covered - 1) : 0;
    boolean isPlaced = pathLeft == 0 || view.state == pathStates[pathLeft - 1];
    if (question.hasFailed() || !isPlaced || view.changed()) {
      return false;
    }
    if (covered > 0) {
      lastIndex = index;
      lastLow = low;
      lastHigh = high;
    }
    ended = matched < view.length();
    pathLeft = Math.max(0, pathLeft - 1);
    above = view.run;
    base += matched;
    next += taken;
    return true;
  }

  /// The last run accepted; 0 if there is none.
  int accepted() {
    return above;
  }

  /// The last 8 bytes of the hash of the last block that counts: the question's own where it came
  /// along it, since equal blocks have equal hashes and its memory is at hand.
  long low() {
    return lastIndex >= 0 ? chain.low(lastIndex) : lastLow;
  }

  /// The 8 bytes before [#low]; 0 where hashes have 8 bytes.
  long high() {
    return lastIndex >= 0 ? chain.high(lastIndex) : lastHigh;
  }
}
