// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.load;

import io.incipit.bench.target.Chains;
import io.incipit.bench.target.Target;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// What one owner of limited capacity stores and drops while a trace repeats: each prompt is stored
/// as far as it is missing, and the least recently used blocks go, tails first.
///
/// The state at the end of a round through the trace is the state at its beginning, so rounds can
/// follow each other without end.
final class Churn {
  /// What one prompt does: stores its chain from `known` on, then drops these stretches.
  private record Step(int known, List<Stretch> dropped) {}

  /// Blocks `[from, to)` of a chain.
  private record Stretch(int chain, int from, int to) {}

  private final Chains chains;
  private final int split;
  private final Prompts prompts;
  private final int capacity;
  private final List<Step> steps = new ArrayList<>();
  private final List<Integer> cachedAtStart = new ArrayList<>();

  // A ring of blocks in the order of their last use; number 0 is its anchor, block id + 1 the rest.
  private final int[] newer;
  private final int[] older;
  private final int[] chainOf;
  private final int[] positionOf;
  private int cached;

  /// @param chains the chains of `prompts`, each of their blocks cut into `split`
  /// @param capacityBlocks what the owner holds at most, in blocks of the chains
  Churn(Prompts prompts, Chains chains, int split, int capacityBlocks) {
    this.prompts = prompts;
    this.chains = chains;
    this.split = split;
    this.capacity = capacityBlocks / split;
    int end = prompts.idsEnd() + 1;
    newer = new int[end];
    older = new int[end];
    chainOf = new int[end];
    positionOf = new int[end];
    Arrays.fill(newer, -1);
    newer[0] = 0;
    older[0] = 0;
    pass();
    steps.clear();
    rememberCached();
    pass();
  }

  private void pass() {
    for (int i = 0; i < prompts.count(); i++) {
      int known = 0;
      while (known < prompts.length(i) && newer[prompts.id(i, known) + 1] >= 0) {
        known++;
      }
      for (int position = prompts.length(i) - 1; position >= 0; position--) {
        touch(i, position);
      }
      steps.add(new Step(known * split, evict()));
    }
  }

  private void touch(int chain, int position) {
    int block = prompts.id(chain, position) + 1;
    if (newer[block] >= 0) {
      unlink(block);
    } else {
      cached++;
    }
    older[block] = older[0];
    newer[older[0]] = block;
    newer[block] = 0;
    older[0] = block;
    chainOf[block] = chain;
    positionOf[block] = position;
  }

  private void unlink(int block) {
    newer[older[block]] = newer[block];
    older[newer[block]] = older[block];
    newer[block] = -1;
  }

  private List<Stretch> evict() {
    var dropped = new ArrayList<Stretch>();
    while (cached > capacity) {
      int oldest = newer[0];
      unlink(oldest);
      cached--;
      int from = positionOf[oldest] * split;
      int chain = chainOf[oldest];
      var last = dropped.isEmpty() ? null : dropped.getLast();
      if (last != null && last.chain() == chain && last.from() == from + split) {
        dropped.set(dropped.size() - 1, new Stretch(chain, from, last.to()));
      } else {
        dropped.add(new Stretch(chain, from, from + split));
      }
    }
    return dropped;
  }

  private void rememberCached() {
    for (int i = 0; i < prompts.count(); i++) {
      int held = 0;
      while (held < prompts.length(i) && newer[prompts.id(i, held) + 1] >= 0) {
        held++;
      }
      cachedAtStart.add(held * split);
    }
  }

  /// Number of prompts in a round.
  int count() {
    return steps.size();
  }

  Chains chains() {
    return chains;
  }

  /// Brings an empty target to the state at the beginning of a round.
  void fill(Target target) {
    var stored = new boolean[newer.length];
    for (int i = 0; i < prompts.count(); i++) {
      int held = cachedAtStart.get(i) / split;
      int known = 0;
      while (known < held && stored[prompts.id(i, known)]) {
        known++;
      }
      for (int position = known; position < held; position++) {
        stored[prompts.id(i, position)] = true;
      }
      if (known < held) {
        target.takeNew(chains.prefix(i, held * split), 0, known * split);
        target.store(0);
      }
    }
  }

  /// Does what prompt `i` of the round does.
  ///
  /// @param told whether the target is told, or only takes what it would be told
  void step(Target target, int i, boolean told) {
    var step = steps.get(i);
    if (step.known() < chains.length(i)) {
      target.takeNew(chains, i, step.known());
      if (told) {
        target.store(0);
      }
    }
    for (var stretch : step.dropped()) {
      target.takeOld(chains, stretch.chain(), stretch.from(), stretch.to());
      if (told) {
        target.remove(0);
      }
    }
  }

  /// Blocks stored or dropped by the first `count` prompts of a round.
  long changes(int count) {
    long sum = 0;
    for (int i = 0; i < count; i++) {
      sum += chains.length(i) - steps.get(i).known();
      for (var stretch : steps.get(i).dropped()) {
        sum += stretch.to() - stretch.from();
      }
    }
    return sum;
  }
}
