// SPDX-License-Identifier: Apache-2.0
package io.incipit.store;

import io.incipit.block.BlockChain;
import io.incipit.env.Clock;
import io.incipit.store.block.Block;
import io.incipit.store.block.BlockTable;
import io.incipit.store.block.Explanation;
import io.incipit.store.block.Explanation.Why;
import io.incipit.store.block.Space;
import io.incipit.store.block.StagedPuts;
import io.incipit.store.retain.Departures.Departure;
import io.incipit.store.retain.Departures.Reason;
import io.incipit.store.retain.Retention;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Says why blocks are in a store or not, by what it knows and remembers. For the store's writer.
final class BlockReasons {
  /// Blocks before those asked for that one answer looks at; beyond them all counts as there.
  private static final int ABOVE_MAX = 16_384;

  /// Look-ups in puts that are under way, of one answer: the youngest puts are looked at first.
  private static final int STAGED_MAX = 65_536;

  /// Other contracts of the namespace that are looked at.
  private static final int CONTRACTS_MAX = 16;

  private final BlockTable table;
  private final StagedPuts puts;
  private final Retention retention;
  private final Clock clock;

  BlockReasons(BlockTable table, StagedPuts puts, Retention retention, Clock clock) {
    this.table = table;
    this.puts = puts;
    this.retention = retention;
    this.clock = clock;
  }

  /// One answer for each block of a chain, in any order.
  ///
  /// @param others of the same namespace, under other contracts
  List<Explanation> explain(Space space, Collection<Space> others, BlockChain chain) {
    var ids = Blocks.ids(space, chain);
    var staged = puts.staged(space, ids, STAGED_MAX);
    var heads = new Heads();
    var answers = new ArrayList<Explanation>(ids.length);
    for (int i = 0; i < ids.length; i++) {
      var block = table.find(ids[i]);
      if (block.isPresent()) {
        answers.add(present(block.get(), heads.missingAbove(block.get())));
      } else if (staged.containsKey(ids[i])) {
        var put = staged.get(ids[i]);
        answers.add(
            new Explanation(Why.STAGED, 0, -1, put.parts().size(), put.block().parts(), 0, ""));
      } else {
        answers.add(
            retention
                .departed(ids[i])
                .map(this::departed)
                .orElse(elsewhere(others, chain.high(i), chain.low(i))));
      }
    }
    return answers;
  }

  private Explanation present(Block block, Optional<String> missing) {
    return new Explanation(
        missing.isPresent() ? Why.HEADLESS : Why.PRESENT,
        block.tiers(),
        -1,
        block.parts(),
        block.parts(),
        table.uses(block.id()),
        missing.orElse(""));
  }

  private Explanation departed(Departure departure) {
    long agoNs = Math.max(0, clock.nanoTime() - departure.timeNs());
    return new Explanation(why(departure.reason()), 0, agoNs, 0, 0, 0, "");
  }

  private static Why why(Reason reason) {
    return switch (reason) {
      case EVICTED -> Why.EVICTED;
      case RECLAIMED -> Why.RECLAIMED;
      case REMOVED -> Why.REMOVED;
      case DROPPED -> Why.DROPPED;
      case REPLACED -> Why.REPLACED;
      case CORRUPT -> Why.CORRUPT;
      case HALVED -> Why.HALVED;
      case DECLINED -> Why.DECLINED;
    };
  }

  private Explanation elsewhere(Collection<Space> others, long high, long low) {
    return others.stream()
        .limit(CONTRACTS_MAX)
        .map(other -> table.find(other.id(high, low)))
        .flatMap(Optional::stream)
        .findFirst()
        .map(
            there ->
                new Explanation(
                    Why.CONTRACT, 0, -1, 0, 0, 0, "%016x".formatted(there.key().fingerprint())))
        .orElse(Explanation.NOTHING);
  }

  /// The nearest missing blocks above others; each is looked for once.
  private final class Heads {
    private final Map<Long, Optional<String>> known = new HashMap<>();
    private int left = ABOVE_MAX;

    Optional<String> missingAbove(Block block) {
      var walked = new ArrayList<Long>();
      var at = block;
      var missing = Optional.<String>empty();
      while (!at.root() && left > 0) {
        left--;
        var before = known.get(at.id());
        if (before != null) {
          missing = before;
          break;
        }
        walked.add(at.id());
        var above = table.find(at.parentId());
        if (above.isEmpty()) {
          missing = Optional.of(at.parent());
          break;
        }
        at = above.get();
      }
      for (long id : walked) {
        known.put(id, missing);
      }
      return missing;
    }
  }
}
