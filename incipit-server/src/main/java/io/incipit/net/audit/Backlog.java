// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.audit;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/// Lines that wait to be written, bounded in number and bytes. A quarter is kept for what is not
/// denied, so that a flood of strangers does not hide what administrators do. Thread-safe.
final class Backlog {
  static final int LINES_MAX = 8_192;
  static final long BYTES_MAX = 4 << 20;

  private final ArrayDeque<Line> lines = new ArrayDeque<>();
  private long bytes;
  private boolean closing;

  /// Adds a line, if there is room.
  synchronized boolean offer(Line line) {
    boolean denied = line.event().outcome() == AuditEvent.Outcome.DENIED;
    int linesMax = denied ? LINES_MAX / 4 * 3 : LINES_MAX;
    long bytesMax = denied ? BYTES_MAX / 4 * 3 : BYTES_MAX;
    if (lines.size() >= linesMax || bytes + line.bytes() > bytesMax) {
      return false;
    }
    lines.add(line);
    bytes += line.bytes();
    if (lines.size() == 1) {
      notifyAll();
    }
    return true;
  }

  /// Takes the first lines, of so many bytes at most, but one if there is one.
  synchronized List<Line> take(long bytesMax) {
    var taken = new ArrayList<Line>();
    long sum = 0;
    for (var line = lines.peek(); line != null; line = lines.peek()) {
      sum += line.bytes();
      if (sum > bytesMax && !taken.isEmpty()) {
        break;
      }
      bytes -= line.bytes();
      taken.add(lines.remove());
    }
    return taken;
  }

  synchronized int size() {
    return lines.size();
  }

  /// Waits for a line, for [#close], or for so long.
  synchronized void await(long millis) throws InterruptedException {
    if (lines.isEmpty()) {
      pause(millis);
    }
  }

  /// Waits for [#close], or for so long; others may wake it sooner.
  @SuppressWarnings("WaitNotInLoop")
  synchronized void pause(long millis) throws InterruptedException {
    if (!closing) {
      wait(millis);
    }
  }

  /// Nothing more is worth waiting for.
  synchronized void close() {
    closing = true;
    notifyAll();
  }

  synchronized boolean isClosing() {
    return closing;
  }
}
