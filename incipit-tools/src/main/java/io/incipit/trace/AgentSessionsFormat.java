// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace;

import java.io.IOException;

/// Sessions of coding agents, flattened to JSON lines: one request a line, the requests of a
/// session one after the other. A line has
///
/// - `session`, its name, and `turn`, the number of the request in it, from 0;
/// - `t`, seconds since the session began;
/// - `in` and `out`, tokens of prompt and answer;
/// - `keep`, leading blocks shared with the request before, and `add_runs`, `[first, count]` of the
///   ids that follow. Ids belong to their session; only full blocks of 64 tokens are listed.
///
/// When sessions began is not recorded. They are taken to begin one after the other, in the order
/// of the file, at equal distances; requests are given by time, those of one moment by session and
/// turn.
///
/// @param startSeconds distance between the beginnings of two sessions, at least 0
public record AgentSessionsFormat(double startSeconds) implements TraceFormat {
  /// Tokens a block.
  public static final int BLOCK_TOKENS = 64;

  /// The distance if nobody says otherwise, in seconds.
  public static final double START_SECONDS = 20;

  public AgentSessionsFormat {
    if (!(startSeconds >= 0) || Double.isInfinite(startSeconds)) {
      throw new IllegalArgumentException(
          "startSeconds: %s (expected: at least 0)".formatted(startSeconds));
    }
  }

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
    return new AgentSessionsReader(file, LineSource.open(file), startSeconds);
  }
}
