// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.evaluate;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/// What operations of some requests took, counted, modelled and measured. For one thread.
final class Meter {
  /// The paper's.
  static final long WINDOW_NS = 600_000_000_000L;

  private final Distribution roundTrips = new Distribution();
  private final Distribution nicRequests = new Distribution();
  private final Distribution bytes = new Distribution();
  private final Distribution modelledUs = new Distribution();
  private final Distribution measuredUs = new Distribution();
  private final Distribution cpuUs = new Distribution();
  private final Map<Step, Kind> kinds = new EnumMap<>(Step.class);
  private final NavigableMap<Long, Distribution> windows = new TreeMap<>();
  private final boolean counted;

  /// Operations of one kind.
  ///
  /// @param micros microseconds: modelled where counted, else measured
  /// @param measuredUs time that passed at the client
  /// @param windows `micros` by window of the trace
  record Kind(
      Distribution roundTrips,
      Distribution bytes,
      Distribution micros,
      Distribution measuredUs,
      NavigableMap<Long, Distribution> windows) {
    Kind() {
      this(
          new Distribution(),
          new Distribution(),
          new Distribution(),
          new Distribution(),
          new TreeMap<>());
    }
  }

  /// Nothing yet.
  ///
  /// @param counted whether operations are counted and modelled, beside being timed
  Meter(boolean counted) {
    this.counted = counted;
  }

  /// Adds what a request took.
  ///
  /// @param timeNs when it came
  void add(long timeNs, Steps steps, double tookUs, double tookCpuUs) {
    double trips = 0;
    double asked = 0;
    double moved = 0;
    double ns = 0;
    long window = timeNs / WINDOW_NS;
    for (int i = 0; i < steps.count(); i++) {
      trips += steps.roundTrips(i);
      asked += steps.requests(i);
      moved += steps.bytes(i);
      ns += steps.ns(i);
      var kind = kinds.computeIfAbsent(steps.kind(i), _ -> new Kind());
      kind.roundTrips().add((double) steps.roundTrips(i));
      kind.bytes().add((double) steps.bytes(i));
      kind.micros().add(steps.ns(i) / 1e3);
      kind.measuredUs().add(steps.measuredNs(i) / 1e3);
      at(kind.windows(), window).add(steps.ns(i) / 1e3);
    }
    roundTrips.add(trips);
    nicRequests.add(asked);
    bytes.add(moved);
    modelledUs.add(ns / 1e3);
    measuredUs.add(tookUs);
    cpuUs.add(tookCpuUs);
    at(windows, window).add(counted ? ns / 1e3 : tookUs);
  }

  private static Distribution at(Map<Long, Distribution> windows, long window) {
    return windows.computeIfAbsent(window, _ -> new Distribution());
  }

  /// For machines: the summary of each window in which something came, and when it began.
  static List<Map<String, Double>> summaries(NavigableMap<Long, Distribution> windows) {
    return windows.entrySet().stream()
        .map(
            window -> {
              Map<String, Double> fields = new LinkedHashMap<>();
              fields.put("fromMinutes", window.getKey() * (WINDOW_NS / 60e9));
              fields.putAll(window.getValue().summary());
              return fields;
            })
        .toList();
  }

  boolean counted() {
    return counted;
  }

  Distribution roundTrips() {
    return roundTrips;
  }

  Distribution nicRequests() {
    return nicRequests;
  }

  Distribution bytes() {
    return bytes;
  }

  Distribution modelledUs() {
    return modelledUs;
  }

  Distribution measuredUs() {
    return measuredUs;
  }

  Distribution cpuUs() {
    return cpuUs;
  }

  /// By kind of operation.
  Map<Step, Kind> kinds() {
    return kinds;
  }

  /// Microseconds a request by window of the trace, by its number from 0: modelled where counted,
  /// else measured. Windows in which nothing came are not there.
  NavigableMap<Long, Distribution> windows() {
    return windows;
  }

  /// For machines: every distribution's summary.
  Map<String, Object> fields() {
    var all = new LinkedHashMap<String, Object>();
    all.put("roundTripsPerRequest", roundTrips.summary());
    all.put("bytesPerRequest", bytes.summary());
    if (counted) {
      all.put("nicRequestsPerRequest", nicRequests.summary());
      all.put("modelledMicros", modelledUs.summary());
    }
    all.put("measuredMicros", measuredUs.summary());
    all.put("cpuMicrosPerRequest", cpuUs.summary());
    return all;
  }

  /// For machines: operations by kind, and windows.
  Map<String, Object> operations() {
    var all = new LinkedHashMap<String, Object>();
    kinds.forEach(
        (step, kind) -> {
          var fields = new LinkedHashMap<String, Object>();
          fields.put("count", kind.roundTrips().count());
          fields.put("roundTrips", kind.roundTrips().summary());
          fields.put("bytes", kind.bytes().summary());
          if (counted) {
            fields.put("modelledMicros", kind.micros().summary());
          }
          fields.put("measuredMicros", kind.measuredUs().summary());
          fields.put("windows", summaries(kind.windows()));
          all.put(step.name().toLowerCase(Locale.ROOT), fields);
        });
    return all;
  }
}
