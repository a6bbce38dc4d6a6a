// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.evaluate;

import io.incipit.block.BlockChain;
import io.incipit.block.Tier;
import io.incipit.index.Eligible;
import io.incipit.index.IndexConfig;
import io.incipit.index.MatchAnswer;
import io.incipit.index.Place;
import io.incipit.index.PrefixIndex;
import io.incipit.index.QuestionBudget;

/// Our index in this process, as our server has it: by hashes of 16 bytes, with removal by hash.
final class LocalSubject implements Subject {
  private final Requests requests;
  private final PrefixIndex index;
  private final byte[] bytes;
  private final QuestionBudget budget = QuestionBudget.unlimited();
  private final MatchAnswer answer = new MatchAnswer();

  LocalSubject(Requests requests) {
    this.requests = requests;
    this.bytes = new byte[requests.longest() * Networked.HASH_BYTES];
    var usual = IndexConfig.DEFAULT;
    this.index =
        PrefixIndex.create(
            new IndexConfig(Networked.HASH_BYTES, true, usual.bytesMax(), usual.secret()));
  }

  /// The chain of a request's blocks `[from, to)`.
  private BlockChain chain(int request, int from, int to) {
    for (int i = from; i < to; i++) {
      Keys.wide(requests.id(request, i), bytes, (i - from) * Networked.HASH_BYTES);
    }
    return BlockChain.wrap(bytes, 0, to - from, Networked.HASH_BYTES);
  }

  @Override
  public void lookup(int request) {
    var chain = chain(request, 0, requests.length(request));
    index.match(Place.ROOT, chain, Eligible.ALL, Integer.MAX_VALUE, budget.renew(), answer);
  }

  @Override
  public int wrong(int request, int known) {
    var holders = answer.holders();
    boolean right =
        answer.blocks() == known
            && (known == 0 || (holders.count() == 1 && holders.to(0) == known));
    return right ? 0 : 1;
  }

  @Override
  public void put(int request, int known) {
    int length = requests.length(request);
    if (known < length) {
      int parents = Math.min(known, 1);
      var chain = chain(request, known - parents, length);
      int stored =
          index.store(
              0, Tier.GPU, chain.slice(0, parents), chain.slice(parents, chain.length()), 0);
      if (stored < 0) {
        throw new IllegalStateException("store: the place is not known");
      }
    }
  }

  @Override
  public long bytes() {
    var snapshot = index.snapshot();
    return snapshot.treeBytes() + snapshot.byHashBytes();
  }

  @Override
  public long clientBytes() {
    return 0;
  }
}
