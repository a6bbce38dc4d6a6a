// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.format;

import io.incipit.trace.BadLineException;
import io.incipit.trace.BlockNumbers;
import io.incipit.trace.PackedLines;
import io.incipit.trace.TraceFile;
import io.incipit.trace.TraceFormat;
import io.incipit.trace.TraceHead;
import io.incipit.trace.TraceNotes;
import io.incipit.trace.TraceReader;
import io.incipit.trace.TraceRequest;
import io.incipit.trace.TraceTarget;
import io.incipit.trace.TraceWriter;
import io.incipit.trace.UnpackedInput;
import io.incipit.trace.prompt.PrefixIds;
import io.incipit.trace.prompt.PromptFacts;
import io.incipit.trace.prompt.PromptReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/// The binary traces of libCacheSim that it calls `oracleGeneral`. Little-endian records:
///
/// ```
///  0         4        12        16                     24
///  | time s  | object | size    | next access, or -1   |
/// ```
///
/// `next access` is the number of the record, from 0, that has the object again.
///
/// Written, a request is one record for each of its blocks, head first, of size 1, so that sizes of
/// caches count blocks; what belongs to one prompt is lost. Read, each record is a request of one
/// block of one token, whatever its size is.
public final class OracleGeneralFormat implements TraceFormat {
  private static final int RECORD_BYTES = 24;
  private static final int ID_OFFSET = 4;
  private static final int SIZE_OFFSET = 12;
  private static final int NEXT_OFFSET = 16;
  private static final int RECORDS_CHECKED = 64;
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  /// Makes the format.
  public OracleGeneralFormat() {}

  @Override
  public String name() {
    return "oracle-general";
  }

  /// Whole records whose times rise and whose next accesses lie ahead.
  @Override
  public boolean recognises(TraceHead head) {
    var bytes = head.bytes();
    int records = Math.min(RECORDS_CHECKED, bytes.length / RECORD_BYTES);
    boolean partial = head.isWhole() && bytes.length % RECORD_BYTES != 0;
    if (records == 0 || partial) {
      return false;
    }
    var buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    long last = 0;
    for (int i = 0; i < records; i++) {
      long time = Integer.toUnsignedLong(buffer.getInt(i * RECORD_BYTES));
      long next = buffer.getLong(i * RECORD_BYTES + NEXT_OFFSET);
      if (time < last || next < -1 || (next >= 0 && next <= i)) {
        return false;
      }
      last = time;
    }
    return true;
  }

  @Override
  public TraceReader open(TraceFile file) throws IOException {
    return new Reader(file, UnpackedInput.open(file));
  }

  @Override
  public boolean isWritable() {
    return true;
  }

  @Override
  public TraceWriter create(TraceTarget target) throws IOException {
    return new Writer(PackedLines.open(target));
  }

  private static final class Reader extends PromptReader {
    private final UnpackedInput in;
    private final ByteBuffer buffer =
        ByteBuffer.allocate(RECORD_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private long records;
    private long sizesIgnored;
    private long lastNs;

    Reader(TraceFile file, UnpackedInput in) {
      super(file, 1);
      this.in = in;
    }

    @Override
    protected boolean readOn() throws IOException {
      int read = in.readNBytes(buffer.array(), 0, RECORD_BYTES);
      if (read == 0) {
        return false;
      }
      records++;
      try {
        read(read);
      } catch (BadLineException bad) {
        refuse(records, bad);
      }
      return read == RECORD_BYTES;
    }

    private void read(int bytes) throws BadLineException {
      if (bytes < RECORD_BYTES) {
        throw new BadLineException(
            "record of %d bytes (expected: %d)".formatted(bytes, RECORD_BYTES));
      }
      long timeNs = Integer.toUnsignedLong(buffer.getInt(0)) * NANOS_PER_SECOND;
      if (timeNs < lastNs) {
        throw new BadLineException(
            "time: %d s after %d s (expected: sorted by time)"
                .formatted(timeNs / NANOS_PER_SECOND, lastNs / NANOS_PER_SECOND));
      }
      lastNs = timeNs;
      sizesIgnored += buffer.getInt(SIZE_OFFSET) == 1 ? 0 : 1;
      add(
          new PromptFacts(timeNs, TraceRequest.NO_SESSION, 0, 1, 0),
          PrefixIds.SHARED_ROOT,
          new long[] {buffer.getLong(ID_OFFSET)});
    }

    @Override
    protected long noneBeforeNs() {
      return lastNs;
    }

    @Override
    public TraceNotes notes() {
      return TraceNotes.ofObjects(sizesIgnored);
    }

    @Override
    public double progress() {
      return in.progress();
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }

  /// Keeps 8 B for each record, since each names the next one of its object.
  private static final class Writer implements TraceWriter {
    private static final int RECORDS_MAX = Integer.MAX_VALUE - 8;

    private final OutputStream out;
    private final BlockNumbers numbers = new BlockNumbers();
    private int[] seconds = new int[1 << 10];
    private int[] objects = new int[1 << 10];
    private int records;

    Writer(OutputStream out) {
      this.out = out;
    }

    @Override
    public void write(TraceRequest request) throws IOException {
      int second = (int) Math.min(0xFFFF_FFFFL, request.timeNs() / NANOS_PER_SECOND);
      for (int i = 0; i < request.ids().length(); i++) {
        if (records == RECORDS_MAX) {
          throw new IOException("records: more (expected: at most %d)".formatted(RECORDS_MAX));
        }
        if (records == seconds.length) {
          int grown = (int) Math.min(RECORDS_MAX, 2L * records);
          seconds = Arrays.copyOf(seconds, grown);
          objects = Arrays.copyOf(objects, grown);
        }
        seconds[records] = second;
        objects[records] = numbers.number(request.ids().id(i));
        records++;
      }
    }

    @Override
    public void close() throws IOException {
      try (out) {
        var nexts = nexts();
        var buffer = ByteBuffer.allocate(RECORD_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < records; i++) {
          buffer.putInt(0, seconds[i]);
          buffer.putLong(ID_OFFSET, objects[i]);
          buffer.putInt(SIZE_OFFSET, 1);
          buffer.putLong(NEXT_OFFSET, nexts[i]);
          out.write(buffer.array());
        }
      }
    }

    private int[] nexts() {
      var upcoming = new int[numbers.count()];
      Arrays.fill(upcoming, -1);
      var nexts = new int[records];
      for (int i = records - 1; i >= 0; i--) {
        nexts[i] = upcoming[objects[i]];
        upcoming[objects[i]] = i;
      }
      return nexts;
    }
  }
}
