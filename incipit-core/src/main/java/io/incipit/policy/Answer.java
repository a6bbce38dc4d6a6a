// SPDX-License-Identifier: Apache-2.0
package io.incipit.policy;

/// What is known of the answer to a request when it is complete: a hint at when, and whether, the
/// prompt comes back.
///
/// @param tokens of the answer, from 0
/// @param ending why it ended
public record Answer(int tokens, Ending ending) {
  public Answer {
    if (tokens < 0) {
      throw new IllegalArgumentException("tokens: %d (expected: at least 0)".formatted(tokens));
    }
  }

  /// How a response ended: a hint at when the next prompt of its session comes.
  public enum Ending {
    /// Nobody said.
    UNKNOWN,

    /// With a tool call, so the prompt soon comes back with what the tool said.
    CALL,

    /// With the end of a turn: a human is next.
    TURN
  }
}
