// SPDX-License-Identifier: Apache-2.0
package io.incipit.quota;

import io.incipit.block.Stat;
import io.incipit.env.Clock;
import io.incipit.protocol.Glob;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/// The quotas and floors of all namespaces, as they are now. Thread-safe.
public final class Quotas {
  /// Names that are remembered.
  private static final int TENANTS_MAX = 65_536;

  /// Between two looks for names that may be forgotten.
  private static final long FORGET_NS = 1_000_000_000L;

  private final Clock clock;
  private final boolean on;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final LongAdder delayed = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private volatile Table now;

  private record Line(Limits limits, Glob pattern) {
    static Line of(Limits limits) {
      return new Line(limits, Glob.ofStarsAlone(limits.pattern()));
    }
  }

  /// Lines in their order, and the namespaces that were asked for since.
  ///
  /// @param crowds by line, what all those share that are not remembered
  /// @param forgotNs when names were forgotten last, by the clock
  private record Table(
      List<Line> lines,
      ConcurrentHashMap<String, Tenant> tenants,
      ConcurrentHashMap<Limits, Tenant> crowds,
      AtomicLong forgotNs) {
    private Limits limits(String namespace) {
      var name = namespace.getBytes(StandardCharsets.UTF_8);
      for (var line : lines) {
        if (line.pattern.matches(name)) {
          return line.limits;
        }
      }
      return Limits.NONE;
    }

    /// Forgets those who asked for nothing of late: who is new has as much.
    private void forget(long nowNs) {
      long before = forgotNs.get();
      if (nowNs - before >= FORGET_NS && forgotNs.compareAndSet(before, nowNs)) {
        tenants.values().removeIf(tenant -> tenant.isRested(nowNs));
      }
    }
  }

  private Quotas(Clock clock, boolean on, List<Limits> lines) {
    this.clock = clock;
    this.on = on;
    this.now = table(lines);
  }

  private Table table(List<Limits> lines) {
    return new Table(
        lines.stream().map(Line::of).toList(),
        new ConcurrentHashMap<>(),
        new ConcurrentHashMap<>(),
        new AtomicLong(clock.nanoTime() - FORGET_NS));
  }

  /// Quotas of which the first line that fits a namespace holds for it.
  public static Quotas of(List<Limits> lines, Clock clock) {
    return new Quotas(clock, true, lines);
  }

  /// None, for good.
  public static Quotas none() {
    return new Quotas(Clock.system(), false, List.of());
  }

  /// Whether there may be any.
  public boolean isOn() {
    return on;
  }

  /// Replaces all, and tells whoever wants to know.
  public void set(List<Limits> lines) {
    now = table(lines);
    listeners.forEach(Runnable::run);
  }

  /// Says who wants to know of changes.
  public void onChange(Runnable listener) {
    listeners.add(listener);
  }

  /// A namespace, whether or not it exists. Of more names than are remembered those that come last
  /// ask together for as much as one of them may, so that nobody makes names up to be forgotten.
  public Tenant tenant(String namespace) {
    var table = now;
    var there = table.tenants.get(namespace);
    if (there != null) {
      return there;
    }
    long nowNs = clock.nanoTime();
    if (table.tenants.mappingCount() >= TENANTS_MAX) {
      table.forget(nowNs);
    }
    var limits = table.limits(namespace);
    return table.tenants.mappingCount() >= TENANTS_MAX
        ? table.crowds.computeIfAbsent(limits, line -> new Tenant(line, nowNs))
        : table.tenants.computeIfAbsent(namespace, _ -> new Tenant(limits, nowNs));
  }

  /// The quotas and floors of a namespace.
  public Limits of(String namespace) {
    return on ? tenant(namespace).limits() : Limits.NONE;
  }

  /// Counts a publish of a namespace, unless there were too many.
  ///
  /// @return 0 if it was counted; else for how long there are too many, in nanoseconds
  public long publish(Tenant tenant) {
    long waitNs = tenant.publish(clock.nanoTime());
    if (waitNs > 0) {
      delayed.increment();
    }
    return waitNs;
  }

  /// Counts a look-up in a namespace, unless there were too many.
  ///
  /// @return what to tell whoever asked if it was not counted, else empty
  public String lookUp(Tenant tenant) {
    if (tenant.lookUp(clock.nanoTime()) == 0) {
      return "";
    }
    refused.increment();
    return "too many look-ups (expected: at most lookups=%d a second in %s)"
        .formatted(tenant.limits().lookups(), tenant.limits().pattern());
  }

  /// Namespaces that are remembered.
  int remembered() {
    return now.tenants.size();
  }

  /// Counters, each of some moment.
  public List<Stat> stats() {
    return List.of(
        Stat.counter("quota-publishes-delayed", delayed.sum()),
        Stat.counter("quota-lookups-refused", refused.sum()));
  }
}
