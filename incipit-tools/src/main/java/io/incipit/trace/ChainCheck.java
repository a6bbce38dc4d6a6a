// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace;

/// What must hold of ids that name whole prefixes and were given out in the order in which prefixes
/// were first seen: new ids are consecutive, and an id always stands below the same parent. The
/// same depth, and no duplicates in a request, follow from that. Keeps 4 B for each id.
///
/// Once lines have been left out, ids that they may have brought are taken as they come.
final class ChainCheck {
  /// The most blocks of one request.
  static final int BLOCKS_MAX = 131_072;

  private static final int UNSEEN = 0;
  private static final int ROOT = -1;

  /// By id, its parent's id + 2, so that the root's children have 1.
  private final IdInts parents = new IdInts();

  private int next;
  private long missed;

  /// Refuses ids that cannot be, and keeps nothing of them then.
  void accept(BlockIds ids) throws BadLineException {
    int parent = ROOT;
    int fresh = next;
    for (int i = 0; i < ids.length(); i++) {
      long id = ids.id(i);
      requireAfter(i, id, parent);
      if (id >= fresh) {
        requireNext(i, id, fresh);
        fresh = (int) id + 1;
      } else if (id >= next || parents.at(id) != UNSEEN) {
        requireParent(i, (int) id, parent);
      }
      parent = (int) id;
    }
    keep(ids, fresh);
  }

  /// A line was left out, and with it up to [#BLOCKS_MAX] new ids.
  void skip() {
    missed += BLOCKS_MAX;
  }

  private static void requireAfter(int i, long id, int parent) throws BadLineException {
    if (id <= parent) {
      throw new BadLineException(
          (parent == ROOT
                  ? "hash_ids[%d]: %d (expected: from 0 on)"
                  : "hash_ids[%d]: %d after %d (expected: ids that increase along a prompt)")
              .formatted(i, id, parent));
    }
  }

  private void requireNext(int i, long id, int fresh) throws BadLineException {
    if (id - fresh > missed || id > Integer.MAX_VALUE - 3) {
      throw new BadLineException(
          "hash_ids[%d]: %d (expected: %d, the next new id, or one seen before)"
              .formatted(i, id, fresh));
    }
  }

  private void requireParent(int i, int id, int parent) throws BadLineException {
    if (parents.at(id) != parent + 2) {
      throw new BadLineException(
          "hash_ids[%d]: %d below %s (expected: below %s, as seen before)"
              .formatted(i, id, place(parent), place(parents.at(id) - 2)));
    }
  }

  private static String place(int id) {
    return id == ROOT ? "the root" : Integer.toString(id);
  }

  private void keep(BlockIds ids, int fresh) {
    int parent = ROOT;
    for (int i = 0; i < ids.length(); i++) {
      parents.put(ids.id(i), parent + 2);
      parent = (int) ids.id(i);
    }
    next = fresh;
  }
}
