// SPDX-License-Identifier: Apache-2.0
package io.incipit.quota;

import io.incipit.block.Stat;
import io.incipit.env.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;

/// The quotas and floors of all namespaces, as they are now. Thread-safe.
public final class Quotas {
  /// Names that are remembered; who is forgotten begins with a full bucket.
  private static final int TENANTS_MAX = 65_536;

  private final Clock clock;
  private final boolean on;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final LongAdder delayed = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private volatile Table now;

  /// Lines in their order, and the namespaces that were asked for since.
  private record Table(List<Limits> lines, ConcurrentHashMap<String, Tenant> tenants) {}

  private Quotas(Clock clock, boolean on, List<Limits> lines) {
    this.clock = clock;
    this.on = on;
    this.now = table(lines);
  }

  private static Table table(List<Limits> lines) {
    return new Table(List.copyOf(lines), new ConcurrentHashMap<>());
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

  /// All lines, in their order.
  public List<Limits> lines() {
    return now.lines;
  }

  /// A namespace, whether or not it exists.
  public Tenant tenant(String namespace) {
    var table = now;
    var there = table.tenants.get(namespace);
    if (there != null) {
      return there;
    }
    if (table.tenants.size() >= TENANTS_MAX) {
      table.tenants.clear();
    }
    return table.tenants.computeIfAbsent(
        namespace, name -> new Tenant(limits(table.lines, name), clock.nanoTime()));
  }

  private static Limits limits(List<Limits> lines, String namespace) {
    for (var line : lines) {
      if (line.fit(namespace)) {
        return line;
      }
    }
    return Limits.NONE;
  }

  /// The quotas and floors of a namespace.
  public Limits of(String namespace) {
    return on ? tenant(namespace).limits() : Limits.NONE;
  }

  /// Counts a look-up in a namespace, unless there were too many.
  ///
  /// @return what there was too much of; empty if it was counted
  public Optional<Limits> lookUp(String namespace) {
    if (!on) {
      return Optional.empty();
    }
    var tenant = tenant(namespace);
    if (tenant.lookUp(clock.nanoTime()) == 0) {
      return Optional.empty();
    }
    refused.increment();
    return Optional.of(tenant.limits());
  }

  /// A publish had to wait.
  public void delayed() {
    delayed.increment();
  }

  /// A look-up was refused.
  public void refused() {
    refused.increment();
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
