// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.log;

import io.incipit.trace.BadLineException;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAccessor;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// Times as logs write them: ISO 8601, without an offset taken as UTC, or a number. A number of the
/// size that a present date has in ns, us or ms since 1970 is that; a smaller one is in seconds,
/// since 1970 or since whenever the log began.
final class LogTime {
  private static final String EXPECTED = "a number from 0 on, or a date like 2026-01-31T12:00:00Z";
  private static final BigDecimal MAX = BigDecimal.valueOf(4_000_000_000_000_000_000L);

  /// The least that is taken for ns, us and ms since 1970, each 1973 or later.
  private static final BigDecimal NANOS_MIN = BigDecimal.valueOf(100_000_000_000_000_000L);

  private static final BigDecimal MICROS_MIN = BigDecimal.valueOf(100_000_000_000_000L);
  private static final BigDecimal MILLIS_MIN = BigDecimal.valueOf(100_000_000_000L);

  private static final DateTimeFormatter ISO =
      new DateTimeFormatterBuilder()
          .append(DateTimeFormatter.ISO_LOCAL_DATE)
          .appendPattern("['T'][' ']")
          .append(DateTimeFormatter.ISO_LOCAL_TIME)
          .appendPattern("[' ']['UTC']")
          .optionalStart()
          .parseLenient()
          .appendOffset("+HH:mm", "Z")
          .optionalEnd()
          .toFormatter(Locale.ROOT);

  private LogTime() {}

  /// Nanoseconds, from 0 on.
  static long ns(LogRow.Found time) throws BadLineException {
    var dated = time.value().get("$date");
    var node = dated == null ? time.value() : dated;
    return number(node)
        .flatMap(LogTime::ofNumber)
        .or(() -> ofDate(node))
        .orElseThrow(
            () -> {
              var text = time.value().toString();
              var shown = text.length() > 40 ? text.substring(0, 40) + "..." : text;
              return new BadLineException(
                  "%s: %s (expected: %s)".formatted(time.name(), shown, EXPECTED));
            });
  }

  private static Optional<BigDecimal> number(JsonNode node) {
    if (node.isNumber()) {
      return Optional.of(node.decimalValue());
    }
    try {
      return node.isString()
          ? Optional.of(new BigDecimal(node.stringValue().strip()))
          : Optional.empty();
    } catch (NumberFormatException _) {
      return Optional.empty();
    }
  }

  private static Optional<Long> ofNumber(BigDecimal number) {
    if (number.signum() < 0 || number.compareTo(MAX) > 0) {
      return Optional.empty();
    }
    long unit = 1_000_000_000;
    if (number.compareTo(NANOS_MIN) >= 0) {
      unit = 1;
    } else if (number.compareTo(MICROS_MIN) >= 0) {
      unit = 1_000;
    } else if (number.compareTo(MILLIS_MIN) >= 0) {
      unit = 1_000_000;
    }
    var ns = number.multiply(BigDecimal.valueOf(unit));
    return ns.compareTo(MAX) > 0 ? Optional.empty() : Optional.of(Math.round(ns.doubleValue()));
  }

  private static Optional<Long> ofDate(JsonNode node) {
    if (!node.isString()) {
      return Optional.empty();
    }
    try {
      var parsed =
          ISO.parseBest(node.stringValue().strip(), OffsetDateTime::from, LocalDateTime::from);
      long ns = ChronoUnit.NANOS.between(Instant.EPOCH, instant(parsed));
      return ns < 0 ? Optional.empty() : Optional.of(ns);
    } catch (DateTimeException | ArithmeticException _) {
      return Optional.empty();
    }
  }

  private static Instant instant(TemporalAccessor parsed) {
    return parsed instanceof LocalDateTime local
        ? local.toInstant(ZoneOffset.UTC)
        : OffsetDateTime.from(parsed).toInstant();
  }
}
