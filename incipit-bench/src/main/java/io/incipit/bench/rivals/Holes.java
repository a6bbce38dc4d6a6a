// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.rivals;

import io.incipit.block.Hash64;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Cases with a known answer in which workers hold a chain with holes, or only a part of it: those
/// that published indexes get wrong.
final class Holes {
  private static final int BLOCKS = 100;
  private static final int DIVERGE = 50;

  /// Chains `A`, `B`, which is `A` up to block 50, and `C`, which has other blocks up to 50 and the
  /// same tokens from there on.
  private static final List<String> CHAINS = List.of(chain('A'), chain('B'), chain('C'));

  /// All of them, in the order in which they are shown.
  static final List<Hole> ALL =
      List.of(
          hole("one worker, 40..44 removed", 100, "put 0 0 0 100", "drop 0 0 40 45"),
          hole("the same, first 50 asked for", 50, "put 0 0 0 100", "drop 0 0 40 45"),
          hole("then 40..44 stored again", 100, "put 0 0 0 100", "drop 0 0 40 45", "put 0 0 40 45"),
          hole(
              "two workers, w1 lost 40..44",
              100,
              "put 0 0 0 100",
              "put 1 0 0 100",
              "drop 1 0 40 45"),
          hole(
              "then w0 lost its tail 60..99",
              100,
              "put 0 0 0 100",
              "put 1 0 0 100",
              "drop 1 0 40 45",
              "drop 0 0 60 100"),
          hole("one worker, block 50 removed", 100, "put 0 0 0 100", "drop 0 0 50 51"),
          hole("one worker, 62..66 removed", 100, "put 0 0 0 100", "drop 0 0 62 67"),
          hole(
              "w0 has A, w1 has B (as A up to 50), w0 lost 40..44; A asked for",
              100,
              "put 0 0 0 100",
              "put 1 1 0 100",
              "drop 0 0 40 45"),
          hole(
              "w0 has all but 40..44, w1 has 0..59",
              100,
              "put 0 0 0 100",
              "put 1 0 0 60",
              "drop 0 0 40 45"),
          hole(
              "w0 has 0..59, w1 has 20..99 (head evicted)",
              100,
              "put 0 0 0 60",
              "put 1 0 0 100",
              "drop 1 0 0 20"),
          hole(
              "w1 has other blocks up to 50, then the same tokens",
              100,
              "put 0 0 0 100",
              "put 1 2 0 100"),
          tail(false),
          tail(true),
          hole("a chain in one message", 100, "puts 0 0 0 100"),
          hole(
              "two workers, w1 lost its tail 50..99",
              100,
              "put 0 0 0 100",
              "put 1 0 0 100",
              "drop 1 0 50 100"),
          manyWorkers());

  private Holes() {}

  /// A case.
  ///
  /// @param title it in words
  /// @param steps what is stored and removed, as commands of the protocol: worker, chain, and the
  ///     blocks from and to
  /// @param asked how many blocks of the first chain are asked for
  record Hole(String title, List<String> steps, int asked) {
    /// The right answer.
    Holdings truth() {
      var held = new TreeMap<Integer, Set<String>>();
      for (var step : steps) {
        var words = step.split(" ", -1);
        var own = held.computeIfAbsent(Integer.valueOf(words[1]), _ -> new HashSet<>());
        var blocks = blocks(Integer.parseInt(words[2]));
        var range = blocks.subList(Integer.parseInt(words[3]), Integer.parseInt(words[4]));
        if (words[0].equals("drop")) {
          range.forEach(own::remove);
        } else {
          own.addAll(range);
        }
      }
      var question = blocks(0).subList(0, asked);
      var truth = new TreeMap<Integer, Integer>();
      for (Map.Entry<Integer, Set<String>> one : held.entrySet()) {
        int leading = 0;
        while (leading < asked && one.getValue().contains(question.get(leading))) {
          leading++;
        }
        if (leading > 0) {
          truth.put(one.getKey(), leading);
        }
      }
      return new Holdings(truth);
    }

    /// What a rival is told, the question last.
    List<String> commands() {
      var commands = new ArrayList<String>();
      commands.add("new");
      CHAINS.forEach(chain -> commands.add("chain " + chain));
      commands.addAll(steps);
      commands.add("score 0 " + asked);
      return commands;
    }
  }

  private static Hole hole(String title, int asked, String... steps) {
    return new Hole(title, List.of(steps), asked);
  }

  private static Hole tail(boolean again) {
    var steps = new ArrayList<>(List.of("put 0 0 0 100"));
    for (int block = BLOCKS - 1; block >= 40; block--) {
      steps.add("drop 0 0 %d %d".formatted(block, block + 1));
    }
    if (again) {
      steps.add("put 0 0 40 100");
    }
    return new Hole(
        again ? "then 40..99 stored again" : "tail removed one by one, 99 down to 40",
        List.copyOf(steps),
        BLOCKS);
  }

  private static Hole manyWorkers() {
    var steps = new ArrayList<String>();
    for (int worker = 0; worker < 12; worker++) {
      steps.add("put " + worker + " 0 0 100");
    }
    return new Hole("12 workers have the same chain", List.copyOf(steps), BLOCKS);
  }

  private static List<String> blocks(int chain) {
    return List.of(CHAINS.get(chain).split(" ", -1));
  }

  private static String chain(char name) {
    var words = new ArrayList<String>();
    long chained = 1;
    for (int block = 0; block < BLOCKS; block++) {
      boolean common = name == 'B' ? block < DIVERGE : name == 'C' && block >= DIVERGE;
      long local = Hash64.mix((common ? 'A' : name) * 1_000L + block);
      chained = Hash64.chain(chained, local);
      words.add("%016x:%016x".formatted(local, chained));
    }
    return words.stream().collect(Collectors.joining(" "));
  }
}
