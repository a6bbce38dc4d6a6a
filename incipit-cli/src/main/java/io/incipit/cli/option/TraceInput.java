// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli.option;

import io.incipit.env.Clock;
import io.incipit.env.Disk;
import io.incipit.trace.BadTraceException;
import io.incipit.trace.TextReading;
import io.incipit.trace.TraceFile;
import io.incipit.trace.TraceFormat;
import io.incipit.trace.TraceReader;
import io.incipit.trace.TraceTarget;
import io.incipit.trace.TraceWriter;
import io.incipit.trace.format.TraceFormats;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// Opens traces for a command and shows how far they are read. For one thread.
public final class TraceInput {
  private final Disk disk;
  private final Clock clock;
  private final boolean terminal;
  private final TraceFormats formats = TraceFormats.all();

  /// Opens traces on a disk; a terminal gets a progress bar.
  public TraceInput(Disk disk, Clock clock, boolean terminal) {
    this.disk = disk;
    this.clock = clock;
    this.terminal = terminal;
  }

  /// Opens a trace in the format that it has; failures name the file in one line.
  ///
  /// @param startSeconds between the beginnings of sessions, where the trace does not say
  /// @param text how to cut prompts that are text
  public TraceReader open(Path path, boolean skipBad, double startSeconds, TextReading text)
      throws IOException {
    var file = new TraceFile(disk, path, skipBad, startSeconds, text);
    return named(path, () -> open(file, formats.of(file)));
  }

  /// Opens a trace in the format given.
  public TraceReader open(
      Path path, boolean skipBad, double startSeconds, TextReading text, TraceFormat format)
      throws IOException {
    var file = new TraceFile(disk, path, skipBad, startSeconds, text);
    return named(path, () -> open(file, format));
  }

  private static TraceReader open(TraceFile file, TraceFormat format) throws IOException {
    if (file.text().asked() && !format.isText()) {
      throw new BadTraceException(
          file.path(),
          0,
          "--tokenizer, --block-size: for a trace of blocks, %s (expected: a log of prompts)"
              .formatted(format.name()));
    }
    return format.open(file);
  }

  /// Begins a trace of the format given.
  public TraceWriter create(Path path, int blockTokens, TraceFormat format) throws IOException {
    return named(path, () -> format.create(new TraceTarget(disk, path, blockTokens)));
  }

  public TraceFormats formats() {
    return formats;
  }

  private static <T> T named(Path path, Opening<T> opening) throws IOException {
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

  /// Writes a text file; failures name it in one line.
  void write(Path path, String text) throws IOException {
    try {
      disk.writeText(path, text);
    } catch (IOException failure) {
      throw new IOException("%s: cannot be written (%s)".formatted(path, failure), failure);
    }
  }

  /// A bar for work that begins now.
  public ProgressBar bar(PrintWriter err) {
    return new ProgressBar(err, clock, terminal);
  }

  private interface Opening<T> {
    T open() throws IOException;
  }
}
