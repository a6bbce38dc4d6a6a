// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace;

import java.io.Closeable;
import java.io.IOException;
import java.util.Arrays;

/// The lines of a file, as bytes, unpacked if the file begins like gzip or zstd. Memory is bounded
/// by [#LINE_BYTES_MAX]. For one thread.
public final class LineSource implements Closeable {
  /// Longer lines are passed over: the text of a prompt of four million tokens fits.
  public static final int LINE_BYTES_MAX = 16 << 20;

  private static final int BUFFER_BYTES = 1 << 16;

  private final UnpackedInput in;
  private byte[] buffer = new byte[BUFFER_BYTES];
  private int start;
  private int end;
  private int lineLength;
  private boolean tooLong;
  private long number;

  private LineSource(UnpackedInput in) {
    this.in = in;
  }

  /// Opens a file before its first line.
  public static LineSource open(TraceFile file) throws IOException {
    return new LineSource(UnpackedInput.open(file));
  }

  /// Goes to the next line; the last one needs no line feed.
  ///
  /// @return whether there is one
  public boolean advance() throws IOException {
    start += lineLength;
    lineLength = 0;
    tooLong = false;
    int searched = start;
    while (true) {
      for (int i = searched; i < end; i++) {
        if (buffer[i] == '\n') {
          return found(i + 1 - start);
        }
      }
      dropIfTooLong();
      int kept = end - start;
      if (!fill()) {
        return (kept > 0 || tooLong) && found(kept);
      }
      searched = start + kept;
    }
  }

  private boolean found(int length) {
    lineLength = length;
    number++;
    return true;
  }

  private void dropIfTooLong() {
    if (end - start >= LINE_BYTES_MAX) {
      tooLong = true;
      start = end;
    }
  }

  /// Reads on behind what is buffered.
  private boolean fill() throws IOException {
    System.arraycopy(buffer, start, buffer, 0, end - start);
    end -= start;
    start = 0;
    if (end == buffer.length) {
      buffer = Arrays.copyOf(buffer, Math.min(2 * end, LINE_BYTES_MAX + 1));
    }
    int read = in.read(buffer, end, buffer.length - end, number + 1);
    end += Math.max(read, 0);
    return read >= 0;
  }

  /// What holds the line, from [#offset] on; good until the next [#advance].
  public byte[] bytes() {
    return buffer;
  }

  /// Where the line begins in [#bytes].
  public int offset() {
    return start;
  }

  /// Bytes of the line, its line feed included.
  public int length() {
    return lineLength;
  }

  /// Whether the line was longer than [#LINE_BYTES_MAX]; its bytes are then incomplete.
  public boolean tooLong() {
    return tooLong;
  }

  /// Whether there is nothing but white space.
  public boolean isBlank() {
    for (int i = start; i < start + lineLength; i++) {
      if (Byte.toUnsignedInt(buffer[i]) > ' ') {
        return false;
      }
    }
    return !tooLong;
  }

  /// Number of this line, from 1.
  public long number() {
    return number;
  }

  /// How much of the file has been read, in `[0, 1]`.
  public double progress() {
    return in.progress();
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
