// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.salt;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.block.Stat;
import io.incipit.store.block.BlockKey;
import io.incipit.store.block.Space;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Rows of salts, and what is beyond them.
class SaltsTest {
  private static final int SEED = 7;

  private final Salts salts = new Salts(SEED);

  private Map<String, SaltRow> rows() {
    var rows = new HashMap<String, SaltRow>();
    salts.rows(Salts.NAMED_MAX).forEach(row -> rows.put(row.salt(), row));
    return rows;
  }

  private long stat(String name) {
    return salts.stats().stream()
        .filter(stat -> stat.name().equals(name))
        .mapToLong(Stat::value)
        .sum();
  }

  /// Fills all rows, with one key each in the slots of the same numbers.
  private void fill() {
    for (int i = 0; i < Salts.NAMED_MAX; i++) {
      salts.came(i, "salt-" + i, 10);
    }
  }

  private static Space space(String namespace) {
    return new Space(BlockKey.space(namespace, 1), false, 1);
  }

  @Test
  void rows_areSortedByBytes_andEndWithTheKeys() {
    salts.came(0, "a", 10);
    salts.came(1, "b", 25);
    salts.came(2, "a", 20);
    assertThat(salts.rows(9))
        .containsExactly(new SaltRow("a", 2, 30, true), new SaltRow("b", 1, 25, true));
    assertThat(salts.rows(1)).containsExactly(new SaltRow("a", 2, 30, true));
    salts.gone(2, 20);
    salts.gone(0, 10);
    assertThat(salts.rows(9)).containsExactly(new SaltRow("b", 1, 25, true));
    salts.gone(0, 10);
    assertThat(stat("store-salted-bytes")).isEqualTo(25);
  }

  @Test
  void salts_beyondTheBound_areInOneRowThatIsNotExact() {
    fill();
    for (int i = 0; i < 100; i++) {
      salts.came(5_000 + i, "late-" + i, 3);
    }
    var rows = salts.rows(Salts.NAMED_MAX);
    assertThat(rows).hasSize(Salts.NAMED_MAX + 1);
    assertThat(rows.getLast()).isEqualTo(new SaltRow(Salts.OTHER, 100, 300, false));
    assertThat(stat("store-salts")).isEqualTo(Salts.NAMED_MAX);
    assertThat(stat("store-salted-other-bytes")).isEqualTo(300);
  }

  @Test
  void salt_thatIsAmongOthers_getsNoRowBeforeItIsGone() {
    fill();
    salts.came(5_000, "late", 3);
    salts.gone(0, 10);
    salts.came(5_001, "late", 4);
    assertThat(rows()).doesNotContainKey("late").doesNotContainKey("salt-0");
    assertThat(rows().get(Salts.OTHER)).isEqualTo(new SaltRow(Salts.OTHER, 2, 7, false));
    salts.gone(5_000, 3);
    salts.came(5_002, "late", 5);
    assertThat(rows()).doesNotContainKey("late");
    salts.gone(5_001, 4);
    salts.gone(5_002, 5);
    assertThat(rows()).doesNotContainKey(Salts.OTHER);
    salts.came(5_000, "late", 6);
    assertThat(rows().get("late")).isEqualTo(new SaltRow("late", 1, 6, true));
  }

  @Test
  void salt_namedOther_isToldApart() {
    fill();
    salts.gone(3, 10);
    salts.came(3, "other", 8);
    salts.came(5_000, "late", 3);
    assertThat(salts.rows(Salts.NAMED_MAX))
        .contains(new SaltRow("other", 1, 8, true), new SaltRow("other", 1, 3, false));
  }

  @Test
  void salt_thatIsTooLong_hasNoRow() {
    salts.came(0, "x".repeat(Salts.NAME_BYTES_MAX), 1);
    salts.came(1, "x".repeat(Salts.NAME_BYTES_MAX + 1), 2);
    assertThat(stat("store-salts")).isEqualTo(1);
    assertThat(rows().get(Salts.OTHER)).isEqualTo(new SaltRow(Salts.OTHER, 1, 2, false));
  }

  @Test
  void space_countsFromWhenItsSaltIsKnown() {
    var space = space("chat");
    salts.came(space, 5);
    salts.settle(space);
    assertThat(salts.rows(9)).isEmpty();
    space.salt("a");
    salts.came(space, 6);
    salts.came(0, "a", 10);
    assertThat(rows().get("a")).isEqualTo(new SaltRow("a", 3, 21, true));
    salts.gone(space, 5);
    salts.gone(space, 6);
    assertThat(rows().get("a")).isEqualTo(new SaltRow("a", 1, 10, true));
    assertThat(space.keys()).isZero();
    salts.came(space, 7);
    salts.gone(0, 10);
    assertThat(rows().get("a")).isEqualTo(new SaltRow("a", 1, 7, true));
  }

  @Test
  void space_settlesAtOnce_whenSomebodyAttaches() {
    var space = space("chat");
    salts.came(space, 5);
    space.salt("é");
    salts.settle(space);
    salts.settle(space);
    assertThat(salts.rows(9)).containsExactly(new SaltRow("\u00c3\u00a9", 1, 5, true));
  }

  @Test
  void missed_saysThatNoRowIsExact() {
    salts.came(0, "a", 1);
    salts.missed();
    assertThat(rows().get("a")).isEqualTo(new SaltRow("a", 1, 1, false));
  }

  /// With some 1,500 salts alive at a time, of which a third comes and goes.
  @Test
  void anyOrder_isWhatAModelCounts() {
    var random = new Random(SEED);
    var alive = new HashMap<Integer, String>();
    for (int step = 0; step < 60_000; step++) {
      int slot = random.nextInt(4_000);
      var salt = alive.remove(slot);
      if (salt != null) {
        salts.gone(slot, slot);
      } else {
        salt = "salt-" + (random.nextInt(1_500) + step / 30_000 * 1_000);
        alive.put(slot, salt);
        salts.came(slot, salt, slot);
      }
      if (step % 5_000 == 0) {
        check(alive);
      }
    }
    check(alive);
    assertThat(stat("store-salted-other-bytes")).isPositive();
    Map.copyOf(alive).forEach((slot, _) -> salts.gone(slot, slot));
    assertThat(salts.rows(Salts.NAMED_MAX)).isEmpty();
    fill();
    assertThat(salts.rows(Salts.NAMED_MAX)).hasSize(Salts.NAMED_MAX).allMatch(SaltRow::exact);
  }

  private void check(Map<Integer, String> alive) {
    var model = new HashMap<String, SaltRow>();
    alive.forEach(
        (slot, salt) ->
            model.merge(
                salt,
                new SaltRow(salt, 1, slot, true),
                (one, more) ->
                    new SaltRow(salt, one.keys() + 1, one.bytes() + more.bytes(), true)));
    long keys = 0;
    long bytes = 0;
    for (var row : salts.rows(Salts.NAMED_MAX)) {
      keys += row.keys();
      bytes += row.bytes();
      if (row.exact()) {
        assertThat(row).isEqualTo(model.get(row.salt()));
      }
    }
    assertThat(keys).isEqualTo(alive.size());
    assertThat(bytes).isEqualTo(alive.keySet().stream().mapToLong(slot -> slot).sum());
  }
}
