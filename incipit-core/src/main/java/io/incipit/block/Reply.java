// SPDX-License-Identifier: Apache-2.0
package io.incipit.block;

import java.util.List;
import java.util.Map;

/// The outcome of an [Op].
public sealed interface Reply {
  /// Flag: an owner listed in the answer is partial, so it may hold more than the answer says.
  int PARTIAL = 1;

  /// Flag: the answer rests on owners that have not been heard of lately.
  int STALE = 2;

  /// Flag: the list was cut at the limit that the request gave.
  int TRUNCATED = 4;

  /// Flag: some eligible owner, listed or not, is partial, so the true answer may be longer.
  int SHORT = 8;

  /// Flag of a range read: it ended because no known block follows the last one.
  int END = 16;

  /// Flag of a range read: it ended because prompts part after the last block.
  int PARTING = 32;

  /// Flag of a range read: nothing is known of the block that was asked for.
  int UNKNOWN = 64;

  /// Flag of a range read: it ended at the count that was asked for; more may follow.
  int COUNT = 128;

  /// The op changed the state, or had nothing to change.
  record Done() implements Reply {}

  /// `seq` is the last publish of the owner that has been applied; 0 if none has.
  ///
  /// @param dropped blocks that this publish named as held and that could not be stored, because
  ///     they contradict the chaining of hashes or wait for too many parents
  record Published(long seq, long dropped) implements Reply {
    /// A publish of which nothing was dropped.
    public Published(long seq) {
      this(seq, 0);
    }
  }

  /// `blocks` leading blocks can be read; `holders` says by whom. The cursor names the place after
  /// block `blocks`.
  record Matched(int blocks, long tokens, int flags, Cursor cursor, Holders holders)
      implements Reply {}

  /// `known` leading blocks are held by anybody, or lie above blocks that are. The cursor names the
  /// place after them.
  ///
  /// @param named whether the listed owners are named
  /// @param names their names, in the order of `scores`
  record Scored(
      int known, int flags, Cursor cursor, Scores scores, boolean named, List<String> names)
      implements Reply {
    public Scored {
      names = List.copyOf(names);
      if (names.size() != (named ? scores.count() : 0)) {
        throw new IllegalArgumentException(
            "names: %d (expected: %d)".formatted(names.size(), named ? scores.count() : 0));
      }
    }

    /// An answer with the names of the listed owners, in their order.
    public Scored(int known, int flags, Cursor cursor, Scores scores, List<String> names) {
      this(known, flags, cursor, scores, true, names);
    }

    /// An answer without names.
    public Scored(int known, int flags, Cursor cursor, Scores scores) {
      this(known, flags, cursor, scores, false, List.of());
    }
  }

  /// Blocks that follow the one asked for. Positions in `holders` count from the first of `hashes`.
  ///
  /// @param flags one of [#END], [#PARTING], [#UNKNOWN] and [#COUNT] among them
  record Ran(BlockChain hashes, int flags, Holders holders) implements Reply {}

  /// The holders of each block asked for; positions inside are `[0, 1)`.
  record Located(List<Holders> holders) implements Reply {
    public Located {
      holders = List.copyOf(holders);
    }
  }

  /// Names, such as those of all namespaces.
  record Names(List<String> names) implements Reply {
    public Names {
      names = List.copyOf(names);
    }
  }

  /// Names and values of one thing, in the order of the map.
  record Row(Map<String, Value> fields) implements Reply {}

  /// Rows of names and values, for people and for administration.
  record Rows(List<Map<String, Value>> rows) implements Reply {
    public Rows {
      rows = List.copyOf(rows);
    }
  }

  /// The op was refused and changed nothing, but that a `GAP` leaves its owner partial.
  record Refused(ErrorCode code, String detail) implements Reply {}
}
