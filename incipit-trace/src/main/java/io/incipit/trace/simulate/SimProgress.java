// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.simulate;

/// Who is told how far a simulation has come. Called by one thread.
@FunctionalInterface
public interface SimProgress {
  /// Some requests were simulated.
  ///
  /// @param share of all traces, in `[0, 1]`
  /// @param requests simulated so far
  void reached(double share, long requests);
}
