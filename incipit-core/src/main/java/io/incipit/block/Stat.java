// SPDX-License-Identifier: Apache-2.0
package io.incipit.block;

import java.util.List;
import java.util.Map;

/// A number that says how something fares: of a namespace, or of the server.
///
/// @param name words of lower-case letters with dashes between, as in `KVC.STATS`
public record Stat(String name, Kind kind, long value) {
  /// How a number moves.
  public enum Kind {
    /// A size of this moment; it may fall as well as rise.
    GAUGE,
    /// A count since the start; it never falls.
    COUNTER
  }

  /// A size of this moment.
  public static Stat gauge(String name, long value) {
    return new Stat(name, Kind.GAUGE, value);
  }

  /// A count since the start.
  public static Stat counter(String name, long value) {
    return new Stat(name, Kind.COUNTER, value);
  }

  /// Adds the fields of some to a row, in their order.
  public static void addTo(Map<String, Value> row, List<Stat> stats) {
    for (var stat : stats) {
      row.put(stat.name, Value.of(stat.value));
    }
  }
}
