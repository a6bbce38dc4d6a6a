// SPDX-License-Identifier: Apache-2.0
package io.incipit.policy;

import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/// How likely blocks of a kind are to be used again, by the time since they were used last, learnt
/// from what happened; and what follows for the worth of keeping one.
///
/// Age is cut into 36 buckets: [0, 0.125) s, then half octaves. For each kind and bucket two sums
/// are kept: `exposed`, what reached that age unused, and `hits`, what was used again at it. Their
/// quotient is the hazard p. It is smoothed over neighbouring buckets, and drawn towards that of
/// the kind's family, that towards that of the family's group, and that towards that of all, as
/// long as there is little evidence.
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
/// return, and kinds that do not return go early. Memory: 1,152 B a kind.
public final class HazardTable {
  /// Buckets of age.
  public static final int BUCKETS = 36;

  private static final int REBUILD_REQUESTS = 100;
  private static final int HALVE_REQUESTS = 8_192;
  private static final double FIRST_EDGE = 0.125;
  private static final double PRIOR_EXPOSED = 20;
  private static final double PRIOR_HAZARD = 0.1;

  /// How much evidence a prior counts as: a group's for a family and that of all for a group, and a
  /// family's for a kind. Kinds of a family differ less than families do. With 60 for a kind, what
  /// answers tell of small traces was hardly heard; with 10 it is noise on the smallest.
  private static final double PULL = 10;

  static final double PULL_KIND = 20;

  /// Each takes a quarter from either side, so a bucket counts for two octaves, mostly for one.
  private static final int SMOOTHINGS = 4;

  private static final double HAZARD_MAX = 0.999;
  private static final double LOG_2 = Math.log(2);
  private static final double[] EDGES = edges();

  private final Kinds kinds;
  private final double[] exposed;
  private final double[] hits;
  private final double[] hazards;
  private final double[] worth;

  /// A table that has learnt nothing yet.
  public HazardTable(Kinds kinds) {
    this.kinds = kinds;
    this.exposed = new double[kinds.count() * BUCKETS];
    this.hits = new double[kinds.count() * BUCKETS];
    this.hazards = new double[kinds.count() * BUCKETS];
    this.worth = new double[kinds.count() * BUCKETS];
    rebuild();
  }

  /// Which kinds of blocks there are: kind `k` is in family `k / size`. The first of a family is
  /// that of blocks of which the rest is not known yet: they are taken for any of the family.
  public static final class Kinds {
    private final int size;
    private final int groups;
    private final int[] groupOf;
    private final double[] bias;
    private final double[] pulls;

    /// Kinds `0` to `groupOf.length * size - 1`.
    ///
    /// @param size kinds in each family
    /// @param groupOf by family, its group
    /// @param bias by family, how much more than its group it is expected to return
    public Kinds(int size, int groups, int[] groupOf, double[] bias) {
      this(size, groups, groupOf, bias, new double[size]);
      Arrays.fill(pulls, PULL_KIND);
    }

    private Kinds(int size, int groups, int[] groupOf, double[] bias, double[] pulls) {
      this.size = size;
      this.groups = groups;
      this.groupOf = groupOf;
      this.bias = bias;
      this.pulls = pulls;
    }

    /// The same, but for how much evidence a family counts as for each kind of it.
    Kinds withPulls(double[] others) {
      return new Kinds(size, groups, groupOf, bias, others);
    }

    int families() {
      return groupOf.length;
    }

    int count() {
      return families() * size;
    }
  }

  private static double[] edges() {
    var edges = new double[BUCKETS + 1];
    for (int j = 1; j <= BUCKETS; j++) {
      edges[j] = FIRST_EDGE * Math.pow(2, (j - 1) / 2.0);
    }
    return edges;
  }

  /// The age at which bucket `j` begins, in seconds.
  public static double edge(int j) {
    return EDGES[j];
  }

  private static double halfOctaves(double age) {
    return 2 * Math.log(age / FIRST_EDGE) / LOG_2;
  }

  private static int bucket(double age) {
    return age < FIRST_EDGE ? 0 : Math.min(BUCKETS - 1, 1 + (int) halfOctaves(age));
  }

  /// Blocks of a kind were used again at an age.
  ///
  /// @param weight how many, in whatever unit [#expose] counts
  public void hit(int kind, double age, double weight) {
    hits[kind * BUCKETS + bucket(age)] += weight;
  }

  /// Blocks of a kind have reached the edge of a bucket.
  public void expose(int kind, int bucket, double weight) {
    exposed[kind * BUCKETS + bucket] += weight;
  }

  /// So many requests have come: from time to time [#halve]s the evidence, and more often
  /// [#rebuild]s what follows from it. To be called once for each.
  public void advanceTo(int requests) {
    if (halvesAt(requests)) {
      halve();
    }
    if (rebuildsAt(requests)) {
      rebuild();
    }
  }

  static boolean halvesAt(int requests) {
    return requests % HALVE_REQUESTS == 0;
  }

  static boolean rebuildsAt(int requests) {
    return requests % REBUILD_REQUESTS == 0;
  }

  /// Lets half of all evidence go.
  public void halve() {
    for (int i = 0; i < hits.length; i++) {
      hits[i] /= 2;
      exposed[i] /= 2;
    }
  }

  /// Works [#worth] out from the evidence. 1 to 2 ms for 1,024 kinds.
  public void rebuild() {
    var kindSums = new Sums(smoothed(hits), smoothed(exposed));
    var familySums = kindSums.gathered(kind -> kind / kinds.size, kinds.families());
    var groupSums = familySums.gathered(family -> kinds.groupOf[family], kinds.groups);
    var all = groupSums.gathered(_ -> 0, 1).hazards(0, PRIOR_EXPOSED, constant(PRIOR_HAZARD));
    var groups = new double[kinds.groups][];
    for (int group = 0; group < groups.length; group++) {
      groups[group] = groupSums.hazards(group, PULL, all);
    }
    for (int family = 0; family < kinds.families(); family++) {
      var prior = groups[kinds.groupOf[family]].clone();
      for (int j = 0; j < BUCKETS; j++) {
        prior[j] *= kinds.bias[family];
      }
      rebuildFamily(family, familySums.hazards(family, PULL, prior), kindSums);
    }
  }

  private void rebuildFamily(int family, double[] ofFamily, Sums kindSums) {
    var worthOfFamily = worth(ofFamily);
    int first = family * kinds.size;
    for (int kind = first; kind < first + kinds.size; kind++) {
      boolean any = kind == first || kindSums.isEmpty(kind);
      var its = any ? ofFamily : kindSums.hazards(kind, kinds.pulls[kind - first], ofFamily);
      System.arraycopy(its, 0, hazards, kind * BUCKETS, BUCKETS);
      System.arraycopy(any ? worthOfFamily : worth(its), 0, worth, kind * BUCKETS, BUCKETS);
    }
  }

  private static double[] worth(double[] hazards) {
    var worth = new double[BUCKETS];
    for (int j = 0; j < BUCKETS; j++) {
      double alive = 1;
      double gained = 0;
      double spent = 0;
      for (int i = j; i < BUCKETS; i++) {
        double hazard = Math.min(HAZARD_MAX, hazards[i]);
        gained += alive * hazard;
        spent += alive * (EDGES[i + 1] - EDGES[i]) * (1 - hazard / 2);
        alive *= 1 - hazard;
        worth[j] = Math.max(worth[j], gained / spent);
      }
    }
    return worth;
  }

  private static double[] constant(double value) {
    var values = new double[BUCKETS];
    Arrays.fill(values, value);
    return values;
  }

  private static double[] smoothed(double[] rows) {
    var smooth = rows.clone();
    for (int row = 0; row < rows.length; row += BUCKETS) {
      for (int i = 0; i < SMOOTHINGS; i++) {
        smooth(smooth, row);
      }
    }
    return smooth;
  }

  private static void smooth(double[] sums, int row) {
    double before = sums[row];
    for (int i = row; i < row + BUCKETS; i++) {
      double after = i == row + BUCKETS - 1 ? sums[i] : sums[i + 1];
      double smooth = before / 4 + sums[i] / 2 + after / 4;
      before = sums[i];
      sums[i] = smooth;
    }
  }

  /// Evidence, a row of buckets for each of something.
  private static final class Sums {
    private final double[] hits;
    private final double[] exposed;

    Sums(double[] hits, double[] exposed) {
      this.hits = hits;
      this.exposed = exposed;
    }

    /// The same for what they belong to.
    Sums gathered(IntUnaryOperator owner, int owners) {
      var gathered = new Sums(new double[owners * BUCKETS], new double[owners * BUCKETS]);
      for (int i = 0; i < hits.length; i++) {
        int into = owner.applyAsInt(i / BUCKETS) * BUCKETS + i % BUCKETS;
        gathered.hits[into] += hits[i];
        gathered.exposed[into] += exposed[i];
      }
      return gathered;
    }

    /// @param pull how much evidence `prior` counts as
    double[] hazards(int row, double pull, double[] prior) {
      var hazards = new double[BUCKETS];
      for (int j = 0; j < BUCKETS; j++) {
        int i = row * BUCKETS + j;
        hazards[j] = (hits[i] + pull * prior[j]) / (exposed[i] + pull);
      }
      return hazards;
    }

    boolean isEmpty(int row) {
      double sum = 0;
      for (int i = row * BUCKETS; i < (row + 1) * BUCKETS; i++) {
        sum += hits[i] + exposed[i];
      }
      return sum == 0;
    }
  }

  /// How likely a block of a kind that reaches a bucket is to be used again in it.
  double hazard(int kind, int bucket) {
    return Math.min(HAZARD_MAX, hazards[kind * BUCKETS + bucket]);
  }

  /// Expected hits for each block and second of keeping a block of a kind, at an age in seconds.
  public double worth(int kind, double age) {
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
