// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.mooncake;

import io.incipit.trace.BadLineException;
import io.incipit.trace.BlockIds;

/// What must hold of ids that name whole prefixes and were given out in the order in which prefixes
/// were first seen: new ids are consecutive, and an id always stands below the same parent. The
/// same depth, and no duplicates in a request, follow from that. Memory is that of [ParentIds]:
/// 1.5 bits for each id and 4 B for each stretch of ids that stand one below the other.
///
/// Once lines have been left out, ids that they may have brought are taken as they come.
final class ChainCheck {
  /// The most blocks of one request.
  static final int BLOCKS_MAX = 131_072;

  private static final int ROOT = ParentIds.ROOT;

  private final ParentIds parents = new ParentIds();
  private long missed;

  /// Refuses ids that cannot be, and keeps nothing of them then.
  void accept(BlockIds ids) throws BadLineException {
    int parent = ROOT;
    int fresh = parents.length();
    for (int i = 0; i < ids.length(); i++) {
      long id = ids.id(i);
      requireAfter(i, id, parent);
      if (id >= fresh) {
        requireNext(i, id, fresh);
        fresh = (int) id + 1;
      } else {
        requireParent(i, (int) id, parent);
      }
      parent = (int) id;
    }
    keep(ids);
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
    int known = parents.at(id);
    if (known != parent && known != ParentIds.UNSEEN) {
      throw new BadLineException(
          "hash_ids[%d]: %d below %s (expected: below %s, as seen before)"
              .formatted(i, id, place(parent), place(known)));
    }
  }

  private static String place(int id) {
    return id == ROOT ? "the root" : Integer.toString(id);
  }

  private void keep(BlockIds ids) {
    int parent = ROOT;
    for (int i = 0; i < ids.length(); i++) {
      int id = (int) ids.id(i);
      if (parents.at(id) == ParentIds.UNSEEN) {
        parents.put(id, parent);
      }
      parent = id;
    }
  }
}
