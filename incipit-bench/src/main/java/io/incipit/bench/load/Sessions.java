// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.load;

import io.incipit.bench.target.Chains;
import io.incipit.env.RandomSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/// Makes up conversations below shared prompts.
final class Sessions {
  private static final int PROMPTS = 1_000;
  private static final int TURNS_MAX = 8;
  private static final int TURN_BLOCKS_MAX = 171;
  private static final int PROMPT_BLOCKS_MAX = 413;
  private static final int OPEN = 2_000;

  private final RandomGenerator random;
  private final BlockHashes hashes;
  private final int blocksMax;
  private final double[] popularity = new double[PROMPTS];
  private final int[] promptBlocks = new int[PROMPTS];
  private final boolean[] promptKnown = new boolean[PROMPTS];
  private final List<Session> sessions = new ArrayList<>();
  private final List<int[]> stores = new ArrayList<>();
  private long number;

  Sessions(int blocks, long seed) {
    random = RandomSource.seeded(seed);
    hashes = new BlockHashes(seed);
    blocksMax = blocks;
    double sum = 0;
    for (int i = 0; i < PROMPTS; i++) {
      sum += 1.0 / (i + 1);
      popularity[i] = sum;
      promptBlocks[i] = 1 + random.nextInt(PROMPT_BLOCKS_MAX);
    }
    number = (long) PROMPTS * PROMPT_BLOCKS_MAX;
  }

  /// A conversation: its prompt, and where in its chain each turn ends; one turn more than are
  /// stored.
  private record Session(int prompt, List<Integer> turnEnds) {
    int end() {
      return turnEnds.getLast();
    }

    int storedEnd() {
      return turnEnds.get(turnEnds.size() - 2);
    }
  }

  Workload workload(String name, int queries) {
    int[] known = plan();
    var builder =
        new Chains.Builder(sessions.size(), sessions.stream().mapToInt(Session::end).sum());
    var starts = new int[sessions.size()];
    for (int i = 0; i < starts.length; i++) {
      starts[i] = builder.added();
      write(sessions.get(i), builder);
    }
    var all = builder.build();
    var chains =
        all.views(
            stores.stream().mapToInt(store -> starts[store[0]]).toArray(),
            stores.stream().mapToInt(store -> store[1]).toArray());
    int[] asked = random.ints(queries, 0, starts.length).toArray();
    var asks =
        all.views(
                Arrays.stream(asked).map(i -> starts[i]).toArray(),
                Arrays.stream(asked).map(i -> sessions.get(i).end()).toArray())
            .inOrder();
    var feed = new Feed(chains, known, new int[known.length]);
    return new Workload(name, "made-up sessions", feed, asks, asks);
  }

  private void write(Session session, Chains.Builder builder) {
    builder.begin();
    int shared = promptBlocks[session.prompt()];
    for (int i = 0; i < shared; i++) {
      builder.add(hashes.hash((long) session.prompt() * PROMPT_BLOCKS_MAX + i));
    }
    for (int i = shared; i < session.end(); i++) {
      builder.add(hashes.hash(number++));
    }
  }

  /// Draws sessions, and the order in which their turns are stored.
  ///
  /// @return how much of the chain of each store is known by then
  private int[] plan() {
    var open = new int[OPEN];
    var turn = new int[OPEN];
    Arrays.fill(open, -1);
    var known = new ArrayList<Integer>();
    for (long blocks = 0; blocks < blocksMax; ) {
      int at = random.nextInt(OPEN);
      if (open[at] < 0) {
        open[at] = sessions.size();
        turn[at] = 0;
        sessions.add(draw());
      }
      var session = sessions.get(open[at]);
      int before = turn[at] == 0 ? knownPrompt(session) : session.turnEnds().get(turn[at] - 1);
      int end = session.turnEnds().get(turn[at]);
      stores.add(new int[] {open[at], end});
      known.add(before);
      blocks += end - before;
      turn[at]++;
      open[at] = end == session.storedEnd() ? -1 : open[at];
    }
    return known.stream().mapToInt(Integer::intValue).toArray();
  }

  private int knownPrompt(Session session) {
    int prompt = session.prompt();
    int known = promptKnown[prompt] ? promptBlocks[prompt] : 0;
    promptKnown[prompt] = true;
    return known;
  }

  private Session draw() {
    double drawn = random.nextDouble() * popularity[PROMPTS - 1];
    int found = Arrays.binarySearch(popularity, drawn);
    int prompt = Math.min(found < 0 ? -found - 1 : found, PROMPTS - 1);
    var ends = new ArrayList<Integer>();
    int end = promptBlocks[prompt];
    for (int turns = 2 + random.nextInt(TURNS_MAX); turns > 0; turns--) {
      end += 1 + random.nextInt(TURN_BLOCKS_MAX);
      ends.add(end);
    }
    return new Session(prompt, ends);
  }
}
