// SPDX-License-Identifier: Apache-2.0
package io.incipit.block;

/// What somebody who knows says about the path of a prompt, once it was asked for: a framework of
/// agents, or a gateway. It is about what the prompt's own session has of that path, never about
/// blocks that others have as well, and the next request for the path takes it back.
public sealed interface Hint {
  /// Nobody said anything.
  Hint NONE = new None();

  /// The session has ended.
  Hint DONE = new Done();

  /// Nobody said anything.
  record None() implements Hint {}

  /// The session has ended: nobody will ask for its path again.
  record Done() implements Hint {}

  /// The path will be asked for again, such as when a tool has run.
  ///
  /// @param afterNs in how many nanoseconds, in `[0, AFTER_NS_MAX]`
  record Back(long afterNs) implements Hint {
    /// A day. What comes later is not worth keeping for that.
    public static final long AFTER_NS_MAX = 86_400_000_000_000L;

    public Back {
      if (afterNs < 0 || afterNs > AFTER_NS_MAX) {
        throw new IllegalArgumentException(
            "afterNs: %d (expected: 0 to %d)".formatted(afterNs, AFTER_NS_MAX));
      }
    }
  }
}
