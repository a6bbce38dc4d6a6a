// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.session;

import io.incipit.block.Hint;
import io.incipit.policy.Answer.Ending;
import io.incipit.trace.JsonHints;
import io.incipit.trace.PackedLines;
import io.incipit.trace.TraceRequest;
import io.incipit.trace.TraceTarget;
import io.incipit.trace.prompt.SmallerBlocks;
import java.io.IOException;
import java.util.Arrays;

/// Writes [AgentSessionsFormat]: turns numbered by time, `stop` and `hint` where there is one.
final class AgentSessionsWriter extends SessionsWriter {
  private final SmallerBlocks blocks;

  AgentSessionsWriter(TraceTarget target) throws IOException {
    this(SmallerBlocks.of(target, AgentSessionsFormat.BLOCK_TOKENS, "agent-sessions"), target);
  }

  private AgentSessionsWriter(SmallerBlocks blocks, TraceTarget target) throws IOException {
    super("agent-sessions", PackedLines.create(target));
    this.blocks = blocks;
  }

  @Override
  public void write(TraceRequest request) throws IOException {
    if (request.inputTokens() < 1) {
      throw refused(
          "input: 0 tokens at %s s (expected: at least 1)".formatted(seconds(request.timeNs())));
    }
    keep(request, blocks.of(request), AgentSessionsFormat.BLOCK_TOKENS);
    if (sharing()) {
      throw refused(
          "session %d: shares blocks with another at %s s (expected: blocks of one session only,"
                  .formatted(request.session(), seconds(request.timeNs()))
              + " as agent-sessions has; weka can share)");
    }
  }

  @Override
  void write(Session session, PackedLines out) throws IOException {
    long startNs = session.turns().getFirst().timeNs();
    int number = 0;
    var before = new int[0];
    for (var turn : session.turns()) {
      var path = localPath(turn);
      int mismatch = Arrays.mismatch(before, path);
      int keep = mismatch < 0 ? path.length : mismatch;
      var line = out.line();
      line.append("{\"session\":\"session-").append(session.number());
      line.append("\",\"turn\":").append(number);
      line.append(",\"t\":").append(seconds(turn.timeNs() - startNs));
      line.append(",\"in\":").append(turn.input()).append(",\"out\":").append(turn.output());
      if (turn.ending() != Ending.UNKNOWN) {
        line.append(",\"stop\":\"").append(WekaFormat.stop(turn.ending())).append('"');
      }
      if (!(turn.hint() instanceof Hint.None)) {
        line.append(",\"").append(JsonHints.NAME).append("\":").append(JsonHints.text(turn.hint()));
      }
      line.append(",\"keep\":").append(keep).append(",\"add_runs\":[");
      appendRuns(line, path, keep);
      line.append("]}\n");
      out.write();
      before = path;
      number++;
    }
  }

  private static void appendRuns(StringBuilder line, int[] path, int from) {
    int i = from;
    while (i < path.length) {
      int end = i + 1;
      while (end < path.length && path[end] == path[end - 1] + 1) {
        end++;
      }
      line.append(i == from ? "" : ",").append('[').append(path[i]);
      line.append(',').append(end - i).append(']');
      i = end;
    }
  }
}
