// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace;

import io.incipit.env.Disk;
import java.nio.file.Path;

/// A trace on disk, plain or packed by gzip or zstd, and how to read it.
///
/// @param skipBad whether bad input is counted and left out, instead of ending the reading
/// @param startSeconds distance between the beginnings of two sessions, in `[0, 1e9]`, where the
///     format does not record when sessions began
/// @param text how prompts are cut where the trace has them as text
public record TraceFile(
    Disk disk, Path path, boolean skipBad, double startSeconds, TextReading text) {
  /// The distance if nobody says otherwise, in seconds.
  public static final double START_SECONDS = 20;

  private static final double START_SECONDS_MAX = 1e9;
  private static final double LAST_START_SECONDS = 4e9;
  private static final double NANOS_PER_SECOND = 1e9;

  public TraceFile {
    if (!(startSeconds >= 0 && startSeconds <= START_SECONDS_MAX)) {
      throw new IllegalArgumentException(
          "startSeconds: %s (expected: 0 to 1e9 seconds)".formatted(startSeconds));
    }
  }

  /// A trace whose text, if it has any, is cut as usual.
  public TraceFile(Disk disk, Path path, boolean skipBad, double startSeconds) {
    this(disk, path, skipBad, startSeconds, TextReading.USUAL);
  }

  /// A trace whose sessions begin at the usual distance.
  public TraceFile(Disk disk, Path path, boolean skipBad) {
    this(disk, path, skipBad, START_SECONDS);
  }

  /// When a session begins where the format does not record it; no later than 4e9 s.
  ///
  /// @param session its number in the file, from 0
  public long startNs(long session) {
    return Math.round(Math.min(session * startSeconds, LAST_START_SECONDS) * NANOS_PER_SECOND);
  }
}
