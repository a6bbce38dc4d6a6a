// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.report;

import static io.incipit.trace.report.Words.number;
import static io.incipit.trace.report.Words.percent;
import static io.incipit.trace.report.Words.secondsFine;
import static io.incipit.trace.report.Words.whole;

import io.incipit.trace.plan.DiskRow;
import io.incipit.trace.plan.Gpus;
import io.incipit.trace.plan.Plan;
import io.incipit.trace.plan.PlanRow;
import io.incipit.trace.plan.PlanSpec;
import io.incipit.trace.plan.TtftSeconds;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/// The cells of a plan's two tables, as its text and its page both have them.
final class PlanCells {
  private static final String NONE = "-";
  private static final double GIGA = 1e9;

  private final PlanSpec asked;
  private final Plan plan;

  PlanCells(PlanSpec asked, Plan plan) {
    this.asked = asked;
    this.plan = plan;
  }

  /// The size after which more adds little, or else the largest.
  PlanRow chosen() {
    return plan.knee(asked.knee()).orElseGet(() -> plan.rows().getLast());
  }

  /// How long the trace is, behind its requests; empty if it does not tell.
  String span() {
    double seconds = plan.demand().durationSeconds();
    return seconds > 0 ? " in %s s".formatted(whole(seconds)) : "";
  }

  boolean isKnee() {
    return plan.knee(asked.knee()).isPresent();
  }

  /// What the reader came for: no cache, the memory there is, and the size that [#chosen] is.
  List<List<String>> summary() {
    var rows = new ArrayList<List<String>>();
    rows.add(summaryHead());
    rows.add(summaryOfNone());
    rows.add(summary("your memory", asked.own(plan)));
    rows.add(summary(isKnee() ? "knee" : "largest tried", chosen()));
    return rows;
  }

  private List<String> summaryHead() {
    var head =
        new ArrayList<>(
            List.of("", "cache", "block hits", "prefill saved", "GPUs busy", "GPUs saved"));
    if (asked.gpus().pricePerHour().isPresent()) {
      head.addAll(List.of("saved an hour", "in 30 days"));
    }
    head.addAll(List.of("TTFT p50, s", "p90"));
    return head;
  }

  private List<String> summaryOfNone() {
    var demand = plan.demand();
    var cells = new ArrayList<>(List.of("no cache", "", "", "", busy(demand.prefillSeconds()), ""));
    if (asked.gpus().pricePerHour().isPresent()) {
      cells.addAll(List.of("", ""));
    }
    cells.addAll(times(demand.ttft()).subList(0, 2));
    return cells;
  }

  private List<String> summary(String label, PlanRow row) {
    var cells =
        new ArrayList<>(
            List.of(
                label,
                row.size(),
                percent(row.blockHitRate()),
                percent(share(row)),
                busy(plan.demand().prefillSeconds() - row.savedSeconds()),
                gpusSaved(row)));
    if (asked.gpus().pricePerHour().isPresent()) {
      cells.addAll(List.of(savedAnHour(row), savedAMonth(row)));
    }
    cells.addAll(times(row.local()).subList(0, 2));
    return cells;
  }

  /// The accelerators and their price, behind what else a machine has; empty for the usual ones.
  String gpus() {
    var gpus = asked.gpus();
    var price =
        gpus.pricePerHour().isPresent()
            ? " at %s an hour each".formatted(number(gpus.pricePerHour().getAsDouble()))
            : "";
    return gpus.equals(Gpus.ONE) ? "" : "; GPUs: %d%s".formatted(gpus.count(), price);
  }

  /// Accelerators that so many seconds of prefill keep busy.
  String busy(double seconds) {
    return text(asked.gpus().busy(seconds, plan.demand()));
  }

  String gpusSaved(PlanRow row) {
    return busy(row.savedSeconds());
  }

  String savedAnHour(PlanRow row) {
    return text(asked.gpus().savedAnHour(row, plan.demand()));
  }

  String savedAMonth(PlanRow row) {
    return text(asked.gpus().savedAMonth(row, plan.demand()));
  }

  private static String text(OptionalDouble value) {
    return value.isPresent() ? number(value.getAsDouble()) : NONE;
  }

  /// What a size saves of the prefill.
  double share(PlanRow row) {
    double all = plan.demand().prefillSeconds();
    return all == 0 ? 0 : row.savedSeconds() / all;
  }

  /// What a size is worth.
  ///
  /// @param sign before what a doubling adds
  List<String> worth(PlanRow row, String sign) {
    boolean first = row.equals(plan.rows().getFirst());
    return List.of(
        row.size(),
        whole(row.blocks()),
        percent(row.leafLruBlockHitRate()),
        percent(row.blockHitRate()),
        percent(row.tokenHitRate()),
        number(row.savedSeconds()),
        percent(share(row)),
        first ? "" : sign + percent(row.gainPerDoubling()),
        number(row.loadSeconds()));
  }

  /// The disk that was asked for, in a sentence; empty without one.
  String disk() {
    return asked
        .disk()
        .map(its -> "%s of disk at %s GB/s".formatted(its.size(), number(its.bandwidth() / GIGA)))
        .orElse("");
  }

  /// What a disk is worth below each size: a head, and a row for each; empty without one.
  List<List<String>> disks() {
    var table = new ArrayList<List<String>>();
    if (!plan.disks().isEmpty()) {
      table.add(
          List.of(
              "with disk",
              "memory",
              "disk",
              "saved s",
              "more",
              "compute",
              "load s",
              "faster",
              "gains s",
              "p50, s",
              "p90",
              "written"));
      plan.disks().forEach(row -> table.add(cells(row)));
    }
    return table;
  }

  private static List<String> cells(DiskRow row) {
    return List.of(
        row.size(),
        percent(row.hostBlockHitRate()),
        percent(row.diskBlockHitRate()),
        number(row.savedSeconds()),
        number(row.addedSeconds()),
        number(row.computeSeconds()),
        number(row.loadSeconds()),
        percent(row.loadedShare()),
        number(row.gainSeconds()),
        secondsFine(row.local().p50()),
        secondsFine(row.local().p90()),
        number(row.writeAmplification()));
  }

  /// What a disk is worth below the memory there is, in a sentence; empty without one.
  String diskWorth() {
    var own = asked.own(plan);
    return plan.disks().stream()
        .filter(row -> row.size().equals(own.size()))
        .findFirst()
        .map(
            row ->
                "Below your memory %s finds another %s of all blocks, and saves %s s"
                        .formatted(
                            disk(), percent(row.diskBlockHitRate()), number(row.addedSeconds()))
                    + " of prefill more: %s s to compute, or %s s to load;"
                        .formatted(number(row.computeSeconds()), number(row.loadSeconds()))
                    + " %s of it is faster loaded, which gains %s s."
                        .formatted(percent(row.loadedShare()), number(row.gainSeconds())))
        .orElse("");
  }

  /// Time to the first token at a size.
  List<String> ttft(PlanRow row) {
    return joined(row.size(), times(row.local()), times(row.remote()));
  }

  /// Time to the first token without a cache.
  List<String> ttftWithout(String label) {
    return joined(label, times(plan.demand().ttft()), List.of("", "", ""));
  }

  private static List<String> times(TtftSeconds its) {
    return List.of(secondsFine(its.p50()), secondsFine(its.p90()), secondsFine(its.p99()));
  }

  private static List<String> joined(String label, List<String> local, List<String> remote) {
    return Stream.of(List.of(label), local, remote).flatMap(List::stream).toList();
  }
}
