// SPDX-License-Identifier: Apache-2.0
package io.incipit.net;

import io.incipit.block.Op;
import io.incipit.block.Reply;
import io.incipit.block.Value;
import io.incipit.service.Service;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The numbers of `KVC.STATS`, of the server and of each namespace, as metrics. Thread-safe.
final class ServiceMetrics implements MultiCollector {
  /// Namespaces shown one by one, the first by name; the server's numbers are of all.
  static final int NAMESPACES_SHOWN = 200;

  private static final String REFUSED = "refused-";

  /// Fields that may fall as well as rise.
  private static final Set<String> GAUGES =
      Set.of(
          "namespaces",
          "blocks",
          "index-bytes",
          "index-limit-bytes",
          "lanes",
          "queued-publishes",
          "queued-questions",
          "reply-bytes",
          "owners",
          "runs",
          "holdings",
          "tree-bytes",
          "by-hash-bytes",
          "parked-blocks");

  private final Service service;

  ServiceMetrics(Service service) {
    this.service = service;
  }

  @Override
  public MetricSnapshots collect() {
    var metrics = new ArrayList<MetricSnapshot>();
    var refusals = CounterSnapshot.builder().name("incipit_refusals").help("Refusals, by code.");
    numbers(Optional.empty())
        .forEach(
            (field, value) -> {
              if (field.startsWith(REFUSED)) {
                var code = field.substring(REFUSED.length());
                refusals.dataPoint(counted(Labels.of("code", code), value));
              } else {
                metrics.add(metric("incipit_server_", field, Map.of(Labels.EMPTY, value)));
              }
            });
    metrics.add(refusals.build());
    metrics.addAll(ofNamespaces());
    return new MetricSnapshots(metrics);
  }

  private List<MetricSnapshot> ofNamespaces() {
    var byField = new LinkedHashMap<String, Map<Labels, Long>>();
    for (var namespace : service.names().stream().limit(NAMESPACES_SHOWN).toList()) {
      var labels = Labels.of("namespace", namespace);
      numbers(Optional.of(namespace))
          .forEach(
              (field, value) ->
                  byField.computeIfAbsent(field, _ -> new LinkedHashMap<>()).put(labels, value));
    }
    var metrics = new ArrayList<MetricSnapshot>();
    byField.forEach((field, values) -> metrics.add(metric("incipit_namespace_", field, values)));
    return metrics;
  }

  private Map<String, Long> numbers(Optional<String> namespace) {
    var numbers = new LinkedHashMap<String, Long>();
    if (service.answer(new Op.Stats(namespace)) instanceof Reply.Row(var fields)) {
      fields.forEach(
          (field, value) -> {
            if (value instanceof Value.Whole(var number)) {
              numbers.put(field, number);
            }
          });
    }
    return numbers;
  }

  private static MetricSnapshot metric(String prefix, String field, Map<Labels, Long> values) {
    var name = prefix + field.replace('-', '_');
    var help = "The field " + field + " of KVC.STATS.";
    if (GAUGES.contains(field)) {
      var gauge = GaugeSnapshot.builder().name(name).help(help);
      values.forEach(
          (labels, value) ->
              gauge.dataPoint(
                  GaugeSnapshot.GaugeDataPointSnapshot.builder()
                      .labels(labels)
                      .value((double) value)
                      .build()));
      return gauge.build();
    }
    var counter = CounterSnapshot.builder().name(name).help(help);
    values.forEach((labels, value) -> counter.dataPoint(counted(labels, value)));
    return counter.build();
  }

  private static CounterSnapshot.CounterDataPointSnapshot counted(Labels labels, long value) {
    return CounterSnapshot.CounterDataPointSnapshot.builder()
        .labels(labels)
        .value((double) value)
        .build();
  }
}
