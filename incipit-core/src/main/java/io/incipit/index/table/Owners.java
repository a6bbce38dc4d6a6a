// SPDX-License-Identifier: Apache-2.0
package io.incipit.index.table;

import java.util.Arrays;

/// Owners with the same counts, to be listed by their numbers. Used again for the next answer. Not
/// for several threads at once.
public final class Owners {
  private int[] owners = new int[16];
  private int count;
  private int least;
  private int most;
  private boolean sorted;

  /// A bit for each owner, by the word of the least; zero but during [#sort].
  private long[] bits = new long[4];

  /// An empty list.
  public Owners() {
    clear();
  }

  /// Begins with none.
  public void clear() {
    count = 0;
    least = Integer.MAX_VALUE;
    most = -1;
    sorted = true;
  }

  /// Adds an owner that is not in the list yet.
  public void add(int owner) {
    if (count == owners.length) {
      owners = Arrays.copyOf(owners, 2 * count);
    }
    owners[count++] = owner;
    sorted &= owner > most;
    least = Math.min(least, owner);
    most = Math.max(most, owner);
  }

  /// Number of owners.
  public int count() {
    return count;
  }

  /// Owner `i`.
  public int get(int i) {
    return owners[i];
  }

  /// Puts them in the order of their numbers. Where these lie close together that takes a step for
  /// each; else `n log n` steps for `n` of them.
  public void sort() {
    int first = least >>> 6;
    int words = (most >>> 6) - first + 1;
    if (sorted) {
      return;
    }
    if (words > count) {
      Arrays.sort(owners, 0, count);
      return;
    }
    bits = bits.length < words ? new long[Math.max(words, 2 * bits.length)] : bits;
    for (int i = 0; i < count; i++) {
      bits[(owners[i] >>> 6) - first] |= 1L << owners[i];
    }
    int next = 0;
    for (int word = 0; word < words; word++) {
      for (long left = bits[word]; left != 0; left &= left - 1) {
        owners[next++] = ((first + word) << 6) + Long.numberOfTrailingZeros(left);
      }
      bits[word] = 0;
    }
  }
}
