// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.report;

import static io.incipit.trace.report.Words.number;
import static io.incipit.trace.report.Words.percent;
import static io.incipit.trace.report.Words.secondsFine;
import static io.incipit.trace.report.Words.whole;

import io.incipit.trace.plan.Plan;
import io.incipit.trace.plan.PlanRow;
import io.incipit.trace.plan.TtftSeconds;
import java.util.List;
import java.util.stream.Stream;

/// The cells of a plan's two tables, as its text and its page both have them.
final class PlanCells {
  private final Plan plan;

  PlanCells(Plan plan) {
    this.plan = plan;
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
