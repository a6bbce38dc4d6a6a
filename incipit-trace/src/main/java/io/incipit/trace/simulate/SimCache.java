// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.simulate;

import io.incipit.block.Hint;
import io.incipit.trace.simulate.policy.PrefillCost;
import io.incipit.trace.simulate.tier.TierMoves;
import io.incipit.trace.simulate.tier.TieredPool;

/// One simulated cache, and what it has counted. For one thread at a time.
final class SimCache {
  private final TieredPool pool;
  private final Admission admission;
  private final HitSink sink;
  private final boolean tellsAll;
  private long blocks;
  private long blockHits;
  private long hostHits;
  private long tokens;
  private long tokenHits;
  private double cost;
  private double saved;

  /// The path that a hint is about.
  private long[] hinted = new long[64];

  /// @param tellsAll whether the pool hears of answers, and of tokens in no block
  SimCache(TieredPool pool, Admission admission, HitSink sink, boolean tellsAll) {
    this.tellsAll = tellsAll;
    this.pool = pool;
    this.admission = admission;
    this.sink = sink;
  }

  void offer(Batch batch) {
    for (int i = 0; i < batch.requests().size(); i++) {
      var request = batch.requests().get(i);
      var ids = batch.ids().get(i);
      for (var complete : batch.complete().get(i)) {
        if (tellsAll) {
          pool.answered(complete.number(), complete.answer());
        }
        hint(complete);
      }
      int length = admission.length(request);
      int told = tellsAll ? request.inputTokens() : length * request.blockTokens();
      int hits = pool.offer(request.timeNs(), ids, length, told);
      long found = Math.min((long) hits * request.blockTokens(), request.inputTokens());
      long inHost = Math.min((long) pool.hostHits() * request.blockTokens(), request.inputTokens());
      blocks += ids.length;
      blockHits += hits;
      hostHits += pool.hostHits();
      tokens += request.inputTokens();
      tokenHits += found;
      cost += PrefillCost.ofPrefix(request.inputTokens(), request.blockTokens());
      saved += PrefillCost.ofPrefix(found, request.blockTokens());
      sink.found(request, inHost, found);
    }
  }

  private void hint(Answers.Complete complete) {
    if (complete.hint() instanceof Hint.None) {
      return;
    }
    var ids = complete.request().ids();
    if (hinted.length < ids.length()) {
      hinted = new long[2 * ids.length()];
    }
    ids.copyTo(hinted);
    int length = admission.length(complete.request());
    pool.hint(complete.timeNs(), hinted, length, complete.hint());
  }

  double hostHitRate() {
    return blocks == 0 ? 0 : (double) hostHits / blocks;
  }

  double diskHitRate() {
    return blocks == 0 ? 0 : (double) (blockHits - hostHits) / blocks;
  }

  TierMoves moves() {
    return pool.moves();
  }

  double blockHitRate() {
    return blocks == 0 ? 0 : (double) blockHits / blocks;
  }

  double tokenHitRate() {
    return tokens == 0 ? 0 : (double) tokenHits / tokens;
  }

  double savedComputeRate() {
    return cost == 0 ? 0 : saved / cost;
  }
}
