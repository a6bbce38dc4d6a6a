// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.simulate;

import io.incipit.trace.simulate.policy.PolicyName;

/// What one cache did on one trace. Rates are in `[0, 1]`, over the whole trace, its cold start
/// included.
///
/// @param policy as it was asked for
/// @param capacity as it was asked for
/// @param capacityBlocks the same in blocks
/// @param blockHitRate blocks found, of all blocks of all prompts
/// @param tokenHitRate tokens in blocks found, of all tokens of all prompts
/// @param savedComputeRate their prefill cost, of that of all prompts; see
///     [io.incipit.trace.simulate.policy.PrefillCost]
public record SimRow(
    String trace,
    String policy,
    String admit,
    String capacity,
    int capacityBlocks,
    double blockHitRate,
    double tokenHitRate,
    double savedComputeRate) {
  /// Whether the policy knows the future, so that no store can run it.
  public boolean knowsFuture() {
    return PolicyName.parse(policy).isOffline();
  }
}
