// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli;

import io.incipit.trace.TraceReader;
import io.incipit.trace.report.Words;
import java.util.ArrayList;
import java.util.List;

/// What a reader left out of a trace, in sentences.
final class LeftOut {
  private LeftOut() {}

  /// One sentence for each reason; none if nothing was left out so far.
  static List<String> of(TraceReader reader) {
    var sentences = new ArrayList<String>();
    if (reader.skipped() > 0) {
      sentences.add("Left out as bad: " + Words.whole(reader.skipped()) + " lines.");
    }
    if (reader.repeats() > 0) {
      sentences.add("Left out as repeats: " + Words.whole(reader.repeats()) + " sessions.");
    }
    return sentences;
  }
}
