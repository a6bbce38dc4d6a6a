// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.replay;

/// What a replay with real bytes has moved.
///
/// @param blockBytes of each block
/// @param asked blocks that were asked for: those that may be stored
/// @param read blocks whose bytes came, and were compared with what was put
/// @param wrong of those, blocks whose bytes were others
/// @param made blocks that were put and are found from then on
/// @param had blocks that were put and were there before
/// @param declined blocks that were put and that the store would have given up at once
/// @param moves what the server has moved between its tiers meanwhile, for whomever
public record BlockTraffic(
    int blockBytes,
    long asked,
    long read,
    long wrong,
    long made,
    long had,
    long declined,
    Moves moves) {
  /// Bytes of blocks that were read.
  public long readBytes() {
    return read * blockBytes;
  }

  /// Bytes of blocks that were made.
  public long putBytes() {
    return made * blockBytes;
  }

  /// Share of the blocks asked for that were read; 0 without any.
  public double hitRate() {
    return asked == 0 ? 0 : (double) read / asked;
  }

  /// What moved between memory and disk, in values.
  ///
  /// @param promoted values that were read on disk
  /// @param demoted values that left memory with a copy
  /// @param dropped values that left it without one, though there is a disk
  /// @param refused values that were on disk and found no room in memory
  public record Moves(long promoted, long demoted, long dropped, long refused) {
    /// Nothing moved.
    public static final Moves NONE = new Moves(0, 0, 0, 0);

    Moves minus(Moves before) {
      return new Moves(
          promoted - before.promoted,
          demoted - before.demoted,
          dropped - before.dropped,
          refused - before.refused);
    }
  }
}
