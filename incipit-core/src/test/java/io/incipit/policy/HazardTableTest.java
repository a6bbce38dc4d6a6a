// SPDX-License-Identifier: Apache-2.0
package io.incipit.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.incipit.policy.HazardTable.Kinds;
import org.junit.jupiter.api.Test;

class HazardTableTest {
  private static final double MANY = 100_000;

  @Test
  void worth_returnsAfterDeadTime_growsUntilThenAndFallsAfter() {
    var table = new HazardTable(new Kinds(1, 1, new int[] {0}, new double[] {1}));
    learn(table, 0, 30, 1);

    assertThat(table.worth(0, 25)).isGreaterThan(table.worth(0, 10));
    assertThat(table.worth(0, 10)).isGreaterThan(table.worth(0, 1));
    assertThat(table.worth(0, 25)).isGreaterThan(table.worth(0, 500));
  }

  @Test
  void worth_classesThatReturnAndThatDoNot_areApart() {
    var table = new HazardTable(new Kinds(1, 1, new int[] {0, 0}, new double[] {1, 1}));
    learn(table, 0, 30, 0.9);
    learn(table, 1, 30, 0.01);

    for (double age = 0.01; age < 40; age *= 1.7) {
      assertThat(table.worth(0, age)).as("age %s", age).isGreaterThan(5 * table.worth(1, age));
    }
  }

  @Test
  void worth_withoutEvidence_isThatOfTheGroup() {
    var table = new HazardTable(new Kinds(1, 2, new int[] {0, 0, 1}, new double[] {1, 1, 1}));
    learn(table, 0, 8, 0.9);
    learn(table, 2, 2_000, 0.05);

    assertThat(table.worth(1, 4)).isCloseTo(table.worth(0, 4), within(table.worth(0, 4) / 10));
    assertThat(table.worth(1, 4)).isGreaterThan(3 * table.worth(2, 4));
  }

  @Test
  void worth_kindsOfOneFamily_areApartOnceThereIsEvidence() {
    var table = new HazardTable(new Kinds(4, 1, new int[] {0}, new double[] {1}));
    learn(table, 1, 30, 0.9);
    learn(table, 2, 30, 0.01);

    assertThat(table.worth(1, 5)).isGreaterThan(5 * table.worth(2, 5));
    assertThat(table.worth(3, 5)).isEqualTo(table.worth(0, 5));
    assertThat(table.worth(0, 5)).isBetween(table.worth(2, 5), table.worth(1, 5));
  }

  @Test
  void worth_ofTheFirstKind_isThatOfTheFamilyWhateverHappened() {
    var table = new HazardTable(new Kinds(2, 1, new int[] {0}, new double[] {1}));
    learn(table, 0, 30, 0.01);
    learn(table, 1, 30, 0.9);
    double together = table.worth(0, 5);
    var swapped = new HazardTable(new Kinds(2, 1, new int[] {0}, new double[] {1}));
    learn(swapped, 1, 30, 0.01);
    learn(swapped, 0, 30, 0.9);

    assertThat(swapped.worth(0, 5)).isCloseTo(together, within(together / 1e9));
  }

  @Test
  void worth_acrossEdgesOfBuckets_doesNotJump() {
    var table = new HazardTable(new Kinds(1, 1, new int[] {0}, new double[] {1}));
    learn(table, 0, 30, 0.7);

    for (int j = 1; j < HazardTable.BUCKETS; j++) {
      double below = table.worth(0, HazardTable.edge(j) * (1 - 1e-9));
      assertThat(below).isCloseTo(table.worth(0, HazardTable.edge(j)), within(1e-7));
    }
    assertThat(table.worth(0, 1e9)).isPositive().isLessThan(table.worth(0, 1e8));
  }

  @Test
  void halve_manyTimes_forgetsWhatWasLearnt() {
    var learnt = new HazardTable(new Kinds(1, 1, new int[] {0}, new double[] {1}));
    double before = learnt.worth(0, 20);
    learn(learnt, 0, 30, 0.9);
    assertThat(learnt.worth(0, 20)).isNotCloseTo(before, within(before / 10));
    for (int i = 0; i < 40; i++) {
      learnt.halve();
    }
    learnt.rebuild();

    assertThat(learnt.worth(0, 20)).isCloseTo(before, within(before / 1_000));
  }

  /// Many blocks of a class, of which a part returns at an age.
  private static void learn(HazardTable table, int kind, double age, double part) {
    for (int j = 0; j < HazardTable.BUCKETS; j++) {
      table.expose(kind, j, HazardTable.edge(j) <= age ? MANY : MANY * (1 - part));
    }
    table.hit(kind, age, MANY * part);
    table.rebuild();
  }
}
