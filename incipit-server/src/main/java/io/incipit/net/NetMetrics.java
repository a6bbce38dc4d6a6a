// SPDX-License-Identifier: Apache-2.0
package io.incipit.net;

import io.incipit.env.Build;
import io.incipit.net.access.Access;
import io.incipit.net.audit.Audit;
import io.incipit.net.http.RouteResponse;
import io.incipit.net.redis.ServerView;
import io.incipit.protocol.Command;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.instrumentation.jvm.JvmBufferPoolMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmGarbageCollectorMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmMemoryMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmRuntimeInfoMetric;
import io.prometheus.metrics.instrumentation.jvm.JvmThreadsMetrics;
import io.prometheus.metrics.instrumentation.jvm.ProcessMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/// What the network counts. Thread-safe.
final class NetMetrics {
  private static final double NS_PER_SECOND = 1e9;
  private static final double[] SECONDS = {
    0.000_005, 0.000_01, 0.000_025, 0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.005, 0.025, 0.1,
    1
  };

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Map<Command, DistributionDataPoint> seconds = new EnumMap<>(Command.class);
  private final Histogram durations;
  private final Counter opened = counter("connections_opened", "Connections taken.", "port");
  private final Counter refused =
      counter("connections_refused", "Connections beyond a limit.", "reason");
  private final Counter closed =
      counter("connections_closed", "Connections that the server ended, and why.", "reason");
  private final Counter misunderstood =
      counter("requests_misunderstood", "Requests without a command that fits.", "reason");
  private final Counter textHashes =
      counter(
          "requests_with_hash_text",
          "Requests without HEX whose hashes are hex digits only: the word was forgotten.");
  private final Counter received = counter("received_bytes", "Bytes of requests.", "port");
  private final Counter sent = counter("sent_bytes", "Bytes of replies.", "port");
  private final CounterDataPoint receivedResp = received.labelValues("resp");
  private final CounterDataPoint sentResp = sent.labelValues("resp");

  private final AtomicLong failures = new AtomicLong();
  private final LongAccumulator mostUnits = new LongAccumulator(Math::max, 0);

  NetMetrics() {
    gauge("turn_units_most", "Most units of work of one connection in one go.", mostUnits::get);
    durations =
        Histogram.builder()
            .name("incipit_command_seconds")
            .help("Time from a whole request to its reply, by command.")
            .labelNames("command")
            .classicOnly()
            .classicUpperBounds(SECONDS)
            .withoutExemplars()
            .register(registry);
    for (var command : Command.all()) {
      seconds.put(command, durations.labelValues(command.wireName()));
    }
  }

  private Counter counter(String name, String help, String... labels) {
    return Counter.builder()
        .name("incipit_" + name)
        .help(help)
        .labelNames(labels)
        .withoutExemplars()
        .register(registry);
  }

  /// Shows a number that somebody else keeps.
  void gauge(String name, String help, DoubleSupplier value) {
    GaugeWithCallback.builder()
        .name("incipit_" + name)
        .help(help)
        .callback(callback -> callback.call(value.getAsDouble()))
        .register(registry);
  }

  /// Shows what came of those who said who they are.
  void addLogins(Access access) {
    CounterWithCallback.builder()
        .name("incipit_logins")
        .help("Attempts to say who one is, and what came of them; those delayed count twice.")
        .labelNames("outcome")
        .callback(
            callback -> {
              callback.call((double) access.accepted(), "accepted");
              callback.call((double) access.refused(), "refused");
              callback.call((double) access.delayed(), "delayed");
            })
        .register(registry);
    CounterWithCallback.builder()
        .name("incipit_users_file_faults")
        .help("Users files that were not good, so that the users stayed as they were.")
        .callback(callback -> callback.call((double) access.faults()))
        .register(registry);
    gauge("failing_addresses", "Addresses that lately failed to log in.", access::failing);
  }

  /// Shows what became of the lines of the audit log.
  void addAudit(Audit audit) {
    counter("audit_lines", "Lines of the audit log that were written.", audit::lines);
    counter(
        "audit_dropped",
        "Events that are not in the audit log, since too many waited for the disk.",
        audit::dropped);
    counter("audit_write_faults", "Attempts to write the audit log that failed.", audit::failures);
  }

  private void counter(String name, String help, LongSupplier value) {
    CounterWithCallback.builder()
        .name("incipit_" + name)
        .help(help)
        .callback(callback -> callback.call((double) value.getAsLong()))
        .register(registry);
  }

  PrometheusRegistry registry() {
    return registry;
  }

  void answered(Command command, long durationNs) {
    var distribution = seconds.get(command);
    if (distribution != null) {
      distribution.observe(durationNs / NS_PER_SECOND);
    }
  }

  void opened(String port) {
    opened.labelValues(port).inc();
  }

  void refused(String reason) {
    refused.labelValues(reason).inc();
  }

  void closed(String reason) {
    closed.labelValues(reason).inc();
  }

  void misunderstood(String reason) {
    misunderstood.labelValues(reason).inc();
  }

  /// Counts a request whose hashes look like text, and says how many there have been.
  long suspectedText() {
    textHashes.inc();
    return textHashes.getLongValue();
  }

  /// How many there have been.
  long textSuspicions() {
    return textHashes.getLongValue();
  }

  /// Notes how much one connection did in one go.
  void turn(int units) {
    mostUnits.accumulate(units);
  }

  void received(int bytes) {
    receivedResp.inc(bytes);
  }

  void sent(int bytes) {
    sentResp.inc(bytes);
  }

  void sentHttp(int bytes) {
    sent.labelValues("http").inc(bytes);
  }

  /// Counts a failure and says how many there have been.
  long failed() {
    return failures.incrementAndGet();
  }

  /// Failures so far.
  long failures() {
    return failures.get();
  }

  /// Adds what the JVM and the system say of this process, and which build it is.
  void addProcess(Build build) {
    JvmMemoryMetrics.builder().register(registry);
    JvmBufferPoolMetrics.builder().register(registry);
    JvmGarbageCollectorMetrics.builder().register(registry);
    JvmThreadsMetrics.builder().register(registry);
    JvmRuntimeInfoMetric.builder().register(registry);
    ProcessMetrics.builder().register(registry);
    Info.builder()
        .name("incipit_build")
        .help("The version of Incipit, and the commit that it was built from.")
        .labelNames("version", "commit")
        .register(registry)
        .setLabelValues(build.version(), build.commit());
  }

  /// What was counted, for `INFO`.
  ServerView.Totals totals() {
    var commands = new ArrayList<ServerView.CommandTotals>();
    for (var point : durations.collect().getDataPoints()) {
      Command.find(String.valueOf(point.getLabels().get("command")))
          .ifPresent(
              command ->
                  commands.add(
                      new ServerView.CommandTotals(command, point.getCount(), point.getSum())));
    }
    return new ServerView.Totals(
        sum(opened), sum(refused), receivedResp.getLongValue(), sentResp.getLongValue(), commands);
  }

  private static long sum(Counter counter) {
    return counter.collect().getDataPoints().stream()
        .mapToLong(point -> (long) point.getValue())
        .sum();
  }

  /// Everything, in the form that a client asks for.
  ///
  /// @param accept what it says that it takes; may be empty
  RouteResponse exposition(String accept) {
    return Exposition.of(registry.scrape(), accept);
  }
}
