// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.format;

import io.incipit.policy.Answer.Ending;
import org.jspecify.annotations.Nullable;

/// How traces of agents name the end of an answer in `stop`: `tool_use`, `end_turn`, or nothing.
final class Endings {
  private static final String CALL = "tool_use";
  private static final String TURN = "end_turn";

  private Endings() {}

  /// Other reasons, such as that the tokens ran out, say nothing of what comes next.
  static Ending of(@Nullable String stop) {
    if (CALL.equals(stop)) {
      return Ending.CALL;
    }
    return TURN.equals(stop) ? Ending.TURN : Ending.UNKNOWN;
  }

  /// What to write for an ending; empty if it is not known.
  static String text(Ending ending) {
    return switch (ending) {
      case UNKNOWN -> "";
      case CALL -> CALL;
      case TURN -> TURN;
    };
  }
}
