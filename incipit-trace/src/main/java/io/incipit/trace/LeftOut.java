// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace;

import java.util.List;

/// What a reader left out of a trace, and what it had to take for granted.
///
/// @param lines lines or records that were bad
/// @param sessions sessions that repeat an earlier one
/// @param remarks what was taken for granted, a sentence each
public record LeftOut(long lines, long sessions, List<String> remarks) {
  public LeftOut {
    remarks = List.copyOf(remarks);
  }

  /// What a reader has left out so far.
  public static LeftOut of(TraceReader reader) {
    return new LeftOut(reader.skipped(), reader.repeats(), reader.remarks());
  }
}
