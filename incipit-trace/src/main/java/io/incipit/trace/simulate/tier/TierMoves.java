// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.simulate.tier;

/// What has moved between the tiers of a store.
///
/// @param promoted blocks that were found on disk only
/// @param demoted blocks that memory gave up and disk took
/// @param dropped blocks that memory gave up and disk had no room for
/// @param written blocks that were written to disk, those that were written again included
/// @param writtenBytes to disk, headers and footers included
/// @param demotedBytes of the blocks that were demoted, without those
/// @param reclaims extents that were given up
public record TierMoves(
    long promoted,
    long demoted,
    long dropped,
    long written,
    long writtenBytes,
    long demotedBytes,
    long reclaims) {
  /// Bytes written for each that was demoted; 0 if none was.
  public double writeAmplification() {
    return demotedBytes == 0 ? 0 : (double) writtenBytes / demotedBytes;
  }
}
