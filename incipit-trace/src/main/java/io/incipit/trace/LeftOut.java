// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace;

/// What a reader left out of a trace.
///
/// @param lines lines or records that were bad
/// @param sessions sessions that repeat an earlier one
public record LeftOut(long lines, long sessions) {
  /// What a reader has left out so far.
  public static LeftOut of(TraceReader reader) {
    return new LeftOut(reader.skipped(), reader.repeats());
  }
}
