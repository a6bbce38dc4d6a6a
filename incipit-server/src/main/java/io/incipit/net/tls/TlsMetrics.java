// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.tls;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.function.DoubleSupplier;

/// What TLS counts. Thread-safe.
final class TlsMetrics {
  private final Counter handshakes;
  private final Counter failures;
  private final Counter reloads;

  /// @param secondsLeft until the certificate expires
  TlsMetrics(PrometheusRegistry registry, DoubleSupplier secondsLeft) {
    this.handshakes = counter(registry, "tls_handshakes", "TLS handshakes that succeeded.", "port");
    this.failures =
        counter(
            registry,
            "tls_handshake_failures",
            "TLS handshakes that came to nothing, and why.",
            "port",
            "reason");
    this.reloads =
        counter(
            registry,
            "tls_reloads",
            "Changes of the files of TLS that were seen: taken, or refused and the old ones kept.",
            "outcome");
    for (var port : TlsPort.values()) {
      handshakes.initLabelValues(port.label());
    }
    reloads.initLabelValues("taken");
    reloads.initLabelValues("refused");
    GaugeWithCallback.builder()
        .name("incipit_tls_certificate_expires_seconds")
        .help("Seconds until the server's certificate, or one that vouches for it, expires.")
        .callback(callback -> callback.call(secondsLeft.getAsDouble()))
        .register(registry);
  }

  private static Counter counter(
      PrometheusRegistry registry, String name, String help, String... labels) {
    return Counter.builder()
        .name("incipit_" + name)
        .help(help)
        .labelNames(labels)
        .withoutExemplars()
        .register(registry);
  }

  void succeeded(TlsPort port) {
    handshakes.labelValues(port.label()).inc();
  }

  void failed(TlsPort port, HandshakeFailure failure) {
    failures.labelValues(port.label(), failure.label()).inc();
  }

  void reloaded(boolean taken) {
    reloads.labelValues(taken ? "taken" : "refused").inc();
  }
}
