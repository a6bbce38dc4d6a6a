// SPDX-License-Identifier: Apache-2.0
package io.incipit.policy;

/// How a response ended: a hint at when the next prompt of its session comes.
public enum Ending {
  /// Nobody said.
  UNKNOWN,

  /// With a tool call, so the prompt soon comes back with what the tool said.
  CALL,

  /// With the end of a turn: a human is next.
  TURN
}
