// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace;

/// What a reader left out of a trace, and what the trace does not say.
///
/// @param lines lines or records that were bad
/// @param sessions sessions that repeat an earlier one
public record LeftOut(long lines, long sessions, TraceNotes notes) {
  /// All was read, and all was said.
  public static final LeftOut NOTHING = new LeftOut(0, 0, TraceNotes.NONE);

  /// What a reader has left out so far.
  public static LeftOut of(TraceReader reader) {
    return new LeftOut(reader.skipped(), reader.repeats(), reader.notes());
  }
}
