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
import java.util.HashMap;
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

  private static final int OWNERS_MAX = 65_536;
  private static final int OWNERS_PAGE = 1_024;
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
    final Map<String, WorkerMatch> workers = new LinkedHashMap<>();

    /// Names by numbers of owners that are listed.
    final Map<Integer, OwnerName> owners = new LinkedHashMap<>();

    int[] floor = new int[Tier.COUNT];
    boolean truncated;

    WorkerMatch worker(String name) {
      return workers.computeIfAbsent(name, WorkerMatch::new);
    }

    WorkerMatch.Rank rank(OwnerName owner) {
      return worker(owner.worker()).rank(owner.rank());
    }
  }

  /// Who holds how much of a chain.
  FleetMatch find(Space space, BlockChain chain, Wanted wanted) {
    var found = new Found();
    var owners = owners(space, wanted);
    // Each worker may be there twice, and in several ranks.
    int limit = wanted.isAll() ? Math.min(OWNERS_MAX, 2 * wanted.limit()) : OWNERS_MAX;
    var scored = score(space, chain, owners, Tier.ALL_MASK, limit);
    add(found, scored);
    addUnlisted(found, space, scored, owners, limit);
    addPartial(found, space, scored);
    if (wanted.isByMedium() && !found.owners.isEmpty()) {
      addMedium(found, Tier.HOST, score(space, chain, owners, Tier.HOST.mask(), OWNERS_MAX));
      addMedium(found, Tier.DISK, score(space, chain, owners, Tier.DISK.mask(), OWNERS_MAX));
    }
    var unknown = addAsked(found, space, wanted);
    return fleet(found, wanted, unknown);
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
      Space space, BlockChain chain, List<String> owners, int tiers, int limit) {
    var op = new Op.Score(space.name(), chain, Cursor.NONE, owners, tiers, limit, true);
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

  private static void add(Found found, Reply.Scored scored) {
    for (int i = 0; i < scored.scores().count(); i++) {
      var owner = OwnerName.parse(scored.names().get(i));
      found.owners.put(scored.scores().owner(i), owner);
      var rank = found.rank(owner);
      for (var tier : TIERS) {
        add(rank, owner, tier, scored.scores().blocks(i, tier));
      }
    }
  }

  private static void add(WorkerMatch.Rank rank, OwnerName owner, Tier tier, int blocks) {
    if (owner.isRouted()) {
      rank.routed(blocks);
    } else {
      rank.upTo(tier, blocks);
    }
  }

  /// Owners that are not listed one by one since all of them have the same.
  private void addUnlisted(
      Found found, Space space, Reply.Scored scored, List<String> owners, int limit) {
    found.truncated = (scored.flags() & Reply.TRUNCATED) != 0;
    for (var tier : TIERS) {
      found.floor[tier.code()] = scored.scores().base(tier);
    }
    if (found.floor[Tier.REMOTE.code()] == 0 || found.truncated) {
      return;
    }
    for (var name : owners) {
      row(space, name).ifPresent(row -> addUnlisted(found, row));
    }
    int from = 0;
    boolean more = owners.isEmpty();
    while (more) {
      var page = rows(new Op.Owners(space.name(), Optional.empty(), from, OWNERS_PAGE));
      page.forEach(row -> addUnlisted(found, row));
      more = page.size() == OWNERS_PAGE && found.owners.size() < limit;
      found.truncated = page.size() == OWNERS_PAGE && !more;
      from = page.isEmpty() ? 0 : (int) number(page.getLast(), "owner") + 1;
    }
  }

  private static void addUnlisted(Found found, Map<String, Value> row) {
    int number = (int) number(row, "owner");
    if (!found.owners.containsKey(number)) {
      var owner = OwnerName.parse(text(row, "name"));
      found.owners.put(number, owner);
      var rank = found.rank(owner);
      for (var tier : TIERS) {
        add(rank, owner, tier, found.floor[tier.code()]);
      }
    }
  }

  /// Which of the workers may hold more than is known.
  private void addPartial(Found found, Space space, Reply.Scored scored) {
    var behind = engines.behind(space.name());
    boolean some = (scored.flags() & (Reply.PARTIAL | Reply.SHORT)) != 0;
    if (!some && behind.isEmpty()) {
      return;
    }
    for (var owner : found.owners.values()) {
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

  private static String text(Map<String, Value> row, String name) {
    var value = row.get(name);
    return value == null ? "" : value.text();
  }

  private static void addMedium(Found found, Tier tier, Reply.Scored scored) {
    var scores = scored.scores();
    Map<Integer, Integer> listed = new HashMap<>();
    for (int i = 0; i < scores.count(); i++) {
      listed.put(scores.owner(i), scores.blocks(i, Tier.REMOTE));
    }
    found.owners.forEach(
        (number, owner) -> {
          if (!owner.isRouted()) {
            found.rank(owner).only(tier, listed.getOrDefault(number, scores.base(Tier.REMOTE)));
          }
        });
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
