// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.simulate;

import io.incipit.trace.TraceReader;
import java.io.IOException;

/// A trace that can be read more than once.
///
/// @param name what to call it in a table
public record TraceSource(String name, Opening opening) {
  /// Opens it at its first request.
  public TraceReader open() throws IOException {
    return opening.open();
  }

  /// Begins to read at the first request.
  @FunctionalInterface
  public interface Opening {
    /// Opens it at its first request.
    public TraceReader open() throws IOException;
  }
}
