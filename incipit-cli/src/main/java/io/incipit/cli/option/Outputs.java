// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli.option;

import io.incipit.env.Disk;
import io.incipit.env.Draft;
import io.incipit.trace.TraceFormat;
import io.incipit.trace.TraceRequest;
import io.incipit.trace.TraceTarget;
import io.incipit.trace.TraceWriter;
import io.incipit.trace.report.Words;
import java.io.Closeable;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The files that a command writes. All commands write theirs here: each is checked before the work
/// begins, written beside its place, and put there once it is whole, so that no input is written
/// over, and what fails or is stopped leaves what was there before. For one thread.
public final class Outputs {
  private final Disk disk;
  private final List<Output> all;

  private Outputs(Disk disk, List<Output> all) {
    this.disk = disk;
    this.all = all;
  }

  /// Checks what a command is to write.
  ///
  /// @param inputs that it reads
  /// @throws IllegalArgumentException `name: value (expected: ...)`
  public static Outputs of(Disk disk, List<Path> inputs, List<Output> all) {
    for (int i = 0; i < all.size(); i++) {
      var output = all.get(i);
      for (var input : inputs) {
        require(output, !disk.overwrites(output.path(), input), "another file than is read");
      }
      for (var earlier : all.subList(0, i)) {
        boolean same = disk.isSamePlace(output.path(), earlier.path());
        require(output, !same, "another file than " + earlier.option() + " has");
      }
      var instead = disk.obstacle(output.path());
      require(output, instead.isEmpty(), instead);
    }
    return new Outputs(disk, all);
  }

  private static void require(Output output, boolean holds, String expected) {
    if (!holds) {
      throw new IllegalArgumentException(
          "%s: %s (expected: %s)".formatted(output.option(), output.path(), expected));
    }
  }

  /// Whether one of them goes to the standard output, so that nothing else may.
  public boolean takeStandardOut() {
    return all.stream().anyMatch(output -> disk.isStandardOut(output.path()));
  }

  /// Writes a text; failures name the file in one line.
  public void write(Output output, String text) throws IOException {
    try {
      disk.writeText(output.path(), text);
    } catch (IOException failure) {
      throw failed(output.path(), failure);
    }
  }

  /// Begins a trace.
  public Trace create(Output output, int blockTokens, TraceFormat format) throws IOException {
    var path = output.path();
    Draft draft;
    try {
      draft = disk.draft(path);
    } catch (IOException failure) {
      throw failed(path, failure);
    }
    try {
      var counted = new Counted(draft.out(), path);
      var writer = format.create(new TraceTarget(counted, path, blockTokens));
      return new Trace(path, draft, counted, writer, format.keepsHints());
    } catch (IOException | RuntimeException refused) {
      draft.close();
      throw refused;
    }
  }

  /// Bytes for which there is room where an output goes.
  public long freeBytes(Output output) {
    return disk.freeBytes(output.path());
  }

  private static IOException failed(Path path, IOException failure) {
    // Who is told to end closes its files, and that has no message of its own.
    var reason = failure instanceof ClosedChannelException ? "told to end" : failure.getMessage();
    return new IOException("%s: cannot be written (%s)".formatted(path, reason), failure);
  }

  /// A trace that is being written. What is not kept is gone.
  public static final class Trace implements Closeable {
    private final Path path;
    private final Draft draft;
    private final Counted counted;
    private final TraceWriter writer;
    private final boolean keepsHints;
    private long hintsLost;
    private boolean ended;

    private Trace(Path path, Draft draft, Counted counted, TraceWriter writer, boolean keepsHints) {
      this.path = path;
      this.keepsHints = keepsHints;
      this.draft = draft;
      this.counted = counted;
      this.writer = writer;
    }

    /// Appends a request.
    public void write(TraceRequest request) throws IOException {
      writer.write(request);
      hintsLost += keepsHints || !request.hasHint() ? 0 : 1;
    }

    /// Bytes written so far, packed; what is still buffered is not among them.
    public long bytes() {
      return counted.bytes;
    }

    /// Ends the file and puts it in its place.
    ///
    /// @return what the writer remarks, and what its format has no place for
    public String keep() throws IOException {
      ended = true;
      writer.close();
      try {
        draft.keep();
      } catch (IOException failure) {
        throw failed(path, failure);
      }
      var hints =
          hintsLost == 0
              ? ""
              : "Left out, since the format has none: %s hints.".formatted(Words.whole(hintsLost));
      return Stream.of(writer.remark(), hints)
          .filter(said -> !said.isEmpty())
          .collect(Collectors.joining(" "));
    }

    @Override
    public void close() {
      draft.close();
      if (!ended) {
        drop();
      }
    }

    /// The writer lets go of what it has; what it writes on goes nowhere.
    private void drop() {
      try {
        writer.close();
      } catch (IOException _) {
        // The file is gone, as it is to be.
      }
    }
  }

  /// Counts what passes; failures name the file in one line.
  private static final class Counted extends FilterOutputStream {
    private final Path path;
    private long bytes;

    Counted(OutputStream out, Path path) {
      super(out);
      this.path = path;
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
      try {
        out.write(source, offset, length);
      } catch (IOException failure) {
        throw failed(path, failure);
      }
      bytes += length;
    }
  }
}
