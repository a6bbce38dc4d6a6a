// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/// The bytes of a trace, unpacked if the file begins like gzip or zstd. For one thread.
public final class UnpackedInput extends InputStream {
  private static final int BUFFER_BYTES = 1 << 16;

  private final TraceFile file;
  private final Counting counting;
  private final Packing packing;
  private final InputStream in;
  private final long fileBytes;

  private UnpackedInput(TraceFile file, Counting counting, Packing packing, InputStream in)
      throws IOException {
    this.file = file;
    this.counting = counting;
    this.packing = packing;
    this.in = in;
    this.fileBytes = file.disk().bytes(file.path());
  }

  /// Opens a file.
  ///
  /// @throws BadTraceException if it begins like a packed one and is not
  public static UnpackedInput open(TraceFile file) throws IOException {
    var counting = new Counting(file.disk().openRead(file.path()));
    try {
      var in = new BufferedInputStream(counting, BUFFER_BYTES);
      var packing = Packing.of(in);
      try {
        return new UnpackedInput(file, counting, packing, packing.unpack(in));
      } catch (IOException failure) {
        throw named(file, packing, failure, 1);
      }
    } catch (IOException failure) {
      counting.close();
      throw failure;
    }
  }

  @Override
  public int read() throws IOException {
    try {
      return in.read();
    } catch (IOException failure) {
      throw named(file, packing, failure, 0);
    }
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    return read(target, offset, length, 0);
  }

  /// Reads, and names a line in failures; 0 if there are none.
  int read(byte[] target, int offset, int length, long line) throws IOException {
    try {
      return in.read(target, offset, length);
    } catch (IOException failure) {
      throw named(file, packing, failure, line);
    }
  }

  private static IOException named(
      TraceFile file, Packing packing, IOException failure, long line) {
    var complaint = packing.complaint(failure);
    if (complaint.isEmpty()) {
      return failure;
    }
    var bad = new BadTraceException(file.path(), line, complaint);
    bad.initCause(failure);
    return bad;
  }

  /// How much of the file has been read, in `[0, 1]`; of a pipe, whether it has ended.
  public double progress() {
    if (fileBytes == 0) {
      return counting.ended ? 1 : 0;
    }
    return Math.min(1, (double) counting.count / fileBytes);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  /// Counts the bytes that were read.
  private static final class Counting extends FilterInputStream {
    private long count;
    private boolean ended;

    Counting(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int read = in.read();
      count += read < 0 ? 0 : 1;
      ended |= read < 0;
      return read;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      int read = in.read(target, offset, length);
      count += Math.max(read, 0);
      ended |= read < 0;
      return read;
    }
  }
}
