// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli.option;

import io.incipit.env.Build;
import io.incipit.env.Clock;
import io.incipit.env.Disk;
import io.incipit.env.PipeDisk;
import io.incipit.trace.BadTraceException;
import io.incipit.trace.TraceFile;
import io.incipit.trace.TraceFormat;
import io.incipit.trace.TraceReader;
import io.incipit.trace.format.TraceFormats;
import io.incipit.trace.report.Origin;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// Opens traces for a command and shows how far they are read. For one thread.
public final class TraceInput {
  private final Disk disk;
  private final Clock clock;
  private final boolean terminal;
  private final TraceFormats formats = TraceFormats.all();
  private final Set<Path> pipes = new HashSet<>();

  /// Opens traces on a disk; a terminal gets a progress bar.
  public TraceInput(Disk disk, Clock clock, boolean terminal) {
    this.disk = disk;
    this.clock = clock;
    this.terminal = terminal;
  }

  /// Where a trace is read from.
  ///
  /// @param often whether it may be opened more than once; a pipe is copied then
  /// @throws IllegalArgumentException if a pipe is named twice
  Disk disk(Path path, boolean often) {
    if (!disk.isReadOnce(path)) {
      return disk;
    }
    if (!pipes.add(path)) {
      throw new IllegalArgumentException(
          "FILE: %s twice (expected: once, a pipe cannot be read again)".formatted(path));
    }
    return new PipeDisk(disk, path, often);
  }

  /// Opens a trace in the format that it has; failures name the file in one line.
  TraceReader open(TraceFile file) throws IOException {
    return open(file, named(file.path(), () -> formats.of(file)));
  }

  /// Opens a trace in the format given.
  TraceReader open(TraceFile file, TraceFormat format) throws IOException {
    require(!file.text().tokenizerAsked() || format.isText(), "--tokenizer", file, format);
    require(!file.text().blockTokensAsked() || format.takesBlocks(), "--block-size", file, format);
    return named(file.path(), () -> format.open(file));
  }

  private static void require(boolean holds, String option, TraceFile file, TraceFormat format)
      throws BadTraceException {
    if (!holds) {
      throw new BadTraceException(
          file.path(),
          0,
          "%s: given with %s, which has blocks of its own (expected: a log of prompts)"
              .formatted(option, format.name()));
    }
  }

  /// Checks what a command is to write beside what it reads.
  ///
  /// @throws IllegalArgumentException `name: value (expected: ...)`
  public Outputs outputs(List<Path> inputs, Stream<Output> outputs) {
    return Outputs.of(disk, inputs, outputs.toList());
  }

  public TraceFormats formats() {
    return formats;
  }

  private <T> T named(Path path, Opening<T> opening) throws IOException {
    if (disk.isDirectory(path)) {
      throw new IOException("%s: a directory (expected: a file)".formatted(path));
    }
    try {
      return opening.open();
    } catch (NoSuchFileException missing) {
      throw new IOException("%s: no such file".formatted(path), missing);
    } catch (FileSystemException | BadTraceException named) {
      throw named;
    } catch (IOException unreadable) {
      throw new IOException("%s: %s".formatted(path, unreadable.getMessage()), unreadable);
    }
  }

  /// What a text file holds; failures name it in one line.
  public String text(Path path) throws IOException {
    return named(path, () -> disk.readText(path));
  }

  /// What a report is made by today.
  ///
  /// @param command what was typed
  public Origin origin(String command) {
    var today = Instant.ofEpochMilli(clock.wallMillis()).atOffset(ZoneOffset.UTC).toLocalDate();
    return new Origin(Build.ours().toString(), today.toString(), command);
  }

  /// A bar for work that begins now.
  public ProgressBar bar(PrintWriter err) {
    return new ProgressBar(err, clock, terminal);
  }

  private interface Opening<T> {
    T open() throws IOException;
  }
}
