// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.plan;

import io.incipit.trace.simulate.LruCurve;
import java.util.List;
import java.util.Optional;

/// What caches of several sizes would be worth for a trace.
///
/// @param breakEvenBandwidth in B/s, above which loading a token is always faster than computing it
/// @param rows by size, ascending
/// @param curve of `leaf-lru`, over all capacities
/// @param disks by row, with the disk that was asked for below it; empty if none was
public record Plan(
    Demand demand,
    double breakEvenBandwidth,
    List<PlanRow> rows,
    LruCurve curve,
    List<DiskRow> disks) {
  public Plan {
    rows = List.copyOf(rows);
    disks = List.copyOf(disks);
  }

  /// A plan without a disk.
  public Plan(Demand demand, double breakEvenBandwidth, List<PlanRow> rows, LruCurve curve) {
    this(demand, breakEvenBandwidth, rows, curve, List.of());
  }

  /// The smallest size after which every step adds less than a share of the saved seconds for each
  /// doubling; empty if that would be the last one, and the trace has more than fits into it.
  public Optional<PlanRow> knee(double share) {
    int at = rows.size() - 1;
    while (at > 0 && rows.get(at).gainPerDoubling() < share) {
      at--;
    }
    boolean open = at == rows.size() - 1 && rows.get(at).blocks() < demand.distinctBlocks();
    return open ? Optional.empty() : Optional.of(rows.get(at));
  }
}
