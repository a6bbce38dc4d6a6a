// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.prompt;

import io.incipit.trace.BadLineException;
import io.incipit.trace.LineSource;
import io.incipit.trace.TraceFile;
import java.io.IOException;

/// Reads prompts from JSON lines, an object a line. For one thread.
public abstract class PromptLinesReader extends PromptReader {
  private final LineSource lines;

  /// A reader that stands before the first line.
  protected PromptLinesReader(TraceFile file, int blockTokens) throws IOException {
    super(file, blockTokens);
    this.lines = LineSource.open(file);
  }

  /// Gives what a line says to [#add].
  ///
  /// @throws BadLineException if it does not say it; nothing of it was given
  protected abstract void read(JsonMembers line) throws BadLineException;

  @Override
  protected final boolean readOn() throws IOException {
    while (lines.advance()) {
      if (lines.isBlank()) {
        continue;
      }
      try {
        read(JsonMembers.of(lines));
      } catch (BadLineException bad) {
        refuse(lines.number(), bad);
      }
      return true;
    }
    return false;
  }

  @Override
  public final double progress() {
    return lines.progress();
  }

  @Override
  public final void close() throws IOException {
    lines.close();
  }
}
