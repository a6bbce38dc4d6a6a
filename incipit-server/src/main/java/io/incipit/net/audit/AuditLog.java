// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.audit;

import io.incipit.env.Clock;
import io.incipit.env.Disk;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;

/// The log of what administrators did and what was denied: a line of JSON each, in a file that a
/// thread of its own writes.
///
/// A disk that is full, slow or gone stops nobody: lines wait in a bounded [Backlog], and those
/// that find no room there are counted. What is denied again and again is summed.
public final class AuditLog implements Audit {
  private static final Logger LOG = System.getLogger(AuditLog.class.getName());
  private static final int BATCH_BYTES = 64 << 10;
  private static final long PAUSE_MILLIS = 1_000;

  private final Clock clock;
  private final Predicate<String> secrets;
  private final AuditFile file;
  private final Sums sums = new Sums();
  private final Backlog backlog = new Backlog();
  private final LongAdder lines = new LongAdder();
  private final LongAdder dropped = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private final Thread writer;

  /// Whether the last attempt failed, how many lines the file was given with the last bytes, and
  /// how many lost ones the log has told. Of who writes.
  private boolean failing;

  private int given;

  private long told;

  private AuditLog(AuditFile file, Clock clock, Predicate<String> secrets) {
    this.file = file;
    this.clock = clock;
    this.secrets = secrets;
    this.writer = Thread.ofPlatform().name("audit-log").daemon().unstarted(this::write);
  }

  /// Opens the file, and writes nothing yet.
  ///
  /// @param secrets words that are never shown, though somebody may send them where a name belongs
  /// @throws IOException if the file is not to be had; the message names the setting
  public static AuditLog open(AuditConfig config, Disk disk, Clock clock, Predicate<String> secrets)
      throws IOException {
    var file = new AuditFile(disk, config);
    try {
      file.open();
    } catch (IOException failure) {
      file.close();
      throw new IOException(
          "audit.file: %s (expected: a file that may be written, or made)"
              .formatted(reason(failure)),
          failure);
    }
    return new AuditLog(file, clock, secrets);
  }

  /// Begins to write.
  public void start() {
    writer.start();
  }

  @Override
  public boolean isOn() {
    return true;
  }

  @Override
  public void note(AuditEvent event) {
    long wallMillis = clock.wallMillis();
    if (event.outcome() != AuditEvent.Outcome.DENIED
        || sums.passes(event, clock.nanoTime(), wallMillis)) {
      offer(new Line(wallMillis, event, 1));
    }
  }

  private void offer(Line line) {
    if (!backlog.offer(line)) {
      dropped.add(line.times());
    }
  }

  @Override
  public long lines() {
    return lines.sum();
  }

  @Override
  public long dropped() {
    return dropped.sum();
  }

  @Override
  public long failures() {
    return failures.sum();
  }

  private void write() {
    try {
      while (!backlog.isClosing()) {
        backlog.await(PAUSE_MILLIS);
        if (!step(false)) {
          backlog.pause(PAUSE_MILLIS);
        }
      }
      step(true);
    } catch (InterruptedException _) {
      // Nobody does that but to end it.
    } finally {
      file.close();
    }
  }

  /// Writes what there is.
  ///
  /// @param last whether nothing more comes
  /// @return whether nothing failed
  boolean step(boolean last) {
    sums.take(clock.nanoTime(), last).forEach(this::offer);
    try {
      file.goOn();
      count();
      boolean more = true;
      while (more) {
        more = writeSome();
      }
      if (failing) {
        failing = false;
        LOG.log(Level.INFO, () -> "resume-audit dropped=%d".formatted(dropped.sum()));
      }
      return true;
    } catch (IOException | RuntimeException | Error failure) {
      failures.increment();
      if (file.isIdle()) {
        // The lines did not come so far as to be bytes.
        dropped.add(given);
        given = 0;
      }
      if (!failing) {
        failing = true;
        LOG.log(Level.ERROR, () -> "fail-audit-write reason='%s'".formatted(reason(failure)));
      }
      return false;
    }
  }

  private boolean writeSome() throws IOException {
    var batch = backlog.take(BATCH_BYTES);
    long lost = dropped.sum() - told;
    if (batch.isEmpty() && lost == 0) {
      return false;
    }
    given = batch.size();
    var out = new ByteArrayOutputStream(BATCH_BYTES / 4);
    if (lost > 0) {
      var event = AuditEvent.of(AuditEvent.Kind.LOST, AuditEvent.Outcome.FAILED);
      new Line(clock.wallMillis(), event, lost).write(out, secrets);
    }
    batch.forEach(line -> line.write(out, secrets));
    told += lost;
    given = batch.size() + (lost > 0 ? 1 : 0);
    file.write(out.toByteArray());
    count();
    return !batch.isEmpty();
  }

  private void count() {
    lines.add(given);
    given = 0;
  }

  private static String reason(Throwable failure) {
    return failure.getClass().getSimpleName() + ": " + failure.getMessage();
  }

  @Override
  public void close(Duration most) {
    backlog.close();
    try {
      if (writer.getState() != Thread.State.NEW) {
        writer.join(most);
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    int left = backlog.size();
    if (left > 0) {
      LOG.log(Level.WARNING, () -> "end-audit unwritten=%d".formatted(left));
    }
  }
}
