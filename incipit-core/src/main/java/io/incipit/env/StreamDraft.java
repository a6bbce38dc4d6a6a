// SPDX-License-Identifier: Apache-2.0
package io.incipit.env;

import java.io.IOException;
import java.io.OutputStream;

/// What goes to where nothing can be taken back: the standard output, a pipe, a terminal.
record StreamDraft(OutputStream out) implements Draft {
  @Override
  public void keep() throws IOException {
    out.close();
  }

  @Override
  public void close() {
    try (out) {
      // Closing is all that there is to do.
    } catch (IOException _) {
      // What was written is on its way already, and whoever keeps it was told of failures.
    }
  }
}
