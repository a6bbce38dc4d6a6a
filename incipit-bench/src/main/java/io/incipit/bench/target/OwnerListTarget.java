// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.target;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/// A `HashMap` from block to a sorted list of owners, for many of them. It knows that owners here
/// never lose blocks: where a block has as many owners as the one before, it is taken for the same
/// list.
public final class OwnerListTarget extends Local {
  private static final int[] NOBODY = {};

  private final Map<Long, int[]> map = new HashMap<>();
  private int[] active = NOBODY;
  private final int[] scores;

  /// An empty one, for chains of at most `longest` blocks and owners in `[0, owners)`.
  public OwnerListTarget(int longest, int owners) {
    super("hashmap", longest);
    scores = new int[owners];
  }

  @Override
  public boolean answers(Question question) {
    return question == Question.SCORE;
  }

  @Override
  public long ask(Question question) {
    Arrays.fill(scores, 0);
    active = NOBODY;
    int i = 0;
    for (; i < count; i++) {
      var owners = map.get(hashes[i]);
      if (owners == null) {
        break;
      }
      if (owners.length != active.length) {
        leave(owners, i);
      }
    }
    leave(NOBODY, i);
    long sum = 0;
    for (int score : scores) {
      sum += score;
    }
    return sum;
  }

  /// Those who held the blocks so far and are not among `owners` got as far as `position`.
  private void leave(int[] owners, int position) {
    int j = 0;
    for (int owner : active) {
      while (j < owners.length && owners[j] < owner) {
        j++;
      }
      if (j == owners.length || owners[j] != owner) {
        scores[owner] = position;
      }
    }
    active = owners;
  }

  @Override
  public long digest(Question question) {
    long sum = 0;
    for (int owner = 0; owner < scores.length; owner++) {
      sum += digestOf(0, scores[owner], owner);
    }
    return sum;
  }

  @Override
  public void store(int owner) {
    for (int i = 0; i < count; i++) {
      map.merge(hashes[i], new int[] {owner}, (old, _) -> with(old, owner));
    }
  }

  private static int[] with(int[] owners, int owner) {
    int found = Arrays.binarySearch(owners, owner);
    if (found >= 0) {
      return owners;
    }
    int at = -found - 1;
    var more = Arrays.copyOf(owners, owners.length + 1);
    System.arraycopy(owners, at, more, at + 1, owners.length - at);
    more[at] = owner;
    return more;
  }

  @Override
  public void remove(int owner) {
    throw new UnsupportedOperationException(name());
  }
}
