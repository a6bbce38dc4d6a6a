// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.regret;

/// What the window of a meter says.
///
/// @param asked blocks that were asked for in the window, sampled or not
/// @param found of these, blocks that the store had with all before them
/// @param sampledRequests requests of which blocks are sampled
/// @param sampledBlocks uses of sampled blocks, those included that are not counted
/// @param shift one block in `2^shift` is sampled
/// @param counted uses of sampled blocks that count
/// @param real of these, the store's hits
/// @param leafLru hits of leaf-LRU on them
/// @param clairvoyant hits of the clairvoyant policy on them
record RegretSnapshot(
    long asked,
    long found,
    int sampledRequests,
    int sampledBlocks,
    int shift,
    long counted,
    long real,
    long leafLru,
    long clairvoyant) {
  static final RegretSnapshot NONE = new RegretSnapshot(0, 0, 0, 0, 0, 0, 0, 0, 0);

  private static final double PERMILLE = 1_000;

  /// The store's block hit rate, in `[0, 1]`; of all requests, not of the sample.
  double realRate() {
    return asked == 0 ? 0 : (double) found / asked;
  }

  /// The block hit rate of leaf-LRU, in `[0, 1]`.
  double leafLruRate() {
    return beside(leafLru);
  }

  /// The block hit rate of the clairvoyant policy, in `[0, 1]`.
  double clairvoyantRate() {
    return beside(clairvoyant);
  }

  /// The store's own rate, and what another policy finds more, or less, of the sample. A block that
  /// all requests have weighs the same on both sides, whether it is sampled or not.
  private double beside(long hits) {
    if (asked == 0) {
      return 0;
    }
    double more = Math.scalb((double) (hits - real), shift);
    return Math.clamp((found + more) / asked, 0, 1);
  }

  static long permille(double rate) {
    return Math.round(PERMILLE * rate);
  }
}
