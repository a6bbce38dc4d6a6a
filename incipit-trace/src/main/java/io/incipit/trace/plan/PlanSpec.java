// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.plan;

import io.incipit.trace.simulate.Capacity;
import io.incipit.trace.simulate.KvModel;
import java.util.List;

/// What a plan is for.
///
/// @param sizes of cache to try beside the machine's memory; empty for eight that double up to the
///     one which holds all that the trace has
/// @param knee least share of saved seconds that a doubling must add to be worth it, in `(0, 1)`
/// @param seed of the samples that the policy draws
public record PlanSpec(
    KvModel model, Machine machine, List<Capacity> sizes, double knee, long seed) {
  public PlanSpec {
    sizes = List.copyOf(sizes);
    if (!(knee > 0 && knee < 1)) {
      throw new IllegalArgumentException("knee: %s (expected: above 0, below 1)".formatted(knee));
    }
  }
}
