// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.replay;

/// Who is told how far a replay has come. Called for every request, never by two threads at once.
@FunctionalInterface
public interface ReplayProgress {
  /// Who does not care.
  ReplayProgress NONE = (_, _) -> {};

  /// A request was read.
  ///
  /// @param share of the trace, in `[0, 1]`
  void reached(double share, long requests);
}
