// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.evaluate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/// What the paper found (arXiv 2505.21919, section 4), and which of our figures show the same: what
/// is counted and modelled is the network's, what is measured is the client's own time.
final class Findings {
  /// What a request over a real network takes beside one over the loopback interface; an
  /// assumption.
  private static final double NETWORK_US = 25;

  private static final List<String> HEAD =
      List.of("finding", "paper", "counted and modelled here", "measured here", "verdict");

  private final List<Row> rows;

  Findings(List<Row> rows) {
    this.rows = rows;
  }

  /// A table, its head first; empty if the systems that it compares were not evaluated.
  List<List<String>> table() {
    var table = new ArrayList<List<String>>();
    for (var step : List.of(Step.RANGE, Step.SEARCH)) {
      beatRedis(step).ifPresent(table::add);
    }
    against(
            Step.RANGE,
            "on ranges Sherman is ahead of CHIME",
            "10.3% on average, without the first window")
        .ifPresent(table::add);
    against(
            Step.SEARCH,
            "on searches CHIME is ahead of Sherman",
            "5.5% on average, without the first window")
        .ifPresent(table::add);
    tail().ifPresent(table::add);
    if (!table.isEmpty()) {
      table.addFirst(HEAD);
    }
    return table;
  }

  private Optional<Meter.Kind> kind(String system, Row.Phase phase, Step step) {
    return rows.stream()
        .filter(row -> row.system().equals(system) && row.phase() == phase)
        .flatMap(row -> Optional.ofNullable(row.lookups().kinds().get(step)).stream())
        .findFirst();
  }

  private static String of(Step step) {
    return step == Step.RANGE ? "range queries" : "searches";
  }

  private Optional<List<String>> beatRedis(Step step) {
    var redis = kind("redis-stretches", Row.Phase.PRELOADED, step);
    var sherman = kind("sherman-clv", Row.Phase.PRELOADED, step);
    var chime = kind("chime", Row.Phase.PRELOADED, step);
    if (redis.isEmpty() || sherman.isEmpty() || chime.isEmpty()) {
      return Optional.empty();
    }
    double theirs = redis.get().measuredUs().quantile(0.99);
    double worse =
        Math.max(sherman.get().micros().quantile(0.99), chime.get().micros().quantile(0.99));
    return Optional.of(
        List.of(
            "both beat Redis on " + of(step),
            "Redis above 100 us at p99, both far below",
            "p99 preloaded: Sherman (clv) %s us, CHIME %s us"
                .formatted(
                    text(sherman.get().micros().quantile(0.99)),
                    text(chime.get().micros().quantile(0.99))),
            "Redis %s us at p99 over the loopback interface, and about %s us for a network"
                .formatted(text(theirs), text(NETWORK_US)),
            worse < theirs + NETWORK_US ? "reproduced" : "not reproduced"));
  }

  private Optional<List<String>> against(Step step, String finding, String paper) {
    var sherman = kind("sherman-clv", Row.Phase.PRELOADED, step);
    var chime = kind("chime", Row.Phase.PRELOADED, step);
    if (sherman.isEmpty() || chime.isEmpty()) {
      return Optional.empty();
    }
    boolean shermanFirst = step == Step.RANGE;
    var first = shermanFirst ? sherman.get() : chime.get();
    var second = shermanFirst ? chime.get() : sherman.get();
    double bytes = ahead(first, second, kind -> kind.bytes().mean());
    double modelled = ahead(first, second, kind -> kind.micros().quantile(0.99));
    double client = ahead(first, second, kind -> kind.measuredUs().mean());
    var by = new ArrayList<String>();
    add(by, bytes, "bytes");
    add(by, modelled, "modelled time");
    add(by, client, "client time");
    return Optional.of(
        List.of(
            finding,
            paper,
            "preloaded, of Sherman (clv) and CHIME: round trips %s and %s, bytes %s and %s, p99 %s"
                    .formatted(
                        text(sherman.get().roundTrips().mean()),
                        text(chime.get().roundTrips().mean()),
                        text(sherman.get().bytes().mean()),
                        text(chime.get().bytes().mean()),
                        text(sherman.get().micros().quantile(0.99)))
                + " and %s us".formatted(text(chime.get().micros().quantile(0.99))),
            "client %s and %s us at the mean"
                .formatted(
                    text(sherman.get().measuredUs().mean()), text(chime.get().measuredUs().mean())),
            by.isEmpty() ? "not reproduced" : "reproduced by " + String.join(", ", by)));
  }

  /// By how much the first takes less than the second, as a share of the second.
  private static double ahead(
      Meter.Kind first, Meter.Kind second, ToDoubleFunction<Meter.Kind> what) {
    return 1 - what.applyAsDouble(first) / what.applyAsDouble(second);
  }

  private static void add(List<String> by, double ahead, String what) {
    if (ahead > 0.005) {
      by.add("%s (%.0f%%)".formatted(what, 100 * ahead));
    }
  }

  private Optional<List<String>> tail() {
    var cold = kind("chime-published", Row.Phase.COLD, Step.RANGE);
    var preloaded = kind("chime-published", Row.Phase.PRELOADED, Step.RANGE);
    if (cold.isEmpty() || preloaded.isEmpty()) {
      return Optional.empty();
    }
    double tail = cold.get().roundTrips().quantile(0.99);
    double warm = preloaded.get().roundTrips().quantile(0.99);
    return Optional.of(
        List.of(
            "range queries have an unstable tail",
            "significant variability of p99 for both",
            ("CHIME as published, round trips p50 / p99: cold %s / %s, preloaded %s / %s; p99 cold"
                    + " %s us")
                .formatted(
                    text(cold.get().roundTrips().quantile(0.5)),
                    text(tail),
                    text(preloaded.get().roundTrips().quantile(0.5)),
                    text(warm),
                    text(cold.get().micros().quantile(0.99))),
            "-",
            tail > 10 * warm
                ? "reproduced: one round trip after the other for each block that is not there"
                : "not reproduced"));
  }

  private static String text(double value) {
    return value >= 100 ? String.format(Locale.ROOT, "%,.0f", value) : EvaluatePage.text(value);
  }
}
