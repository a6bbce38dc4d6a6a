// SPDX-License-Identifier: Apache-2.0
package io.incipit.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.block.ErrorCode;
import io.incipit.block.Namespace;
import io.incipit.block.Op;
import io.incipit.block.Reply;
import io.incipit.block.Stat;
import io.incipit.block.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StatsTest {
  private final TestService test =
      new TestService(new ServiceConfig(1, 8, 1 << 20, 8, 64L << 20, 16L << 20));
  private final Service service = test.service;

  @AfterEach
  void close() {
    test.close();
  }

  private static List<String> gauges(List<Stat> stats) {
    return stats.stream().filter(stat -> stat.kind() == Stat.Kind.GAUGE).map(Stat::name).toList();
  }

  private Map<String, Value> row(Optional<String> namespace) {
    return ((Reply.Row) service.answer(new Op.Stats(namespace))).fields();
  }

  @Test
  void stats_thatMayFall_areGauges() {
    assertThat(gauges(service.stats()))
        .containsExactly(
            "namespaces",
            "blocks",
            "index-bytes",
            "engine-bytes",
            "index-limit-bytes",
            "index-reserved-bytes",
            "lanes",
            "queued-publishes",
            "queued-questions",
            "reply-bytes");
    assertThat(gauges(service.stats("default")))
        .containsExactly(
            "owners",
            "partial-owners",
            "blocks",
            "runs",
            "holdings",
            "tree-bytes",
            "by-hash-bytes",
            "questions-in-vain",
            "parked-blocks");
    assertThat(service.stats("nobody")).isEmpty();
  }

  @Test
  void row_ofTheServer_endsWithRefusalsByCode() {
    service.refused(ErrorCode.WIDTH);
    var names = new ArrayList<>(service.stats().stream().map(Stat::name).toList());
    for (var code : ErrorCode.values()) {
      names.add("refused-" + code.name().toLowerCase(Locale.ROOT));
    }
    assertThat(row(Optional.empty()).keySet()).containsExactlyElementsOf(names);
    assertThat(row(Optional.empty())).containsEntry("refused-width", Value.of(1));
    assertThat(service.refusals()).containsEntry(ErrorCode.WIDTH, 1L);
  }

  @Test
  void row_ofANamespace_beginsWithItsName() {
    var row = row(Optional.of(Namespace.DEFAULT.name()));
    assertThat(row.keySet()).first().isEqualTo("namespace");
    assertThat(row.keySet().stream().skip(1))
        .containsExactlyElementsOf(service.stats("default").stream().map(Stat::name).toList());
  }
}
