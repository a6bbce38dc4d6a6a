// SPDX-License-Identifier: Apache-2.0
package io.incipit.policy;

/// How likely blocks of a class are to be used again, by the time since they were used last, learnt
/// from what happened; and what follows for the worth of keeping one.
///
/// Age is cut into 36 buckets: [0, 0.125) s, then half octaves. For each class and bucket two sums
/// are kept: `exposed`, what reached that age unused, and `hits`, what was used again at it. Their
/// quotient is the hazard p. It is smoothed over neighbouring buckets and drawn towards that of the
/// class's group, and that towards that of all, as long as there is little evidence.
///
/// The worth of a block at age j is the largest rate of hits that any horizon k offers (the index
/// of Gittins for a job whose service times have a known distribution):
///
/// ```
/// worth[j] = max over k >= j of  sum(i = j..k) S_i p_i / sum(i = j..k) S_i w_i (1 - p_i / 2)
///            S_j = 1,  S_(i+1) = S_i (1 - p_i),  w_i = width of bucket i in seconds
/// ```
///
/// A hazard that falls with age makes this the order of use, a dead time keeps what is about to
/// return, and classes that do not return go early. Memory: 864 B a class.
final class HazardTable {
  static final int BUCKETS = 36;

  private static final double FIRST_EDGE = 0.125;
  private static final double PRIOR_EXPOSED = 20;
  private static final double PRIOR_HAZARD = 0.1;
  private static final double PULL = 10;
  private static final double HAZARD_MAX = 0.999;
  private static final double LOG_2 = Math.log(2);
  private static final double[] EDGES = edges();

  private final int classes;
  private final int groups;

  /// By class, the group that it is drawn to, and how much more or less than its group it is
  /// expected to return.
  private final int[] groupOf;

  private final double[] bias;
  private final double[] exposed;
  private final double[] hits;
  private final double[] worth;

  HazardTable(int groups, int[] groupOf, double[] bias) {
    this.classes = groupOf.length;
    this.groups = groups;
    this.groupOf = groupOf;
    this.bias = bias;
    this.exposed = new double[classes * BUCKETS];
    this.hits = new double[classes * BUCKETS];
    this.worth = new double[classes * BUCKETS];
    rebuild();
  }

  private static double[] edges() {
    var edges = new double[BUCKETS + 1];
    for (int j = 1; j <= BUCKETS; j++) {
      edges[j] = FIRST_EDGE * Math.pow(2, (j - 1) / 2.0);
    }
    return edges;
  }

  /// The age at which bucket `j` begins, in seconds.
  static double edge(int j) {
    return EDGES[j];
  }

  private static double halfOctaves(double age) {
    return 2 * Math.log(age / FIRST_EDGE) / LOG_2;
  }

  private static int bucket(double age) {
    return age < FIRST_EDGE ? 0 : Math.min(BUCKETS - 1, 1 + (int) halfOctaves(age));
  }

  /// Blocks of a class were used again at an age.
  ///
  /// @param weight how many, in whatever unit [#expose] counts
  void hit(int kind, double age, double weight) {
    hits[kind * BUCKETS + bucket(age)] += weight;
  }

  /// Blocks of a class have reached the edge of a bucket.
  void expose(int kind, int bucket, double weight) {
    exposed[kind * BUCKETS + bucket] += weight;
  }

  /// Lets half of all evidence go.
  void halve() {
    for (int i = 0; i < hits.length; i++) {
      hits[i] /= 2;
      exposed[i] /= 2;
    }
  }

  /// Works [#worth] out from the evidence. About 0.2 ms for 96 classes.
  void rebuild() {
    var smoothHits = smoothed(hits);
    var smoothExposed = smoothed(exposed);
    var all = new double[BUCKETS];
    var byGroup = new double[groups * BUCKETS];
    for (int j = 0; j < BUCKETS; j++) {
      all[j] =
          (sum(smoothHits, j) + PRIOR_HAZARD * PRIOR_EXPOSED)
              / (sum(smoothExposed, j) + PRIOR_EXPOSED);
      for (int group = 0; group < groups; group++) {
        byGroup[group * BUCKETS + j] =
            (sum(smoothHits, j, group) + PULL * all[j]) / (sum(smoothExposed, j, group) + PULL);
      }
    }
    var hazard = new double[BUCKETS];
    for (int kind = 0; kind < classes; kind++) {
      int row = kind * BUCKETS;
      for (int j = 0; j < BUCKETS; j++) {
        double prior = bias[kind] * byGroup[groupOf[kind] * BUCKETS + j];
        double estimate = (smoothHits[row + j] + PULL * prior) / (smoothExposed[row + j] + PULL);
        hazard[j] = Math.min(HAZARD_MAX, estimate);
      }
      rebuild(row, hazard);
    }
  }

  private void rebuild(int row, double[] hazard) {
    for (int j = 0; j < BUCKETS; j++) {
      double alive = 1;
      double gained = 0;
      double spent = 0;
      double best = 0;
      for (int i = j; i < BUCKETS; i++) {
        gained += alive * hazard[i];
        spent += alive * (EDGES[i + 1] - EDGES[i]) * (1 - hazard[i] / 2);
        alive *= 1 - hazard[i];
        best = Math.max(best, gained / spent);
      }
      worth[row + j] = best;
    }
  }

  private double[] smoothed(double[] sums) {
    var smooth = new double[sums.length];
    for (int i = 0; i < sums.length; i++) {
      int j = i % BUCKETS;
      double before = j == 0 ? sums[i] : sums[i - 1];
      double after = j == BUCKETS - 1 ? sums[i] : sums[i + 1];
      smooth[i] = before / 4 + sums[i] / 2 + after / 4;
    }
    return smooth;
  }

  private double sum(double[] sums, int bucket) {
    double sum = 0;
    for (int kind = 0; kind < classes; kind++) {
      sum += sums[kind * BUCKETS + bucket];
    }
    return sum;
  }

  private double sum(double[] sums, int bucket, int group) {
    double sum = 0;
    for (int kind = 0; kind < classes; kind++) {
      sum += groupOf[kind] == group ? sums[kind * BUCKETS + bucket] : 0;
    }
    return sum;
  }

  /// Expected hits for each block and second of keeping a block of a class, at an age in seconds.
  double worth(int kind, double age) {
    int row = kind * BUCKETS;
    if (age < FIRST_EDGE) {
      return worth[row] + (worth[row + 1] - worth[row]) * (age / FIRST_EDGE);
    }
    double place = 1 + halfOctaves(age);
    int j = (int) place;
    if (j >= BUCKETS - 1) {
      return worth[row + BUCKETS - 1] * EDGES[BUCKETS - 1] / Math.max(age, EDGES[BUCKETS - 1]);
    }
    return worth[row + j] + (worth[row + j + 1] - worth[row + j]) * (place - j);
  }
}
