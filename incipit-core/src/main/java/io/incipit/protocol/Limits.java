// SPDX-License-Identifier: Apache-2.0
package io.incipit.protocol;

import io.incipit.block.Namespace;

/// What one request may ask for; checked before anything is allocated for it.
public final class Limits {
  /// Bytes of one request, its framing included.
  public static final int FRAME_BYTES_MAX = 8 << 20;

  /// Words of one request, the command's name included.
  public static final int ARGUMENTS_MAX = 65_536;

  /// Bytes of a request in a single line, as people type it, its end included.
  public static final int INLINE_BYTES_MAX = 64 << 10;

  /// Bytes of a value that is stored.
  public static final int VALUE_BYTES_MAX = 256 << 20;

  /// Bytes of a value that is read to its end, be it only to be refused; with more the connection
  /// ends, as it does at a Redis.
  public static final int VALUE_BYTES_READ_MAX = 512 << 20;

  /// Bytes of a value from which on it goes where it is stored as it arrives. It is no part of its
  /// frame then, and not bounded by what a frame may have.
  public static final int VALUE_BYTES_APART = 32 << 10;

  /// Bytes of a key.
  public static final int KEY_BYTES_MAX = 1_024;

  /// Blocks of one chain: two million tokens at 16 a block.
  public static final int CHAIN_BLOCKS_MAX = 131_072;

  /// Blocks that one `KVC.READ` asks for: each costs its event loop about a microsecond.
  public static final int READ_BLOCKS_MAX = 16_384;

  /// Blocks that one `KVC.EXPLAIN` asks for: each is a row of a few hundred bytes.
  public static final int EXPLAIN_BLOCKS_MAX = 1_024;

  /// Runs that one `KVC.HOT` asks for.
  public static final int HOT_RUNS_MAX = 256;

  /// Rows that one `KVC.SALTS` asks for.
  public static final int SALT_ROWS_MAX = 1_024;

  /// Bytes of the JSON of one `KVC.HINTS`.
  public static final int HINTS_BYTES_MAX = 512 << 10;

  /// Actions of one `KVC.HINTS`.
  public static final int HINT_ACTIONS_MAX = 64;

  /// Milliseconds for which blocks are pinned: a day.
  public static final int PIN_MS_MAX = 86_400_000;

  /// Changes in one publish.
  public static final int CHANGES_MAX = 4_096;

  /// Records in one reply: intervals, owners or blocks.
  public static final int RECORDS_MAX = 1 << 20;

  /// Milliseconds until the path of a hint is back: a day.
  public static final int HINT_BACK_MS_MAX = 86_400_000;

  /// Milliseconds that a fetch may be given: a day.
  public static final int FETCH_DEADLINE_MS_MAX = 86_400_000;

  /// Bytes of a name in UTF-8.
  public static final int NAME_BYTES_MAX = Namespace.NAME_BYTES_MAX;

  /// Arrays inside arrays in a reply that a client reads.
  public static final int NESTING_MAX = 8;

  private Limits() {}
}
