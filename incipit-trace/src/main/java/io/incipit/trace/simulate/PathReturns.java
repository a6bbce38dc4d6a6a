// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.simulate;

import io.incipit.trace.IdInts;
import java.util.Arrays;

/// When the path of each request is gone on from: the next request that has more than half of its
/// blocks. So a later turn counts whose history was cut, and a prompt that has only a system prompt
/// in common does not. 8 B a request, and 4 B a different block while it is made.
final class PathReturns {
  /// Instead of a time: it is not.
  static final long NEVER = -1;

  /// Nobody looked.
  static final PathReturns NONE = new PathReturns(new long[0]);

  private final long[] timesNs;
  private final long returning;

  private PathReturns(long[] timesNs) {
    this.timesNs = timesNs;
    this.returning = Arrays.stream(timesNs).filter(time -> time != NEVER).count();
  }

  /// When the next request comes that has more than half of the blocks of a request, or [#NEVER].
  long timeNs(int request) {
    return timesNs[request];
  }

  /// How many are gone on from.
  long returning() {
    return returning;
  }

  /// How many are not.
  long ending() {
    return timesNs.length - returning;
  }

  /// Takes requests in order.
  static final class Recorder {
    /// By block, the last request that has it behind the middle of its path, + 1, until another has
    /// it. Two requests cannot wait at one block: the second is what the first waits for.
    private IdInts middles = new IdInts();

    private long[] timesNs = new long[1 << 10];
    private int count;

    void add(long timeNs, long[] ids, int length) {
      for (int i = 0; i < length; i++) {
        int request = middles.at(ids[i]);
        if (request > 0) {
          timesNs[request - 1] = timeNs;
          middles.put(ids[i], 0);
        }
      }
      if (count == timesNs.length) {
        timesNs = Arrays.copyOf(timesNs, count + (count >> 1));
      }
      timesNs[count] = NEVER;
      count++;
      if (length > 0) {
        middles.put(ids[length / 2], count);
      }
    }

    PathReturns finish() {
      middles = new IdInts();
      return new PathReturns(Arrays.copyOf(timesNs, count));
    }
  }
}
