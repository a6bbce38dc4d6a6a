// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace;

import java.util.Arrays;

/// An int for each block id of a trace, 0 until it is put. For one thread.
///
/// Lies in pages that stay where they are, so that growing needs no second copy: 4 B for each id up
/// to the largest.
public final class IdInts {
  private static final int PAGE_BITS = 16;
  private static final int PLACE = (1 << PAGE_BITS) - 1;

  private int[][] pages = new int[16][];
  private int count;

  /// Zero for every id.
  public IdInts() {}

  /// What was put last.
  ///
  /// @param id from 0 on
  public int at(long id) {
    long page = id >>> PAGE_BITS;
    return page < count ? pages[(int) page][(int) id & PLACE] : 0;
  }

  /// Keeps a value.
  ///
  /// @param id from 0 to `Integer.MAX_VALUE`
  public void put(long id, int value) {
    int page = Math.toIntExact(id) >>> PAGE_BITS;
    if (page >= count) {
      reach(page);
    }
    pages[page][(int) id & PLACE] = value;
  }

  private void reach(int page) {
    if (page >= pages.length) {
      pages = Arrays.copyOf(pages, Math.max(page + 1, 2 * pages.length));
    }
    while (count <= page) {
      pages[count] = new int[1 << PAGE_BITS];
      count++;
    }
  }
}
