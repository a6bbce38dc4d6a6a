// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.plan;

import java.util.OptionalDouble;

/// The accelerators of the machine of a plan, and what they cost.
///
/// @param count that its FLOP/s are of together, at least 1
/// @param pricePerHour of one, in any money; empty if nobody says
public record Gpus(int count, OptionalDouble pricePerHour) {
  /// One, of unknown price.
  public static final Gpus ONE = new Gpus(1, OptionalDouble.empty());

  private static final double HOURS_OF_30_DAYS = 720;

  public Gpus {
    if (count < 1) {
      throw new IllegalArgumentException("gpus: %d (expected: at least 1)".formatted(count));
    }
    double price = pricePerHour.orElse(0);
    if (!(price >= 0) || Double.isInfinite(price)) {
      throw new IllegalArgumentException("price: %s (expected: 0 or more)".formatted(price));
    }
  }

  /// How many of them so much prefill keeps busy all the time that a trace takes; empty if its
  /// requests come all at once.
  ///
  /// @param seconds of prefill on the whole machine
  public OptionalDouble busy(double seconds, Demand demand) {
    return demand.durationSeconds() > 0
        ? OptionalDouble.of(count * seconds / demand.durationSeconds())
        : OptionalDouble.empty();
  }

  /// What a size saves in an hour as the trace has them on average; empty without a price.
  public OptionalDouble savedAnHour(PlanRow row, Demand demand) {
    var saved = busy(row.savedSeconds(), demand);
    return saved.isPresent() && pricePerHour.isPresent()
        ? OptionalDouble.of(saved.getAsDouble() * pricePerHour.getAsDouble())
        : OptionalDouble.empty();
  }

  /// The same in 30 days.
  public OptionalDouble savedAMonth(PlanRow row, Demand demand) {
    var hour = savedAnHour(row, demand);
    return hour.isPresent() ? OptionalDouble.of(hour.getAsDouble() * HOURS_OF_30_DAYS) : hour;
  }
}
