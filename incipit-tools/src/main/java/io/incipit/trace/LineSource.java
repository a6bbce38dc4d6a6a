// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/// The lines of a file, as bytes, gunzipped if the file begins like gzip. Memory is bounded by
/// [#LINE_BYTES_MAX]. For one thread.
final class LineSource implements Closeable {
  /// Longer lines are passed over: a chain of 131,072 ids of 20 digits fits.
  static final int LINE_BYTES_MAX = 4 << 20;

  private static final int BUFFER_BYTES = 1 << 16;
  private static final int GZIP_MAGIC = 0x1f8b;

  private final TraceFile file;
  private final Counting counting;
  private final InputStream in;
  private final long fileBytes;
  private byte[] buffer = new byte[BUFFER_BYTES];
  private int start;
  private int end;
  private int lineLength;
  private boolean tooLong;
  private long number;

  private LineSource(TraceFile file, Counting counting, InputStream in) throws IOException {
    this.file = file;
    this.counting = counting;
    this.in = in;
    this.fileBytes = file.disk().bytes(file.path());
  }

  static LineSource open(TraceFile file) throws IOException {
    var counting = new Counting(file.disk().openRead(file.path()));
    try {
      var in = new BufferedInputStream(counting, BUFFER_BYTES);
      in.mark(2);
      int magic = (in.read() << Byte.SIZE) | in.read();
      in.reset();
      return new LineSource(
          file, counting, magic == GZIP_MAGIC ? new GZIPInputStream(in, BUFFER_BYTES) : in);
    } catch (IOException failure) {
      counting.close();
      throw failure;
    }
  }

  /// Goes to the next line; the last one needs no line feed.
  ///
  /// @return whether there is one
  boolean advance() throws IOException {
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
    int read = read();
    end += Math.max(read, 0);
    return read >= 0;
  }

  private int read() throws IOException {
    try {
      return in.read(buffer, end, buffer.length - end);
    } catch (EOFException | ZipException broken) {
      var failure =
          new BadTraceException(
              file.path(), number + 1, "broken gzip (expected: a whole file that gunzip reads)");
      failure.initCause(broken);
      throw failure;
    }
  }

  byte[] bytes() {
    return buffer;
  }

  int offset() {
    return start;
  }

  int length() {
    return lineLength;
  }

  /// Whether the line was longer than [#LINE_BYTES_MAX]; its bytes are then incomplete.
  boolean tooLong() {
    return tooLong;
  }

  boolean isBlank() {
    for (int i = start; i < start + lineLength; i++) {
      if (Byte.toUnsignedInt(buffer[i]) > ' ') {
        return false;
      }
    }
    return !tooLong;
  }

  /// Number of this line, from 1.
  long number() {
    return number;
  }

  double progress() {
    return fileBytes == 0 ? 1 : Math.min(1, (double) counting.count / fileBytes);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  /// Counts the bytes that were read.
  private static final class Counting extends FilterInputStream {
    private long count;

    Counting(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int read = in.read();
      count += read < 0 ? 0 : 1;
      return read;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      int read = in.read(target, offset, length);
      count += Math.max(read, 0);
      return read;
    }
  }
}
