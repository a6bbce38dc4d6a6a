// SPDX-License-Identifier: Apache-2.0
package io.incipit.index.table;

import java.util.Arrays;

/// Where holders stop that held everything before: words of sets of holders, by the block at which
/// they end. Of a set only the words that are not empty are kept. Used again for the next answer.
/// Not for several threads at once.
public final class Stops {
  private int[] ends = new int[16];
  private int[] firsts = new int[16];
  private int count;
  private int[] words = new int[16];
  private long[] bits = new long[16];
  private int wordCount;

  /// An empty list.
  public Stops() {}

  /// Begins with none.
  public void clear() {
    count = 0;
    wordCount = 0;
  }

  /// Adds a word of the set that [#end] will end.
  public void add(int word, long set) {
    if (wordCount == words.length) {
      words = Arrays.copyOf(words, 2 * wordCount);
      bits = Arrays.copyOf(bits, 2 * wordCount);
    }
    words[wordCount] = word;
    bits[wordCount++] = set;
  }

  /// The words added since the last call stop at `block`, if there are any.
  public void end(int block) {
    if (wordCount == firsts[count]) {
      return;
    }
    if (count + 2 >= ends.length) {
      ends = Arrays.copyOf(ends, 2 * ends.length);
      firsts = Arrays.copyOf(firsts, 2 * firsts.length);
    }
    ends[count++] = block;
    firsts[count] = wordCount;
  }

  /// Number of stops.
  public int count() {
    return count;
  }

  /// Number of words of all stops.
  public int words() {
    return wordCount;
  }

  /// The block at which stop `i` is.
  public int block(int i) {
    return ends[i];
  }

  /// The first word of stop `i`; those of the next one follow behind the last.
  public int first(int i) {
    return firsts[i];
  }

  /// Which word of the set word `i` is.
  public int word(int i) {
    return words[i];
  }

  /// The bits of word `i`.
  public long bits(int i) {
    return bits[i];
  }
}
