// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.prompt;

import io.incipit.policy.Answer.Ending;

/// What a request is apart from its blocks, as [io.incipit.trace.TraceRequest] has it.
public record PromptFacts(
    long timeNs, long session, int turn, int inputTokens, int outputTokens, Ending ending) {
  /// A request of which nobody said how its answer ended.
  public PromptFacts(long timeNs, long session, int turn, int inputTokens, int outputTokens) {
    this(timeNs, session, turn, inputTokens, outputTokens, Ending.UNKNOWN);
  }

  /// The same with an answer that ended so.
  public PromptFacts ending(Ending known) {
    return new PromptFacts(timeNs, session, turn, inputTokens, outputTokens, known);
  }
}
