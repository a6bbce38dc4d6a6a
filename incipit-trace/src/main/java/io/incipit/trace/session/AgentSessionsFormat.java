// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.session;

import io.incipit.trace.LineSource;
import io.incipit.trace.TraceFile;
import io.incipit.trace.TraceFormat;
import io.incipit.trace.TraceHead;
import io.incipit.trace.TraceReader;
import io.incipit.trace.TraceTarget;
import io.incipit.trace.TraceWriter;
import java.io.IOException;

/// Sessions of coding agents, flattened to JSON lines: one request a line, the requests of a
/// session one after the other. A line has
///
/// - `session`, its name, and `turn`, the number of the request in it, from 0;
/// - `t`, seconds since the session began;
/// - `in` and `out`, tokens of prompt and answer;
/// - `keep`, leading blocks shared with the request before, and `add_runs`, `[first, count]` of the
///   ids that follow. Ids belong to their session; only full blocks of 64 tokens are listed;
/// - and it may have `stop`, how the answer ended, as in [WekaFormat], and `hint`, what was said
///   then ([io.incipit.trace.JsonHints]).
///
/// When sessions began is not recorded. They are taken to begin one after the other, in the order
/// of the file, at equal distances ([TraceFile#startSeconds]); requests are given by time, those of
/// one moment by session and turn.
public final class AgentSessionsFormat implements TraceFormat {
  /// Tokens a block.
  public static final int BLOCK_TOKENS = 64;

  /// Makes the format.
  public AgentSessionsFormat() {}

  @Override
  public String name() {
    return "agent-sessions";
  }

  @Override
  public boolean recognises(TraceHead head) {
    return head.names().contains("session") && head.names().contains("add_runs");
  }

  @Override
  public TraceReader open(TraceFile file) throws IOException {
    return new AgentSessionsReader(file, LineSource.open(file));
  }

  @Override
  public boolean isWritable() {
    return true;
  }

  @Override
  public boolean keepsHints() {
    return true;
  }

  @Override
  public TraceWriter create(TraceTarget target) throws IOException {
    return new AgentSessionsWriter(target);
  }
}
