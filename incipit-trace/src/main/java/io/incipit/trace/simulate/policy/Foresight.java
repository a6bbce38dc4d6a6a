// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.simulate.policy;

/// What a recorded trace knows of the future. For offline policies.
public interface Foresight {
  /// The next use of a block that is never used again.
  int NEVER = Integer.MAX_VALUE;

  /// Who knows nothing: no block is used again.
  Foresight NONE =
      (_, nextUses, length) -> {
        for (int i = 0; i < length; i++) {
          nextUses[i] = NEVER;
        }
      };

  /// Tells for each block of a request which request uses it next, or [#NEVER].
  ///
  /// @param request number of the request, from 0, in the order in which they are offered
  /// @param nextUses takes the answer, by depth
  /// @param length blocks asked for
  void nextUses(int request, int[] nextUses, int length);
}
