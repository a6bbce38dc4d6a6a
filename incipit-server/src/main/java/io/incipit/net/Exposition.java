// SPDX-License-Identifier: Apache-2.0
package io.incipit.net;

import io.incipit.net.http.RouteResponse;
import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/// Metrics as text, in Prometheus' form or in that of OpenMetrics, with numbers as people write
/// them: `0.000005` and not `5.0E-6`.
final class Exposition {
  /// The value at the end of a sample, or the bound of a bucket.
  private static final Pattern NUMBER =
      Pattern.compile("(?<=[{,]le=\")[0-9.]+(?:E-?[0-9]+)?(?=\")|(?<= )-?[0-9.]+(?:E-?[0-9]+)?$");

  private Exposition() {}

  /// @param accept what the client says that it takes; without a word on OpenMetrics it gets
  ///     Prometheus' form
  static RouteResponse of(MetricSnapshots metrics, String accept) {
    ExpositionFormatWriter writer = OpenMetricsTextFormatWriter.create();
    if (!writer.accepts(accept)) {
      writer = PrometheusTextFormatWriter.create();
    }
    var out = new ByteArrayOutputStream();
    try {
      writer.write(out, metrics, EscapingScheme.UNDERSCORE_ESCAPING);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    var text = plain(out.toString(StandardCharsets.UTF_8));
    return RouteResponse.of(200, writer.getContentType(), text.getBytes(StandardCharsets.UTF_8));
  }

  /// The same lines with plain decimal numbers; comments stay as they are.
  static String plain(String text) {
    var plain = new StringBuilder(text.length());
    for (var line : text.lines().toList()) {
      plain.append(
          line.startsWith("#")
              ? line
              : NUMBER.matcher(line).replaceAll(found -> decimal(found.group())));
      plain.append('\n');
    }
    return plain.toString();
  }

  private static String decimal(String number) {
    return new BigDecimal(number).stripTrailingZeros().toPlainString();
  }
}
