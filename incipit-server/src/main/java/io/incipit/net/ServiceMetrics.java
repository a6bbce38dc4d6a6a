// SPDX-License-Identifier: Apache-2.0
package io.incipit.net;

import io.incipit.block.Stat;
import io.incipit.service.Service;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;

/// The numbers of `KVC.STATS`, of the server and of each namespace, as metrics. Thread-safe.
final class ServiceMetrics implements MultiCollector {
  /// Namespaces shown one by one, the first by name; the server's numbers are of all.
  static final int NAMESPACES_SHOWN = 200;

  /// A field that [#failures] has, with those of the network.
  private static final String FAILURES = "failures";

  private final Service service;
  private final LongSupplier netFailures;

  /// @param netFailures failures beside those that the service counts
  ServiceMetrics(Service service, LongSupplier netFailures) {
    this.service = service;
    this.netFailures = netFailures;
  }

  @Override
  public MetricSnapshots collect() {
    var metrics = new ArrayList<MetricSnapshot>();
    for (var stat : service.stats()) {
      if (stat.name().equals(FAILURES)) {
        metrics.add(failures(stat.value()));
      } else {
        var series = new Series(stat, StatHelp.ofServer(stat.name()));
        series.values.put(Labels.EMPTY, stat.value());
        metrics.add(series.snapshot("incipit_server_"));
      }
    }
    metrics.add(refusals());
    ofNamespaces().forEach(series -> metrics.add(series.snapshot("incipit_namespace_")));
    return new MetricSnapshots(metrics);
  }

  private MetricSnapshot failures(long ofService) {
    return CounterSnapshot.builder()
        .name("incipit_failures")
        .help("Failures that nobody foresaw, of the network and of operations.")
        .dataPoint(counted(Labels.EMPTY, netFailures.getAsLong() + ofService))
        .build();
  }

  private MetricSnapshot refusals() {
    var refusals = CounterSnapshot.builder().name("incipit_refusals").help("Refusals, by code.");
    service
        .refusals()
        .forEach(
            (code, count) ->
                refusals.dataPoint(
                    counted(Labels.of("code", code.name().toLowerCase(Locale.ROOT)), count)));
    return refusals.build();
  }

  private Collection<Series> ofNamespaces() {
    var byField = new LinkedHashMap<String, Series>();
    for (var namespace : service.names().stream().limit(NAMESPACES_SHOWN).toList()) {
      for (var stat : service.stats(namespace)) {
        byField
            .computeIfAbsent(stat.name(), _ -> new Series(stat, StatHelp.ofNamespace(stat.name())))
            .values
            .put(Labels.of("namespace", namespace), stat.value());
      }
    }
    return byField.values();
  }

  /// One field, of all that have it.
  private static final class Series {
    private final String field;
    private final Stat.Kind kind;
    private final String help;
    private final Map<Labels, Long> values = new LinkedHashMap<>();

    Series(Stat first, String help) {
      this.field = first.name();
      this.kind = first.kind();
      this.help = help;
    }

    MetricSnapshot snapshot(String prefix) {
      var name = prefix + field.replace('-', '_');
      return switch (kind) {
        case GAUGE -> {
          var gauge = GaugeSnapshot.builder().name(name).help(help);
          values.forEach((labels, value) -> gauge.dataPoint(measured(labels, value)));
          yield gauge.build();
        }
        case COUNTER -> {
          var counter = CounterSnapshot.builder().name(name).help(help);
          values.forEach((labels, value) -> counter.dataPoint(counted(labels, value)));
          yield counter.build();
        }
      };
    }
  }

  private static GaugeSnapshot.GaugeDataPointSnapshot measured(Labels labels, long value) {
    return GaugeSnapshot.GaugeDataPointSnapshot.builder()
        .labels(labels)
        .value((double) value)
        .build();
  }

  private static CounterSnapshot.CounterDataPointSnapshot counted(Labels labels, long value) {
    return CounterSnapshot.CounterDataPointSnapshot.builder()
        .labels(labels)
        .value((double) value)
        .build();
  }
}
