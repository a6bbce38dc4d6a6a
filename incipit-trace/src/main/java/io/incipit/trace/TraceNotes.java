// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace;

/// What a trace does not say, so that nothing may be concluded about it, and what was read
/// otherwise than it was written.
///
/// @param idsBelowTwoParents ids of prefixes that stand below two blocks or more; they are taken
///     for different blocks below each
/// @param requestsWithoutBlocks requests that say neither their blocks nor their text; they are
///     taken to share none
/// @param sharingUnknown whether nothing in the trace says which blocks prompts share
/// @param timesUnknown whether no request says when it came
/// @param sessionStartsUnknown whether sessions were taken to begin at equal distances
/// @param sizesIgnored records whose size was ignored
/// @param blockTokensUnknown whether nobody knows how many tokens a block has
public record TraceNotes(
    long idsBelowTwoParents,
    long requestsWithoutBlocks,
    boolean sharingUnknown,
    boolean timesUnknown,
    boolean sessionStartsUnknown,
    long sizesIgnored,
    boolean blockTokensUnknown) {
  /// A trace that says all, and means what its format says.
  public static final TraceNotes NONE = new TraceNotes(0, 0, false, false, false, 0, false);

  /// Nothing but ids below several parents.
  public static TraceNotes ofIdsBelowTwoParents(long ids) {
    return new TraceNotes(ids, 0, false, false, false, 0, false);
  }

  /// Nothing but requests that do not say enough of themselves.
  public static TraceNotes ofRequests(
      long withoutBlocks, boolean sharingUnknown, boolean timesUnknown) {
    return new TraceNotes(0, withoutBlocks, sharingUnknown, timesUnknown, false, 0, false);
  }

  /// Nothing but sessions of which it is not known when they began.
  public static TraceNotes ofSessions(boolean startsUnknown) {
    return new TraceNotes(0, 0, false, false, startsUnknown, 0, false);
  }

  /// Records of objects instead of prompts.
  public static TraceNotes ofObjects(long sizesIgnored) {
    return new TraceNotes(0, 0, false, false, false, sizesIgnored, true);
  }
}
