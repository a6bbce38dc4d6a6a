// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.bench.target.Chains;
import io.incipit.bench.target.FlatTarget;
import io.incipit.bench.target.IncipitTarget;
import io.incipit.bench.target.MapTarget;
import io.incipit.bench.target.OwnerListTarget;
import io.incipit.bench.target.PositionalTarget;
import io.incipit.bench.target.Question;
import io.incipit.bench.target.Target;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/// All targets say the same, whatever they are fed: the comparison is fair.
class TargetsTest {
  private static final Prompts PROMPTS = prompts();

  private static Prompts prompts() {
    try {
      return Prompts.standIn(1).first(600);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  private static List<Target> targets(int longest, int owners) {
    return List.of(
        MapTarget.hashMap(longest),
        MapTarget.concurrent(longest),
        new FlatTarget(longest),
        new PositionalTarget(longest),
        IncipitTarget.anchored(longest, owners, 8),
        IncipitTarget.byHash(longest, owners, 8));
  }

  private static void assertSameAnswers(List<Target> targets, Chains chains, Question question) {
    for (int i = 0; i < chains.count(); i++) {
      for (var target : targets) {
        target.take(chains, i);
      }
      long expected = targets.getFirst().ask(question);
      for (var target : targets) {
        assertThat(target.ask(question)).as("%s, chain %d", target, i).isEqualTo(expected);
        assertThat(target.digest(question))
            .as("%s, chain %d", target, i)
            .isEqualTo(targets.getFirst().digest(question));
      }
    }
  }

  @Test
  void ask_oneOwner_allSayTheSame() {
    var workload = Workload.of("16", PROMPTS, 32, 1);
    var targets = targets(workload.full().longest(), 1);
    targets.forEach(target -> workload.feed().run(target, true));

    for (var question : List.of(Question.LENGTH, Question.HOLDERS)) {
      assertSameAnswers(targets, workload.full(), question);
      assertSameAnswers(targets, workload.arrival(), question);
    }
  }

  @Test
  void ask_eightOwners_allSayTheSame() {
    var workload = Workload.of("512", PROMPTS, 1, 1);
    var feed = Workload.feedOf(workload, PROMPTS, 8, 1);
    var targets = targets(workload.full().longest(), 8);
    targets.forEach(target -> feed.run(target, true));

    assertSameAnswers(targets, workload.full(), Question.HOLDERS);
    assertSameAnswers(targets, workload.arrival(), Question.HOLDERS);
  }

  @Test
  void ask_wideHashes_saysTheSame() {
    var narrow = Workload.of("16", PROMPTS, 32, 1);
    var workload = narrow.wide();
    int longest = workload.full().longest();
    List<Target> targets =
        List.of(
            new FlatTarget(longest),
            IncipitTarget.anchored(longest, 1, 16),
            IncipitTarget.byHash(longest, 1, 16));
    targets.forEach(target -> workload.feed().run(target, true));

    assertThat(workload.feed().blocks()).isEqualTo(narrow.feed().blocks());
    for (var question : List.of(Question.LENGTH, Question.HOLDERS)) {
      assertSameAnswers(targets, workload.full(), question);
      assertSameAnswers(targets, workload.arrival().every(2), question);
    }
  }

  @Test
  void ask_manyOwners_listAndIndexSayTheSame() {
    var workload = Workload.of("512", PROMPTS, 1, 1);
    var feed = Workload.feedOf(workload, PROMPTS, 200, 1);
    int longest = workload.full().longest();
    List<Target> targets =
        List.of(new OwnerListTarget(longest, 200), IncipitTarget.byHash(longest, 200, 8));
    targets.forEach(target -> feed.run(target, true));

    assertSameAnswers(targets, workload.full(), Question.SCORE);
    assertSameAnswers(targets, workload.arrival(), Question.SCORE);
  }

  @Test
  void churn_twoRounds_allSayTheSameAndNothingIsLeftOver() {
    var workload = Workload.of("64", PROMPTS, 8, 1);
    var churn = new Churn(PROMPTS, workload.full(), 8, 8_000);
    var targets = targets(workload.full().longest(), 1);
    for (var target : targets) {
      churn.fill(target);
      for (int i = 0; i < 2 * churn.count(); i++) {
        churn.step(target, i % churn.count(), true);
      }
    }

    assertSameAnswers(targets, workload.full(), Question.HOLDERS);
    var ours = (IncipitTarget) targets.getLast();
    assertThat(ours.snapshot().blocks()).isEqualTo(8_000);
  }

  @Test
  void sessions_asked_areKnownUpToTheirLastTurn() {
    var workload = Workload.sessions("small", 60_000, 200, 1);
    int longest = Math.max(workload.full().longest(), workload.feed().chains().longest());
    var targets = targets(longest, 1);
    targets.forEach(target -> workload.feed().run(target, true));

    assertThat(workload.feed().blocks()).isBetween(60_000L, 61_000L);
    assertSameAnswers(targets, workload.full(), Question.LENGTH);
    var first = targets.getFirst();
    for (int i = 0; i < workload.full().count(); i++) {
      first.take(workload.full(), i);
      assertThat(first.ask(Question.LENGTH)).isBetween(1L, workload.full().length(i) - 1L);
    }
  }
}
