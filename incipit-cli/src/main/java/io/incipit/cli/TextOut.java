// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;

/// Where the text of commands goes. Who prints hears of no failure; this remembers the first, so
/// that a report on a full disk is not taken for a whole one.
final class TextOut extends FilterOutputStream {
  /// What the system says if a reader such as `head` has seen enough, which is no failure.
  private static final String READER_GONE = "Broken pipe";

  private Optional<IOException> failure = Optional.empty();

  TextOut(OutputStream out) {
    super(out);
  }

  @Override
  public synchronized void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public synchronized void write(byte[] source, int offset, int length) throws IOException {
    try {
      out.write(source, offset, length);
    } catch (IOException failed) {
      failure = failure.or(() -> Optional.of(failed));
      throw failed;
    }
  }

  /// Why not all was written; empty if it was, or if nobody wanted the rest.
  synchronized Optional<String> failure() {
    return failure
        .map(failed -> String.valueOf(failed.getMessage()))
        .filter(reason -> !reason.equals(READER_GONE));
  }
}
