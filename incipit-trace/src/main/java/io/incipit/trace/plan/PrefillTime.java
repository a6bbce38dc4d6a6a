// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.plan;

import io.incipit.trace.TraceRequest;
import io.incipit.trace.simulate.KvModel;

/// How long a prompt takes, by counting: `2 parameters` FLOPs for each token, and
/// `4 attentionValues x` in each layer for one that sees `x` tokens there.
record PrefillTime(KvModel model, Machine machine) {
  /// Seconds to compute the tokens of a prompt behind those that were found.
  double seconds(long tokens, long found) {
    double linear = 2 * model.parameters() * (tokens - found);
    double attention = model.attentionFlops(tokens) - model.attentionFlops(found);
    return (linear + attention) / machine.flops();
  }

  /// Seconds to load the KV that so many tokens need to be gone on with.
  ///
  /// @param bandwidth in B/s
  double loadSeconds(long tokens, double bandwidth) {
    return model.loadedBytes(tokens) / bandwidth;
  }

  /// Tokens that need no computing: the last one always does, since the answer comes out of it.
  static long usable(TraceRequest request, long found) {
    return Math.max(0, Math.min(found, request.inputTokens() - 1L));
  }

  /// The bandwidth, in B/s, above which loading any token is faster than computing it.
  double breakEvenBandwidth() {
    return model.tokenBytes() * machine.flops() / (2 * model.parameters());
  }
}
