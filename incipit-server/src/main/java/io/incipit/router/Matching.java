// SPDX-License-Identifier: Apache-2.0
package io.incipit.router;

import io.incipit.block.BlockChain;
import io.incipit.block.Cursor;
import io.incipit.block.ErrorCode;
import io.incipit.block.Op;
import io.incipit.block.Reply;
import io.incipit.block.Tier;
import io.incipit.block.Value;
import io.incipit.env.Clock;
import io.incipit.ingest.Engines;
import io.incipit.service.Service;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Asks the index which workers hold how much of a chain. Thread-safe; may wait for a moment.
final class Matching {
  /// Ranks that are looked for of a worker that nobody registered.
  private static final int RANKS_GUESSED = 32;

  private static final int OWNERS_MIN = 4_096;
  private static final int OWNERS_MAX = 65_536;
  private static final int ATTEMPTS_MAX = 1_000;
  private static final long PAUSE_NS = 1_000_000;

  private static final Tier[] TIERS = Tier.values();

  private final Service service;
  private final Engines engines;
  private final Clock clock;

  Matching(Service service, Engines engines, Clock clock) {
    this.service = service;
    this.engines = engines;
    this.clock = clock;
  }

  /// What one question has found so far.
  private static final class Found {
    final Map<String, WorkerMatch> workers;

    /// Of who is listed.
    final List<OwnerName> owners;

    boolean truncated;
    final int[] floor = new int[Tier.COUNT];

    Found(int owners) {
      this.workers = LinkedHashMap.newLinkedHashMap(owners);
      this.owners = new ArrayList<>(owners);
    }

    void add(Reply.Scored scored) {
      var scores = scored.scores();
      for (int i = 0; i < scores.count(); i++) {
        var owner = OwnerName.parse(scored.names().get(i));
        var rank = rank(owner);
        for (var tier : TIERS) {
          if (owner.isRouted()) {
            rank.routed(scores.blocks(i, tier));
          } else {
            rank.upTo(tier, scores.blocks(i, tier));
          }
        }
        owners.add(owner);
      }
    }

    WorkerMatch worker(String name) {
      return workers.computeIfAbsent(name, WorkerMatch::new);
    }

    WorkerMatch.Rank rank(OwnerName owner) {
      return worker(owner.worker()).rank(owner.rank());
    }
  }

  /// Who holds how much of a chain.
  FleetMatch find(Space space, BlockChain chain, Wanted wanted) {
    var owners = owners(space, wanted);
    int limit = wanted.isAll() ? owners(wanted.limit()) : OWNERS_MAX;
    var scored = score(space, chain, owners, Tier.ALL_MASK, limit, true);
    var found = new Found(scored.scores().count());
    found.add(scored);
    if ((scored.flags() & Reply.TRUNCATED) != 0) {
      addFloor(found, score(space, chain, owners, Tier.ALL_MASK, limit, false));
    }
    addPartial(found, space, scored);
    if (wanted.isByMedium() && !found.owners.isEmpty()) {
      addMedium(found, Tier.HOST, score(space, chain, owners, Tier.HOST.mask(), OWNERS_MAX, true));
      addMedium(found, Tier.DISK, score(space, chain, owners, Tier.DISK.mask(), OWNERS_MAX, true));
    }
    var unknown = addAsked(found, space, wanted);
    return fleet(found, wanted, unknown);
  }

  /// How many owners so many workers may be: each twice, and in several ranks.
  private static int owners(int workers) {
    return Math.clamp(2L * workers, OWNERS_MIN, OWNERS_MAX);
  }

  /// Some are left out since there are so many: what the others have at least is what most have,
  /// but for those that have less, who are listed beside the best.
  private static void addFloor(Found found, Reply.Scored most) {
    found.truncated = true;
    found.add(most);
    for (var tier : TIERS) {
      found.floor[tier.code()] = most.scores().base(tier);
    }
  }

  private static FleetMatch fleet(Found found, Wanted wanted, List<String> unknown) {
    int least = wanted.isAll() ? Math.max(1, wanted.blocksMin()) : wanted.blocksMin();
    var workers =
        new ArrayList<>(
            found.workers.values().stream()
                .filter(worker -> worker.longest() >= least)
                .sorted(WorkerMatch.BEST_FIRST)
                .toList());
    if (workers.size() > wanted.limit()) {
      var left = workers.subList(wanted.limit(), workers.size());
      for (var tier : TIERS) {
        int worst = left.stream().mapToInt(worker -> worker.upTo(tier)).min().orElse(0);
        int floor = found.floor[tier.code()];
        found.floor[tier.code()] = found.truncated ? Math.min(floor, worst) : worst;
      }
      found.truncated = true;
      left.clear();
    }
    return new FleetMatch(
        workers, found.truncated, Arrays.stream(found.floor).boxed().toList(), unknown);
  }

  /// The names of the owners that are asked for; none for all.
  private List<String> owners(Space space, Wanted wanted) {
    Set<String> names = new LinkedHashSet<>();
    for (var instance : wanted.instances()) {
      var worker = instance.text();
      var followed = engines.owners(space.name(), worker);
      names.addAll(followed);
      for (int rank = 0; rank < (followed.isEmpty() ? RANKS_GUESSED : 1); rank++) {
        names.add(new OwnerName(worker, rank, false).text());
        names.add(new OwnerName(worker, rank, true).text());
      }
      for (var owner : followed) {
        names.add(new OwnerName(worker, OwnerName.parse(owner).rank(), true).text());
      }
    }
    return List.copyOf(names);
  }

  private Reply.Scored score(
      Space space, BlockChain chain, List<String> owners, int tiers, int limit, boolean all) {
    var op = new Op.Score(space.name(), chain, Cursor.NONE, owners, tiers, limit, true, all);
    if (answer(op) instanceof Reply.Scored scored) {
      return scored;
    }
    throw new IllegalStateException("score: another reply (expected: scores)");
  }

  /// An answer; a change that stands in the way is waited for.
  private Reply answer(Op op) {
    for (int i = 0; ; i++) {
      var reply = service.answer(op);
      if (!(reply instanceof Reply.Refused(var code, var detail))) {
        return reply;
      }
      if (code != ErrorCode.BUSY || i == ATTEMPTS_MAX) {
        throw new RefusalException(code.httpStatus(), code + " " + detail);
      }
      pause();
    }
  }

  private void pause() {
    try {
      clock.sleepNs(PAUSE_NS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new RefusalException(503, "the server stops");
    }
  }

  /// Which of the workers may hold more than is known.
  private void addPartial(Found found, Space space, Reply.Scored scored) {
    var behind = engines.behind(space.name());
    boolean some = (scored.flags() & (Reply.PARTIAL | Reply.SHORT)) != 0;
    if (!some && behind.isEmpty()) {
      return;
    }
    for (var owner : found.owners) {
      if (behind.contains(owner.text()) || (some && isPartial(space, owner))) {
        found.worker(owner.worker()).partial();
      }
    }
  }

  private boolean isPartial(Space space, OwnerName owner) {
    return row(space, owner.text()).filter(row -> number(row, "partial") != 0).isPresent();
  }

  private Optional<Map<String, Value>> row(Space space, String owner) {
    return rows(new Op.Owners(space.name(), Optional.of(owner), 0, 1)).stream().findFirst();
  }

  private List<Map<String, Value>> rows(Op.Owners op) {
    return answer(op) instanceof Reply.Rows(var rows) ? rows : List.of();
  }

  private static long number(Map<String, Value> row, String name) {
    var value = row.get(name);
    return value == null ? 0 : value.number();
  }

  private static void addMedium(Found found, Tier tier, Reply.Scored scored) {
    for (int i = 0; i < scored.scores().count(); i++) {
      var owner = OwnerName.parse(scored.names().get(i));
      if (!owner.isRouted() && found.workers.containsKey(owner.worker())) {
        found.rank(owner).only(tier, scored.scores().blocks(i, Tier.REMOTE));
      }
    }
  }

  /// Workers that are asked for by name and hold nothing.
  ///
  /// @return those of whom nothing is known
  private List<String> addAsked(Found found, Space space, Wanted wanted) {
    var unknown = new ArrayList<String>();
    for (var instance : wanted.instances()) {
      var worker = instance.text();
      if (found.workers.containsKey(worker)) {
        continue;
      }
      var followed = engines.owners(space.name(), worker);
      var names = followed.isEmpty() ? List.of(worker, worker + "#~") : followed;
      var known = names.stream().flatMap(name -> row(space, name).stream()).toList();
      if (followed.isEmpty() && known.isEmpty()) {
        unknown.add(worker);
        continue;
      }
      var match = found.worker(worker);
      names.forEach(name -> match.rank(OwnerName.parse(name).rank()));
      if (known.size() < followed.size()
          || followed.stream().anyMatch(name -> engines.isBehind(space.name(), name))
          || known.stream().anyMatch(row -> number(row, "partial") != 0)) {
        match.partial();
      }
    }
    return unknown;
  }
}
