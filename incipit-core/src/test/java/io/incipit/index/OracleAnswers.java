// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

import io.incipit.block.Tier;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/// Answers of an [OracleIndex], from the holders of each block of a path in turn.
final class OracleAnswers {
  private OracleAnswers() {}

  /// How many blocks have an eligible holder, from the start on and without a gap.
  static int leading(List<Set<Integer>> path, Eligible by) {
    return leading(path, set -> set.stream().anyMatch(h -> by.accepts(h >> 2, h & 3)));
  }

  private static int leading(List<Set<Integer>> path, Predicate<Set<Integer>> wanted) {
    int blocks = 0;
    while (blocks < path.size() && wanted.test(path.get(blocks))) {
      blocks++;
    }
    return blocks;
  }

  static void intervals(List<Set<Integer>> path, Eligible by, int limit, MatchAnswer answer) {
    answer.clear();
    for (int i = 0; i < path.size(); i++) {
      for (int holder : path.get(i)) {
        boolean starts = i == 0 || !path.get(i - 1).contains(holder);
        if (starts && by.accepts(holder >> 2, holder & 3)) {
          int held = leading(path.subList(i, path.size()), set -> set.contains(holder));
          answer.add(i, i + held, holder);
        }
      }
    }
    answer.sort(0, limit);
  }

  static void scores(
      List<Set<Integer>> path, int owners, Eligible by, int limit, ScoreAnswer answer) {
    var byCounts = new TreeMap<Long, List<Integer>>();
    for (int owner : IntStream.range(0, owners).filter(by::acceptsOwner).toArray()) {
      var wanted = new ArrayList<Integer>();
      long counts = 0;
      for (int tier = 0; tier < Tier.COUNT; tier++) {
        wanted.addAll(by.accepts(owner, tier) ? List.of(owner << 2 | tier) : List.of());
        long blocks = leading(path, set -> !Collections.disjoint(wanted, set));
        counts |= blocks << (16 * tier);
      }
      byCounts.computeIfAbsent(counts, _ -> new ArrayList<>()).add(owner);
    }
    int most = byCounts.values().stream().mapToInt(List::size).max().orElse(0);
    boolean chosen = false;
    for (var entry : byCounts.entrySet()) {
      var row = new int[Tier.COUNT];
      for (int tier = 0; tier < Tier.COUNT; tier++) {
        row[tier] = (int) (entry.getKey() >> (16 * tier)) & 0xFFFF;
      }
      if (answer.listsAll() && entry.getKey() == 0) {
        chosen = true;
      } else if (!chosen && !answer.listsAll() && entry.getValue().size() == most) {
        System.arraycopy(row, 0, answer.base(), 0, Tier.COUNT);
        chosen = true;
      } else {
        entry.getValue().forEach(owner -> answer.add(owner, row[0], row[1], row[2], row[3]));
      }
    }
    answer.sortAndLimit(limit);
  }
}
