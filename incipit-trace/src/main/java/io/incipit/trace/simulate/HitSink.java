// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.simulate;

import io.incipit.trace.TraceRequest;

/// Who is told what a simulated cache finds, request by request, in the order of the trace. Called
/// by one thread at a time.
@FunctionalInterface
public interface HitSink {
  /// A request was looked up.
  ///
  /// @param tokens of the prompt's beginning that were found, in `[0, request.inputTokens()]`
  void found(TraceRequest request, long tokens);

  /// A request was looked up in a cache that may have a disk.
  ///
  /// @param hostTokens of the prompt's beginning that were found in memory
  /// @param tokens that were found there or, behind those, on disk
  default void found(TraceRequest request, long hostTokens, long tokens) {
    found(request, tokens);
  }
}
