// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.target;

import io.incipit.block.Hash64;

/// A target in this process that works on decoded hashes: what the designs compared with share.
abstract class Local implements Target {
  private final String name;

  /// The hashes taken, and how many.
  protected final long[] hashes;

  protected int count;

  Local(String name, int longest) {
    this.name = name;
    this.hashes = new long[longest];
  }

  @Override
  public final String name() {
    return name;
  }

  @Override
  public final void take(Chains chains, int i) {
    take(chains, i, 0, chains.length(i));
  }

  @Override
  public void takeNew(Chains chains, int i, int known) {
    take(chains, i, known, chains.length(i));
  }

  @Override
  public void takeOld(Chains chains, int i, int from, int to) {
    take(chains, i, from, to);
  }

  private void take(Chains chains, int i, int from, int to) {
    chains.decode(i, from, to, hashes);
    count = to - from;
  }

  @Override
  public final long cpuNs() {
    return CpuTime.threadNs();
  }

  /// A number that stands for one interval of one owner; digests are sums of these.
  static long digestOf(int from, int to, int owner) {
    long x = (((long) from << 32 | to) ^ (owner * Hash64.GOLDEN)) * Hash64.GOLDEN;
    return (x ^ x >>> 32) * Hash64.GOLDEN;
  }
}
