// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.analyze;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Sessions rebuilt from prefixes, whether or not the trace names them.
///
/// A request *starts* a session if it shares nothing with earlier ones but a hub, a block with more
/// than 32 children such as the head of a common system prompt. It *continues* a request if it has
/// all of that one's full blocks, shares no more with any other, and has room for its answer. It
/// *extends* one if it has the blocks without the room, or shares more with others. What is left
/// *branches* off inside an older prompt.
///
/// Chances count requests of which the next ten minutes are in the trace.
///
/// @param starts share of requests
/// @param continues share of requests
/// @param extendsOthers share of requests
/// @param branches share of requests
/// @param goesOn chance that a later request continues or extends this one, by turn from 1
/// @param tailByNewBlocks chance that the last full block is used again within ten minutes
/// @param tailByTurn the same, by turn
/// @param tailByOutput the same, by output tokens
public record SessionStats(
    double starts,
    double continues,
    double extendsOthers,
    double branches,
    List<Chance> goesOn,
    List<Chance> tailByNewBlocks,
    List<Chance> tailByTurn,
    List<Chance> tailByOutput) {
  private static final int HUB_CHILDREN = 32;
  private static final long HORIZON_NS = 600_000_000_000L;
  private static final int[] NEW_BLOCKS = {1, 3, 7, 15, 31, 63, 127};
  private static final int[] TURNS = {1, 2, 3, 4, 5, 6, 7, 8};
  private static final int[] OUTPUTS = {1, 2, 4, 8, 32, 256, 1024};

  /// Keeps lists that nobody changes.
  public SessionStats {
    goesOn = List.copyOf(goesOn);
    tailByNewBlocks = List.copyOf(tailByNewBlocks);
    tailByTurn = List.copyOf(tailByTurn);
    tailByOutput = List.copyOf(tailByOutput);
  }

  /// A chance in a group of requests.
  ///
  /// @param from least value of the group; it ends before the next group begins
  /// @param requests how many there are
  public record Chance(int from, long requests, double chance) {}

  static SessionStats of(TraceTable table) {
    var links = new Links(table);
    var reused = tailReuse(table);
    var goesOn = new Groups(TURNS);
    var byNew = new Groups(NEW_BLOCKS);
    var byTurn = new Groups(TURNS);
    var byOutput = new Groups(OUTPUTS);
    long endNs = table.requests() == 0 ? 0 : table.timeNs(table.requests() - 1);
    for (int r = 0; r < table.requests() && table.timeNs(r) + HORIZON_NS <= endNs; r++) {
      goesOn.add(links.turns[r] + 1, links.goesOn[r]);
      int full = table.fullBlocks(r);
      if (full > 0 && !links.isHub(links.tails[r])) {
        byNew.add(Math.max(1, table.length(r) - table.hits(r)), reused[r]);
        byTurn.add(links.turns[r] + 1, reused[r]);
        byOutput.add(Math.max(1, table.outputTokens(r)), reused[r]);
      }
    }
    int requests = table.requests();
    return new SessionStats(
        Share.of(links.starts, requests),
        Share.of(links.continued, requests),
        Share.of(links.extended, requests),
        Share.of(requests - links.starts - links.continued - links.extended, requests),
        goesOn.chances(),
        byNew.chances(),
        byTurn.chances(),
        byOutput.chances());
  }

  /// For each request whether its last full block is used again within the horizon.
  private static boolean[] tailReuse(TraceTable table) {
    var reused = new boolean[table.requests()];
    var nextNs = new long[table.distinct()];
    Arrays.fill(nextNs, Long.MAX_VALUE);
    var path = new int[0];
    for (int r = table.requests() - 1; r >= 0; r--) {
      path = table.path(r, path);
      int full = table.fullBlocks(r);
      reused[r] = full > 0 && nextNs[path[full - 1]] <= table.timeNs(r) + HORIZON_NS;
      for (int i = 0; i < table.length(r); i++) {
        nextNs[path[i]] = table.timeNs(r);
      }
    }
    return reused;
  }

  /// Which request each one follows.
  private static final class Links {
    private static final int NONE = -1;

    private final TraceTable table;
    private final int[] children;
    private final int[] ends;
    private final int[] turns;
    private final int[] tails;
    private final boolean[] goesOn;
    private long starts;
    private long continued;
    private long extended;

    Links(TraceTable table) {
      this.table = table;
      this.children = table.children();
      this.ends = new int[table.distinct()];
      Arrays.fill(ends, NONE);
      this.turns = new int[table.requests()];
      this.tails = new int[table.requests()];
      this.goesOn = new boolean[table.requests()];
      var path = new int[0];
      for (int r = 0; r < table.requests(); r++) {
        path = table.path(r, path);
        link(r, path);
        int full = table.fullBlocks(r);
        if (full > 0) {
          tails[r] = path[full - 1];
          ends[tails[r]] = r;
        }
      }
    }

    boolean isHub(int block) {
      return children[block] > HUB_CHILDREN;
    }

    private void link(int request, int[] path) {
      int hits = table.hits(request);
      int depth = hits;
      while (depth > 0 && !isHub(path[depth - 1]) && ends[path[depth - 1]] == NONE) {
        depth--;
      }
      if (hits == 0 || isHub(path[hits - 1])) {
        starts++;
      } else if (depth > 0 && !isHub(path[depth - 1])) {
        follow(request, ends[path[depth - 1]], depth == hits);
      }
    }

    private void follow(int request, int before, boolean exact) {
      long room = (long) table.inputTokens(before) + table.outputTokens(before);
      turns[request] = turns[before] + 1;
      goesOn[before] = true;
      if (exact && table.inputTokens(request) >= room) {
        continued++;
      } else {
        extended++;
      }
    }
  }

  /// Counts chances by group.
  private static final class Groups {
    private final int[] froms;
    private final long[] requests;
    private final long[] hits;

    Groups(int[] froms) {
      this.froms = froms;
      this.requests = new long[froms.length];
      this.hits = new long[froms.length];
    }

    void add(int value, boolean hit) {
      int found = Arrays.binarySearch(froms, value);
      int group = found >= 0 ? found : -found - 2;
      requests[group]++;
      hits[group] += hit ? 1 : 0;
    }

    List<Chance> chances() {
      var chances = new ArrayList<Chance>();
      for (int i = 0; i < froms.length; i++) {
        chances.add(new Chance(froms[i], requests[i], Share.of(hits[i], requests[i])));
      }
      return chances;
    }
  }
}
