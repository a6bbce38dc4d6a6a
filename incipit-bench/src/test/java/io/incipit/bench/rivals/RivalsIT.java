// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.rivals;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.incipit.bench.load.Prompts;
import io.incipit.bench.report.Surroundings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

class RivalsIT {
  /// Speaks the protocol, and holds nothing.
  private static final String WRONG =
      """
      while read -r command more; do
        case $command in
          load) echo loaded 40 ;;
          store) echo stored 1000 10 ;;
          ask) echo asked 1000 40 7 ;;
          check) echo checked 0123456789abcdef 40 ;;
          remove) echo removed 1000 10 ;;
          bytes) echo bytes 1000 ;;
          score) echo score 0:7 ;;
          *) echo ok ;;
        esac
      done
      """;

  @TempDir private Path folder;
  private final List<String> skipped = new ArrayList<>();

  private static Rival script(String name, String script) {
    return new Rival(name, "1", List.of("sh", "-c", script), Map.of(), false, false, "");
  }

  private List<RivalsResult.Row> compare(Task task, List<Rival> rivals) throws IOException {
    var warmUp = Task.of(Prompts.standIn(2).first(20), 1, 2, 1);
    var workload = new Comparison.Workload("some", 2, warmUp, 1, 1);
    var told = new Comparison.Told(_ -> {}, skipped::add);
    try (var comparison = new Comparison(workload, task, rivals, folder, told)) {
      return comparison.run();
    }
  }

  private static List<String> checksums(List<RivalsResult.Row> rows, String rival) {
    return rows.stream()
        .filter(row -> row.rival().equals(rival))
        .map(row -> row.question() + " " + row.checksum())
        .toList();
  }

  @Test
  void comparison_aRivalThatAnswersWrongly_isShownWrong() throws IOException {
    var task = Task.of(Prompts.standIn(1).first(40), 1, 2, 1);
    var ours = Rival.ours("byhash", "here");
    var anchored = Rival.ours("anchored", "here");
    var rows = compare(task, List.of(ours, anchored, script("wrong", WRONG)));
    var equal =
        List.of("arrival equal", "full equal", "store equal", "remove equal", "bytesPerBlock none");
    assertThat(checksums(rows, "incipit")).isEqualTo(equal);
    assertThat(checksums(rows, "incipit-anchored")).isEqualTo(equal);
    assertThat(checksums(rows, "wrong"))
        .containsExactly(
            "arrival differs",
            "full differs",
            "store differs",
            "remove differs",
            "bytesPerBlock none");
    assertThat(rows)
        .allMatch(row -> row.rival().equals("incipit") == (row.ratioToIncipit() == null));
    assertThat(rows)
        .filteredOn(row -> !row.question().equals("bytesPerBlock"))
        .allMatch(row -> row.samples().size() == 2);
    assertThat(skipped).isEmpty();
  }

  @Test
  void comparison_aRivalThatEnds_isLeftOutAndSaid() throws IOException {
    var task = Task.of(Prompts.standIn(1).first(10), 1, 1, 1);
    var rows = compare(task, List.of(script("dead", "echo no memory >&2; exit 3")));
    assertThat(rows).isEmpty();
    assertThat(skipped).containsExactly("some, memory of dead: no memory", "some, dead: no memory");
  }

  @Test
  void holes_aRivalThatAnswersWrongly_isMarked() throws IOException {
    var table = HolesRun.run(List.of(Rival.ours("byhash", "here"), script("wrong", WRONG)), folder);
    assertThat(table).hasSize(Holes.ALL.size());
    assertThat(table)
        .allSatisfy(
            hole -> {
              assertThat(hole.answers().get("incipit"))
                  .isEqualTo(new RivalsResult.Answer(hole.truth(), false));
              assertThat(hole.answers().get("wrong"))
                  .isEqualTo(new RivalsResult.Answer("w0 7", true));
            });
  }

  /// Builds Dynamo's, which takes minutes the first time and fetches what it needs.
  @Test
  @EnabledIfSystemProperty(named = "incipit.slow.stress", matches = "true")
  void dynamo_fromItsPublishedCrate_answersAsOursDoes() throws IOException, InterruptedException {
    var place = Surroundings.root().resolve("target").resolve("rivals");
    assertThat(place.toFile().isDirectory() || place.toFile().mkdirs()).isTrue();
    var sources = Surroundings.root().resolve("incipit-bench").resolve("rivals");
    var tools = new Programs.Tools("cargo", "no-such-go");
    var rivals = new ArrayList<>(new Programs(sources, place, tools, skipped::add).build());
    assumeTrue(!rivals.isEmpty(), () -> String.join("; ", skipped));
    skipped.clear();
    rivals.addFirst(Rival.ours("byhash", "here"));
    var rows = compare(Task.of(Prompts.standIn(1).first(300), 2, 8, 1), rivals);
    assertThat(rows).isNotEmpty().noneMatch(row -> row.checksum().equals("differs"));
    assertThat(skipped).isEmpty();
  }
}
