// SPDX-License-Identifier: Apache-2.0
package io.incipit.quota;

/// Quotas and floors of each namespace whose name fits a pattern. Immutable.
///
/// @param pattern of names, in which only `*` stands for others
/// @param blocks that its index may know; what is beyond goes, the coldest first
/// @param indexFloor bytes of its index that others leave it
/// @param bytes of values that the store may keep for it in memory; what is beyond goes, the
///     coldest first
/// @param floor bytes of its values that others do not push out of memory
/// @param publishes a second: requests that need the right to publish
/// @param lookups a second: requests that need the right to read
public record Limits(
    String pattern,
    long blocks,
    long indexFloor,
    long bytes,
    long floor,
    long publishes,
    long lookups) {
  /// Stands for no quota.
  public static final long ENDLESS = Long.MAX_VALUE;

  /// No quotas and no floors.
  public static final Limits NONE = new Limits("*", ENDLESS, 0, ENDLESS, 0, ENDLESS, ENDLESS);
}
