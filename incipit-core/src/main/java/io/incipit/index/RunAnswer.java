// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

import io.incipit.block.BlockChain;
import io.incipit.block.Holders;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/// The answer to a range read, filled by the index and used again for the next one. Not for several
/// threads at once.
public final class RunAnswer {
  /// Why a range read went no further.
  public enum End {
    /// Behind the last block listed there is none.
    END,

    /// Behind the last block listed several chains part.
    PARTING,

    /// The block asked for is unknown.
    UNKNOWN,

    /// So many blocks were wanted, or so many records may be in an answer.
    COUNT
  }

  private BlockChain hashes = BlockChain.empty(Long.BYTES);
  private End end = End.UNKNOWN;
  private final MatchAnswer stretch = new MatchAnswer();
  private long[] halves = new long[16];
  private int listed;

  /// An empty answer.
  public RunAnswer() {}

  /// Empties the answer.
  public void clear() {
    hashes = BlockChain.empty(Long.BYTES);
    end = End.UNKNOWN;
    listed = 0;
    stretch.clear();
  }

  /// The blocks that follow, of 8 bytes each, or of 16 where hashes have more than 8.
  public BlockChain hashes() {
    return hashes;
  }

  /// Why there are no more.
  public End end() {
    return end;
  }

  /// Number of intervals.
  public int count() {
    return stretch.count();
  }

  /// The intervals, copied: sorted by from, owner, tier; positions count from the first of
  /// [#hashes].
  public Holders holders() {
    return stretch.holders();
  }

  /// Gives the owners other numbers, and sorts by them.
  public void renumber(IntUnaryOperator numbers) {
    stretch.renumber(numbers);
  }

  /// Makes room for so many more blocks of `stride` words each.
  ///
  /// @return where their words go, from index [#listed] times `stride` on
  long[] extend(int blocks, int stride) {
    int words = (listed + blocks) * stride;
    if (words > halves.length) {
      halves = Arrays.copyOf(halves, Math.max(words, halves.length / 2 * 3));
    }
    return halves;
  }

  /// Takes so many blocks more, whose words are where [#extend] said.
  void list(int blocks) {
    listed += blocks;
  }

  /// Blocks taken so far.
  int listed() {
    return listed;
  }

  /// Ends with the blocks taken, of `stride` words each, high halves first.
  void end(int stride, End why) {
    var words = Arrays.copyOf(halves, listed * stride);
    hashes = stride == 1 ? BlockChain.of(words) : BlockChain.ofPairs(words);
    end = why;
  }

  /// Where intervals are added.
  MatchAnswer stretch() {
    return stretch;
  }
}
