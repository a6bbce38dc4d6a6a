// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.simulate;

import io.incipit.trace.IdInts;
import io.incipit.trace.simulate.policy.Foresight;
import java.util.Arrays;

/// Which request uses each block of each request next.
///
/// The blocks that a request used last are a stretch at the end of its path, and a later path that
/// shares some of them takes the first ones away. So the future of a request is a few pairs: down
/// to this depth, that request. Memory: 12 B a pair, mostly one to three pairs a request, and 4 B a
/// different block while it is made.
final class FutureUses implements Foresight {
  private final int[] firsts;
  private final int[] ends;
  private final int[] nexts;

  private FutureUses(int[] firsts, int[] ends, int[] nexts) {
    this.firsts = firsts;
    this.ends = ends;
    this.nexts = nexts;
  }

  @Override
  public void nextUses(int request, int[] nextUses, int length) {
    int depth = 0;
    for (int pair = firsts[request]; pair < firsts[request + 1]; pair++) {
      int end = Math.min(length, ends[pair]);
      Arrays.fill(nextUses, depth, end, nexts[pair]);
      depth = end;
    }
    Arrays.fill(nextUses, depth, length, NEVER);
  }

  /// Takes requests in order, then says what each could not know.
  static final class Recorder {
    /// By block, the last request that used it, + 1.
    private IdInts owners = new IdInts();

    private int[] requests = new int[1 << 10];
    private int[] ends = new int[1 << 10];
    private int[] nexts = new int[1 << 10];
    private int pairs;
    private int count;

    void add(long[] ids, int length) {
      for (int i = 0; i < length; i++) {
        int owner = owners.at(ids[i]);
        boolean cut = i + 1 == length || owners.at(ids[i + 1]) != owner;
        if (cut && owner > 0) {
          pair(owner - 1, i + 1);
        }
      }
      count++;
      for (int i = 0; i < length; i++) {
        owners.put(ids[i], count);
      }
    }

    private void pair(int request, int end) {
      if (pairs == requests.length) {
        int grown = pairs + (pairs >> 1);
        requests = Arrays.copyOf(requests, grown);
        ends = Arrays.copyOf(ends, grown);
        nexts = Arrays.copyOf(nexts, grown);
      }
      requests[pairs] = request;
      ends[pairs] = end;
      nexts[pairs] = count;
      pairs++;
    }

    /// Sorts the pairs by request; those of one request are in the order of depth already.
    FutureUses finish() {
      owners = new IdInts();
      var firsts = new int[count + 1];
      for (int i = 0; i < pairs; i++) {
        firsts[requests[i] + 1]++;
      }
      for (int i = 0; i < count; i++) {
        firsts[i + 1] += firsts[i];
      }
      var places = firsts.clone();
      var sortedEnds = new int[pairs];
      var sortedNexts = new int[pairs];
      for (int i = 0; i < pairs; i++) {
        int place = places[requests[i]]++;
        sortedEnds[place] = ends[i];
        sortedNexts[place] = nexts[i];
      }
      return new FutureUses(firsts, sortedEnds, sortedNexts);
    }
  }
}
