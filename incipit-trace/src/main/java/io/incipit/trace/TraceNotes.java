// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace;

import java.util.List;

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
/// @param assumed what else was taken for granted, a sentence each
public record TraceNotes(
    long idsBelowTwoParents,
    long requestsWithoutBlocks,
    boolean sharingUnknown,
    boolean timesUnknown,
    boolean sessionStartsUnknown,
    long sizesIgnored,
    boolean blockTokensUnknown,
    List<String> assumed) {
  /// A trace that says all, and means what its format says.
  public static final TraceNotes NONE =
      new TraceNotes(0, 0, false, false, false, 0, false, List.of());

  /// Keeps a list that nobody changes.
  public TraceNotes {
    assumed = List.copyOf(assumed);
  }

  /// Nothing but ids below several parents.
  public static TraceNotes ofIdsBelowTwoParents(long ids) {
    return new TraceNotes(ids, 0, false, false, false, 0, false, List.of());
  }

  /// Nothing but requests that do not say enough of themselves.
  public static TraceNotes ofRequests(
      long withoutBlocks, boolean sharingUnknown, boolean timesUnknown) {
    return new TraceNotes(
        0, withoutBlocks, sharingUnknown, timesUnknown, false, 0, false, List.of());
  }

  /// Nothing but sessions of which it is not known when they began.
  public static TraceNotes ofSessions(boolean startsUnknown) {
    return new TraceNotes(0, 0, false, false, startsUnknown, 0, false, List.of());
  }

  /// Records of objects instead of prompts.
  public static TraceNotes ofObjects(long sizesIgnored) {
    return new TraceNotes(0, 0, false, false, false, sizesIgnored, true, List.of());
  }

  /// Nothing but what was taken for granted.
  ///
  /// @param timesUnknown whether no request says when it came
  public static TraceNotes ofAssumed(boolean timesUnknown, List<String> assumed) {
    return new TraceNotes(0, 0, false, timesUnknown, false, 0, false, assumed);
  }
}
