// SPDX-License-Identifier: Apache-2.0
package io.incipit.block;

import java.util.List;
import java.util.Map;

/// The outcome of an [Op].
public sealed interface Reply {
  /// Flag: an owner concerned is partial, so the true answer may be longer.
  int PARTIAL = 1;

  /// Flag: the answer rests on owners that have not been heard of lately.
  int STALE = 2;

  /// Flag: the list was cut at the limit that the request gave.
  int TRUNCATED = 4;

  /// The op changed the state, or had nothing to change.
  record Done() implements Reply {}

  /// `seq` is the last publish of the owner that has been applied.
  record Published(long seq) implements Reply {}

  /// `blocks` leading blocks can be read; `holders` says by whom. The cursor names the place after
  /// block `blocks`.
  record Matched(int blocks, long tokens, int flags, Cursor cursor, Holders holders)
      implements Reply {}

  /// `known` leading blocks are held by anybody, or lie above blocks that are. The cursor names the
  /// place after them.
  record Scored(int known, int flags, Cursor cursor, Scores scores) implements Reply {}

  /// The blocks after the one asked for, in its run. Positions in `holders` count from the first of
  /// `hashes`.
  ///
  /// @param hashes last 8 bytes of each block's hash: what the index keeps
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
  record Row(Map<String, String> fields) implements Reply {}

  /// Rows of names and values, for people and for administration.
  record Rows(List<Map<String, String>> rows) implements Reply {
    public Rows {
      rows = List.copyOf(rows);
    }
  }

  /// The op was refused and changed nothing.
  record Refused(ErrorCode code, String detail) implements Reply {}
}
