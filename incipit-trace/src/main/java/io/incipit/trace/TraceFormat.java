// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace;

import java.io.IOException;

/// One way of writing a trace down. A format of its own is one class and its reader; as a service
/// (`META-INF/services/io.incipit.trace.TraceFormat`) it is found without a change here.
public interface TraceFormat {
  /// The name on the command line, in lower case.
  String name();

  /// Whether a file that begins like this one is of this format. Called for each format in turn.
  boolean recognises(TraceHead head);

  /// Whether its prompts are text, and cut as [TraceFile#text] says.
  default boolean isText() {
    return false;
  }

  /// Whether it takes the size of blocks from whoever reads it.
  default boolean takesBlocks() {
    return isText();
  }

  /// Opens a file of this format; reads no further than its head.
  ///
  /// @throws java.nio.file.NoSuchFileException if there is none
  TraceReader open(TraceFile file) throws IOException;

  /// Whether traces can be written in this format.
  default boolean isWritable() {
    return false;
  }

  /// Whether what is written in this format keeps [TraceRequest#hint].
  default boolean keepsHints() {
    return false;
  }

  /// Begins a file of this format.
  ///
  /// @throws UnsupportedOperationException unless [#isWritable]
  default TraceWriter create(TraceTarget target) throws IOException {
    throw new UnsupportedOperationException("format: %s cannot be written".formatted(name()));
  }
}
