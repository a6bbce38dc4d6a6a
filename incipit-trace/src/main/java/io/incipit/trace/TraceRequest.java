// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace;

import io.incipit.block.Hint;
import io.incipit.policy.Answer.Ending;

/// One request of a trace, whatever format it came in.
///
/// @param timeNs arrival since the trace's own zero, in nanoseconds
/// @param session which conversation it belongs to; [#NO_SESSION] if the trace does not say
/// @param turn number of the request in its session, from 0; 0 if the trace does not say
/// @param inputTokens tokens of the prompt
/// @param outputTokens tokens of the answer
/// @param blockTokens tokens that a full block covers; the last block may be partial
/// @param ids the prompt's blocks
/// @param ending how the answer ended
/// @param hint what was said about the prompt's path when the answer was complete
public record TraceRequest(
    long timeNs,
    long session,
    int turn,
    int inputTokens,
    int outputTokens,
    int blockTokens,
    BlockIds ids,
    Ending ending,
    Hint hint) {
  /// The session of a request whose trace knows no sessions.
  public static final long NO_SESSION = -1;

  /// A request of which nobody said how its answer ended.
  public TraceRequest(
      long timeNs,
      long session,
      int turn,
      int inputTokens,
      int outputTokens,
      int blockTokens,
      BlockIds ids) {
    this(timeNs, session, turn, inputTokens, outputTokens, blockTokens, ids, Ending.UNKNOWN);
  }

  /// A request about whose path nobody said anything.
  public TraceRequest(
      long timeNs,
      long session,
      int turn,
      int inputTokens,
      int outputTokens,
      int blockTokens,
      BlockIds ids,
      Ending ending) {
    this(timeNs, session, turn, inputTokens, outputTokens, blockTokens, ids, ending, Hint.NONE);
  }

  /// The same request, about whose path something was said.
  public TraceRequest with(Hint said) {
    return new TraceRequest(
        timeNs, session, turn, inputTokens, outputTokens, blockTokens, ids, ending, said);
  }

  /// Whether anybody said anything about its path.
  public boolean hasHint() {
    return !(hint instanceof Hint.None);
  }

  /// Leading blocks that are full.
  public int fullBlocks() {
    return Math.min(ids.length(), inputTokens / blockTokens);
  }
}
