// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.plan;

import io.incipit.trace.simulate.Capacity;
import io.incipit.trace.simulate.KvModel;
import java.util.List;
import java.util.Optional;

/// What a plan is for.
///
/// @param sizes of cache to try beside the machine's memory; empty for eight that double up to the
///     one which holds all that the trace has
/// @param knee least share of saved seconds that a doubling must add to be worth it, in `(0, 1)`
/// @param seed of the samples that the policy draws
/// @param gpus that the machine has
/// @param disk below its memory, if it has one
public record PlanSpec(
    KvModel model,
    Machine machine,
    List<Capacity> sizes,
    double knee,
    long seed,
    Gpus gpus,
    Optional<PlanDisk> disk) {
  public PlanSpec {
    sizes = List.copyOf(sizes);
    if (!(knee > 0 && knee < 1)) {
      throw new IllegalArgumentException("knee: %s (expected: above 0, below 1)".formatted(knee));
    }
  }

  /// The same without a disk.
  public PlanSpec(
      KvModel model, Machine machine, List<Capacity> sizes, double knee, long seed, Gpus gpus) {
    this(model, machine, sizes, knee, seed, gpus, Optional.empty());
  }

  /// The same with one accelerator of unknown price.
  public PlanSpec(KvModel model, Machine machine, List<Capacity> sizes, double knee, long seed) {
    this(model, machine, sizes, knee, seed, Gpus.ONE);
  }

  /// What the machine's own memory is worth.
  public PlanRow own(Plan plan) {
    var demand = plan.demand();
    int blocks = machine.memory().blocks(demand.distinctBlocks(), demand.blockTokens());
    return plan.rows().stream().filter(row -> row.blocks() == blocks).findFirst().orElseThrow();
  }
}
