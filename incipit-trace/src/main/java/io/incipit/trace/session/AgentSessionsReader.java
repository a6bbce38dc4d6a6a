// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.session;

import io.incipit.trace.BadLineException;
import io.incipit.trace.BadTraceException;
import io.incipit.trace.BlockIds;
import io.incipit.trace.LineSource;
import io.incipit.trace.TraceFile;
import io.incipit.trace.TraceNotes;
import io.incipit.trace.TraceReader;
import io.incipit.trace.TraceRequest;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/// Reads [AgentSessionsFormat]. A session is read when time has come to its beginning, and its
/// prompts are put together when they are due, so memory is that of the sessions that overlap:
/// their lines, and one prompt of each.
final class AgentSessionsReader implements TraceReader {
  private static final double NANOS_PER_SECOND = 1e9;

  private final TraceFile file;
  private final LineSource lines;
  private final PriorityQueue<Session> running =
      new PriorityQueue<>(
          Comparator.comparingLong(Session::dueNs).thenComparingLong(session -> session.number));
  private @Nullable AgentTurn ahead;
  private boolean begun;
  private long sessions;
  private long nextId;
  private long skipped;

  AgentSessionsReader(TraceFile file, LineSource lines) {
    this.file = file;
    this.lines = lines;
  }

  @Override
  public Optional<TraceRequest> next() throws IOException {
    if (!begun) {
      begun = true;
      ahead = turn();
    }
    while (ahead != null && (running.isEmpty() || running.element().dueNs() >= startNs())) {
      readSession(ahead);
    }
    var session = running.poll();
    if (session == null) {
      return Optional.empty();
    }
    var request = session.next();
    if (!session.turns.isEmpty()) {
      running.add(session);
    }
    return Optional.of(request);
  }

  /// When the next session begins.
  private long startNs() {
    return file.startNs(sessions);
  }

  private void readSession(AgentTurn first) throws IOException {
    var session = new Session(sessions, startNs(), nextId);
    while (ahead != null && ahead.session().equals(first.session())) {
      try {
        session.add(ahead);
        nextId = Math.max(nextId, session.firstId + ahead.idsEnd());
      } catch (BadLineException bad) {
        refuse(bad);
      }
      ahead = turn();
    }
    sessions++;
    if (!session.turns.isEmpty()) {
      running.add(session);
    }
  }

  /// The next good line, or null at the end.
  private @Nullable AgentTurn turn() throws IOException {
    while (lines.advance()) {
      if (lines.isBlank()) {
        continue;
      }
      try {
        return AgentTurn.of(lines);
      } catch (BadLineException bad) {
        refuse(bad);
      }
    }
    return null;
  }

  private void refuse(BadLineException bad) throws BadTraceException {
    if (!file.skipBad()) {
      throw new BadTraceException(file.path(), lines.number(), bad.reason());
    }
    skipped++;
  }

  @Override
  public int blockTokens() {
    return AgentSessionsFormat.BLOCK_TOKENS;
  }

  @Override
  public double progress() {
    return lines.progress();
  }

  @Override
  public TraceNotes notes() {
    return TraceNotes.ofSessions(sessions > 1);
  }

  @Override
  public long skipped() {
    return skipped;
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }

  /// The turns of one session that are still to come.
  private static final class Session {
    private final long number;
    private final long startNs;
    private final long firstId;
    private final ArrayDeque<AgentTurn> turns = new ArrayDeque<>();
    private long[] chain = new long[64];

    /// Of the turn added last: number, time, and blocks.
    private long lastTurn = -1;

    private double lastSeconds;
    private long lastBlocks;

    Session(long number, long startNs, long firstId) {
      this.number = number;
      this.startNs = startNs;
      this.firstId = firstId;
    }

    /// Refuses a turn that cannot follow, and is as before then.
    void add(AgentTurn turn) throws BadLineException {
      if (turn.turn() <= lastTurn || turn.seconds() < lastSeconds) {
        throw new BadLineException(
            "turn: %d at %s s (expected: above %d, not before %s s)"
                .formatted(turn.turn(), turn.seconds(), lastTurn, lastSeconds));
      }
      if (turn.keep() > lastBlocks) {
        throw new BadLineException(
            "keep: %d (expected: at most %d, the blocks of the request before)"
                .formatted(turn.keep(), lastBlocks));
      }
      turns.add(turn);
      lastTurn = turn.turn();
      lastSeconds = turn.seconds();
      lastBlocks = turn.blocks();
    }

    long dueNs() {
      return startNs + Math.round(turns.element().seconds() * NANOS_PER_SECOND);
    }

    TraceRequest next() {
      long timeNs = dueNs();
      var turn = turns.remove();
      if (turn.blocks() > chain.length) {
        chain = Arrays.copyOf(chain, 2 * turn.blocks());
      }
      turn.write(chain, firstId);
      return new TraceRequest(
          timeNs,
          number,
          turn.turn(),
          turn.input(),
          turn.output(),
          AgentSessionsFormat.BLOCK_TOKENS,
          BlockIds.of(chain, turn.blocks()),
          turn.ending(),
          turn.hint());
    }
  }
}
