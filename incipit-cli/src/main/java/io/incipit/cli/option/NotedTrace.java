// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli.option;

import io.incipit.trace.TraceNotes;
import io.incipit.trace.TraceReader;
import io.incipit.trace.simulate.TraceSource;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// A trace from which something about reuse is to be concluded. It is read more than once: what the
/// first reading shows it not to say ends the second, before anything is concluded. For one thread.
public final class NotedTrace {
  private final TraceSource trace;
  private final boolean inBytes;
  private @Nullable TraceReader last;

  /// A trace that is not opened yet.
  ///
  /// @param inBytes whether sizes of caches are given in bytes
  public NotedTrace(TraceSource trace, boolean inBytes) {
    this.trace = trace;
    this.inBytes = inBytes;
  }

  /// The trace, which refuses to be opened once it is known to say too little.
  public TraceSource source() {
    return new TraceSource(trace.name(), this::open);
  }

  private TraceReader open() throws IOException {
    if (notes().sharingUnknown()) {
      throw new IOException(
          "%s: does not tell which blocks prompts share, so nothing about reuse follows"
                  .formatted(trace.name())
              + " (expected: hash_ids, sessions or texts)");
    }
    var reader = trace.open();
    if (inBytes && reader.notes().blockTokensUnknown()) {
      reader.close();
      throw new IOException(
          "%s: does not tell how many tokens a block has, so nothing in bytes follows"
                  .formatted(trace.name())
              + " (expected: sizes in blocks, such as 5k)");
    }
    last = reader;
    return reader;
  }

  /// What it does not say, as far as it was read.
  public TraceNotes notes() {
    return last == null ? TraceNotes.NONE : last.notes();
  }
}
