// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.load;

import io.incipit.bench.target.Chains;
import io.incipit.bench.target.Target;

/// Stores in their order: each puts the blocks of a chain from some position on, for an owner.
public final class Feed {
  private final Chains chains;
  private final int[] known;
  private final int[] owners;

  Feed(Chains chains, int[] known, int[] owners) {
    this.chains = chains;
    this.known = known;
    this.owners = owners;
  }

  /// The same stores with hashes of 16 bytes.
  Feed wide() {
    return new Feed(chains.wide(), known, owners);
  }

  /// The chains.
  public Chains chains() {
    return chains;
  }

  /// Blocks stored, all together.
  public long blocks() {
    long sum = 0;
    for (int i = 0; i < known.length; i++) {
      sum += chains.length(i) - known[i];
    }
    return sum;
  }

  /// Stores everything.
  ///
  /// @param told whether the target is told, or only takes what it would be told
  void run(Target target, boolean told) {
    for (int i = 0; i < known.length; i++) {
      step(target, i, told);
    }
  }

  /// Number of stores.
  int count() {
    return known.length;
  }

  void step(Target target, int i, boolean told) {
    if (known[i] < chains.length(i)) {
      target.takeNew(chains, i, known[i]);
      if (told) {
        target.store(owners[i]);
      }
    }
  }
}
