// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.pool;

import io.incipit.env.RandomSource;
import java.util.random.RandomGenerator;

/// Moves one line at a time, and lets others take their turn after each: a READ sees a line whole,
/// and of several lines some from before a WRITE and some from after it.
public final class TearingTransport implements Transport {
  private final Turns turns;
  private final boolean ascending;
  private final RandomGenerator random;

  /// @param ascending whether lines are moved in the order of their addresses, or in any
  public TearingTransport(Turns turns, boolean ascending, long seed) {
    this.turns = turns;
    this.ascending = ascending;
    this.random = RandomSource.seeded(seed);
  }

  @Override
  public void copy(byte[] memory, int from, byte[] target, int to, int length) {
    turns.step();
    for (int line : order(from, length)) {
      int begin = Math.max(from, line * LINE);
      int end = Math.min(from + length, (line + 1) * LINE);
      System.arraycopy(memory, begin, target, to + begin - from, end - begin);
      turns.step();
    }
  }

  @Override
  public void write(byte[] source, int from, byte[] memory, int to, int length) {
    turns.step();
    for (int line : order(to, length)) {
      int begin = Math.max(to, line * LINE);
      int end = Math.min(to + length, (line + 1) * LINE);
      System.arraycopy(source, from + begin - to, memory, begin, end - begin);
      turns.step();
    }
  }

  @Override
  public void beforeAtomic() {
    turns.step();
  }

  private int[] order(int from, int length) {
    int first = from / LINE;
    var lines = new int[(from + length - 1) / LINE - first + 1];
    for (int i = 0; i < lines.length; i++) {
      int other = ascending ? i : random.nextInt(i + 1);
      lines[i] = lines[other];
      lines[other] = first + i;
    }
    return lines;
  }
}
