// SPDX-License-Identifier: Apache-2.0
package io.incipit.quota;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// Numbers with units, as configurations write them.
public final class Quantity {
  private static final Pattern FORM = Pattern.compile("([0-9]{1,18})([a-zA-Z]*)");
  private static final Map<String, Long> BYTES =
      Map.of("B", 1L, "KiB", 1L << 10, "MiB", 1L << 20, "GiB", 1L << 30, "TiB", 1L << 40);
  private static final Map<String, Long> MILLIS =
      Map.of("ms", 1L, "s", 1_000L, "min", 60_000L, "h", 3_600_000L);

  private Quantity() {}

  /// Bytes of `64KiB`, `2GiB` and the like; only zero may stand without a unit.
  public static Optional<Long> bytes(String text) {
    return value(text, BYTES);
  }

  /// The duration of `10s`, `250ms` and the like; only zero may stand without a unit.
  public static Optional<Duration> duration(String text) {
    return value(text, MILLIS).map(Duration::ofMillis);
  }

  private static Optional<Long> value(String text, Map<String, Long> units) {
    var form = FORM.matcher(text);
    if (!form.matches()) {
      return Optional.empty();
    }
    long number = Long.parseLong(form.group(1));
    if (number == 0 && form.group(2).isEmpty()) {
      return Optional.of(0L);
    }
    var unit = units.get(form.group(2));
    return unit == null || number > Long.MAX_VALUE / unit
        ? Optional.empty()
        : Optional.of(number * unit);
  }
}
