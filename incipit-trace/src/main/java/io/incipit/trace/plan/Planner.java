// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.plan;

import io.incipit.trace.TraceReader;
import io.incipit.trace.simulate.Admission;
import io.incipit.trace.simulate.Capacity;
import io.incipit.trace.simulate.CurveSampling;
import io.incipit.trace.simulate.HintSpec;
import io.incipit.trace.simulate.LruCurve;
import io.incipit.trace.simulate.SimProgress;
import io.incipit.trace.simulate.SimReport;
import io.incipit.trace.simulate.SimRow;
import io.incipit.trace.simulate.SimSpec;
import io.incipit.trace.simulate.Simulation;
import io.incipit.trace.simulate.TraceSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.IntConsumer;

/// Makes a [Plan] from a trace: measures what it asks for, then simulates the default policy at all
/// sizes, side by side. Reads the trace three times. The same trace and spec give the same plan.
public final class Planner {
  /// The policy that is simulated.
  public static final String POLICY = "default";

  private final PlanSpec spec;
  private final PrefillTime time;

  /// Makes a planner; it starts nothing.
  public Planner(PlanSpec spec) {
    this.spec = spec;
    this.time = new PrefillTime(spec.model(), spec.machine());
  }

  /// Measures a trace without a cache; blocks until it is read.
  ///
  /// @param progress is told how many requests are read
  public Demand demand(TraceReader reader, IntConsumer progress) throws IOException {
    return Demand.of(reader, time, progress);
  }

  /// Simulates the caches; blocks until that is done.
  ///
  /// @param demand of the same trace
  /// @param threads caches that run at the same time
  /// @throws IOException if the trace cannot be read
  public Plan plan(TraceSource trace, Demand demand, int threads, SimProgress progress)
      throws IOException, InterruptedException {
    var sizes = CacheSizes.of(spec, demand);
    var meters = new HashMap<Capacity, HitMeter>();
    sizes.forEach(size -> meters.put(size, new HitMeter(time)));
    Function<Capacity, HitMeter> meter = size -> Objects.requireNonNull(meters.get(size));
    var diskMeters = new HashMap<Capacity, DiskMeter>();
    double diskBandwidth = spec.disk().map(PlanDisk::bandwidth).orElse(1.0);
    sizes.forEach(size -> diskMeters.put(size, new DiskMeter(time, diskBandwidth)));
    Function<Capacity, DiskMeter> diskMeter = size -> Objects.requireNonNull(diskMeters.get(size));
    var simulation =
        new Simulation(
            asked(sizes), threads, progress, meter::apply, (size, _) -> diskMeter.apply(size));
    var found = simulation.run(List.of(trace));
    var curve = found.curves().getOrDefault(trace.name(), new LruCurve(List.of(), 0));
    var rows = rows(found, sizes.stream().map(meter).toList(), curve);
    var disks = disks(found, rows, sizes.stream().map(diskMeter).toList());
    return new Plan(demand, time.breakEvenBandwidth(), rows, curve, disks);
  }

  private SimSpec asked(List<Capacity> sizes) {
    return new SimSpec(
        List.of(POLICY),
        sizes,
        Admission.FULL,
        spec.seed(),
        CurveSampling.EXACT,
        HintSpec.NONE,
        spec.disk().map(PlanDisk::size).stream().toList());
  }

  /// Of a simulation with one disk below each size, or with none.
  private static List<DiskRow> disks(SimReport found, List<PlanRow> rows, List<DiskMeter> meters) {
    var disks = new ArrayList<DiskRow>();
    for (int i = 0; i < found.tiers().size(); i++) {
      var tier = found.tiers().get(i);
      var meter = meters.get(i);
      disks.add(
          new DiskRow(
              tier.capacity(),
              tier.hostBlockHitRate(),
              tier.diskBlockHitRate(),
              meter.savedSeconds(),
              meter.savedSeconds() - rows.get(i).savedSeconds(),
              meter.computeSeconds(),
              meter.loadSeconds(),
              meter.loadedShare(),
              meter.gainSeconds(),
              tier.writeAmplification(),
              meter.local()));
    }
    return disks;
  }

  private static List<PlanRow> rows(SimReport found, List<HitMeter> meters, LruCurve curve) {
    var rows = new ArrayList<PlanRow>();
    for (int i = 0; i < meters.size(); i++) {
      var row = found.rows().get(i);
      double gain = i == 0 ? 0 : gain(rows.getLast(), row, meters.get(i).savedSeconds());
      rows.add(row(row, meters.get(i), gain, curve));
    }
    return rows;
  }

  private static PlanRow row(SimRow row, HitMeter meter, double gain, LruCurve curve) {
    return new PlanRow(
        row.capacity(),
        row.capacityBlocks(),
        row.blockHitRate(),
        curve.blockHitRate(row.capacityBlocks()),
        row.tokenHitRate(),
        meter.savedSeconds(),
        gain,
        meter.loadSeconds(),
        meter.local(),
        meter.remote());
  }

  private static double gain(PlanRow before, SimRow row, double savedSeconds) {
    double added = savedSeconds - before.savedSeconds();
    double doublings = Math.log((double) row.capacityBlocks() / before.blocks()) / Math.log(2);
    return savedSeconds == 0 ? 0 : added / savedSeconds / doublings;
  }
}
