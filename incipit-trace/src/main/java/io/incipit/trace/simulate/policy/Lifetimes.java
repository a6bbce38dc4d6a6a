// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.simulate.policy;

import io.incipit.policy.HazardTable;

/// How long to keep what waits for a tool: learnt from how long it took until prompts came back.
///
/// Of all lifetimes that end where a bucket of age does (see [HazardTable]), the one is best of
/// which most is left when its price is taken off:
///
/// ```
/// part of the prompts that are back by then
///     -  mean seconds that a block waits, until then at most
///        *  hits a second that its place brings
/// ```
///
/// O(1) for each observation, 36 steps for an answer. Evidence is halved from time to time.
final class Lifetimes {
  private static final int HALVE_ENDED = 8_192;

  private final double[] returned = new double[HazardTable.BUCKETS];
  private double ended;

  /// An answer ended: the prompt may come back.
  void end() {
    if (ended >= HALVE_ENDED) {
      ended /= 2;
      for (int bucket = 0; bucket < returned.length; bucket++) {
        returned[bucket] /= 2;
      }
    }
    ended++;
  }

  /// A prompt came back.
  ///
  /// @param seconds since it came last
  void comeBack(double seconds) {
    int bucket = 0;
    while (bucket < returned.length - 1 && seconds > HazardTable.edge(bucket + 1)) {
      bucket++;
    }
    returned[bucket]++;
  }

  /// The best lifetime in seconds; 0 if none is worth its price.
  ///
  /// @param price hits a second that the place of a block brings
  double best(double price) {
    double best = 0;
    double most = 0;
    double back = 0;
    double waited = 0;
    for (int bucket = 0; bucket < returned.length - 1 && ended > 0; bucket++) {
      double lifetime = HazardTable.edge(bucket + 1);
      back += returned[bucket];
      waited += returned[bucket] * lifetime;
      double left = back - price * (waited + (ended - back) * lifetime);
      if (left > most) {
        most = left;
        best = lifetime;
      }
    }
    return best;
  }
}
