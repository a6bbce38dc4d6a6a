// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;

/// Lines of text on their way into a file, packed as its name says. For one thread.
public final class PackedLines implements Closeable {
  private static final int BUFFER_BYTES = 1 << 16;

  private final OutputStream out;
  private final StringBuilder line = new StringBuilder();

  private PackedLines(OutputStream out) {
    this.out = out;
  }

  /// Begins a file.
  public static PackedLines create(TraceTarget target) throws IOException {
    return new PackedLines(open(target));
  }

  /// The bytes of a file that is packed as its name says; buffered.
  public static OutputStream open(TraceTarget target) throws IOException {
    var out = target.out();
    try {
      return new BufferedOutputStream(Packing.of(target.path()).pack(out), BUFFER_BYTES);
    } catch (IOException failure) {
      out.close();
      throw failure;
    }
  }

  /// The line to fill.
  public StringBuilder line() {
    return line;
  }

  /// Writes the line, and empties it.
  public void write() throws IOException {
    out.write(line.toString().getBytes(UTF_8));
    line.setLength(0);
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
