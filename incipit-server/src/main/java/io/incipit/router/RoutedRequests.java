// SPDX-License-Identifier: Apache-2.0
package io.incipit.router;

import io.incipit.block.BlockChain;
import io.incipit.block.Change;
import io.incipit.block.ErrorCode;
import io.incipit.block.Op;
import io.incipit.block.Reply;
import io.incipit.block.Tier;
import io.incipit.env.Clock;
import io.incipit.service.MemoryShare;
import io.incipit.service.Service;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Blocks of requests that were sent to workers, each taken for held there until its time is over,
/// whether the worker says so or not. For each worker's rank they are an owner of its own. Guarded
/// by itself; waits for publishes.
///
/// A block's time is over no sooner than that of any block below it, since each request names its
/// blocks from the first on.
final class RoutedRequests {
  /// Blocks of all workers.
  private static final int BLOCKS_MAX = 1 << 18;

  /// What a block takes: its name, when its time is over, and an entry in a table.
  private static final int BLOCK_BYTES = 100;

  private static final int PATIENCE_SECONDS = 10;

  /// A block's name.
  private record Name(long high, long low) {}

  /// What was sent to one rank of a worker.
  private static final class Target {
    final String namespace;
    final String owner;
    final int hashBytes;
    final long incarnation;
    long seq;

    /// When the time of each block is over, in nanoseconds of the clock.
    final Map<Name, Long> ends = new HashMap<>();

    Target(String namespace, String owner, int hashBytes, long incarnation) {
      this.namespace = namespace;
      this.owner = owner;
      this.hashBytes = hashBytes;
      this.incarnation = incarnation;
    }
  }

  private final Service service;
  private final MemoryShare memory;
  private final Clock clock;
  private final int blocksMax;
  private final Map<String, Target> targets = new HashMap<>();
  private long lastIncarnation;
  private int blocks;

  RoutedRequests(Service service, Clock clock) {
    this(service, clock, BLOCKS_MAX);
  }

  RoutedRequests(Service service, Clock clock, int blocksMax) {
    this.service = service;
    this.memory = service.share();
    this.clock = clock;
    this.blocksMax = blocksMax;
  }

  /// Blocks whose time is not over, each once for each rank of a worker.
  synchronized int blocks() {
    return blocks;
  }

  /// Notes that a request was sent somewhere.
  ///
  /// @param lifeNs how long its blocks are taken for held, from now
  synchronized void add(Space space, BlockChain chain, OwnerName owner, long lifeNs) {
    long now = clock.nanoTime();
    var key = space.name() + "\n" + owner.text();
    var known = targets.get(key);
    int more = known == null ? chain.length() : unknown(known, chain);
    if (more > blocksMax - blocks) {
      throw new RefusalException(
          503,
          "blocks: %d more beside %d (expected: at most %d that were routed)"
              .formatted(more, blocks, blocksMax));
    }
    if (!memory.admits((long) BLOCK_BYTES * more)) {
      throw new RefusalException(503, memory.refusal());
    }
    if (chain.isEmpty()) {
      return;
    }
    var target = known == null ? begun(space, owner) : known;
    publish(key, target, new Change.Store(Tier.GPU, empty(target), chain));
    targets.put(key, target);
    for (int i = 0; i < chain.length(); i++) {
      long end = now + lifeNs;
      target.ends.merge(new Name(chain.high(i), chain.low(i)), end, (a, b) -> a - b >= 0 ? a : b);
    }
    count(more);
  }

  private void count(int more) {
    blocks += more;
    memory.add((long) BLOCK_BYTES * more);
  }

  private static BlockChain empty(Target target) {
    return BlockChain.empty(target.hashBytes);
  }

  private static int unknown(Target target, BlockChain chain) {
    int count = 0;
    for (int i = 0; i < chain.length(); i++) {
      count += target.ends.containsKey(new Name(chain.high(i), chain.low(i))) ? 0 : 1;
    }
    return count;
  }

  private Target begun(Space space, OwnerName owner) {
    lastIncarnation = Math.max(lastIncarnation + 1, clock.wallMillis());
    return new Target(space.name(), owner.text(), space.namespace().hashBytes(), lastIncarnation);
  }

  /// Takes away the blocks whose time is over.
  synchronized void expire() {
    long now = clock.nanoTime();
    for (var entry : List.copyOf(targets.entrySet())) {
      try {
        expire(entry.getKey(), entry.getValue(), now);
      } catch (RefusalException _) {
        // They go the next time, or are gone with their namespace.
      }
    }
  }

  private void expire(String key, Target target, long now) {
    var over = new ArrayList<Name>();
    target.ends.forEach(
        (name, end) -> {
          if (end - now <= 0) {
            over.add(name);
          }
        });
    if (over.isEmpty()) {
      return;
    }
    publish(key, target, new Change.Remove(Tier.GPU, chain(target, over)));
    over.forEach(target.ends::remove);
    count(-over.size());
    if (target.ends.isEmpty()) {
      targets.remove(key);
    }
  }

  private static BlockChain chain(Target target, List<Name> names) {
    if (target.hashBytes == Long.BYTES) {
      return BlockChain.of(names.stream().mapToLong(Name::low).toArray());
    }
    var halves = new long[2 * names.size()];
    for (int i = 0; i < names.size(); i++) {
      halves[2 * i] = names.get(i).high();
      halves[2 * i + 1] = names.get(i).low();
    }
    return BlockChain.ofPairs(halves);
  }

  private void publish(String key, Target target, Change change) {
    var changes = new ArrayList<Change>();
    if (target.seq == 0) {
      changes.add(new Change.Clear(Optional.empty()));
    }
    changes.add(change);
    var replies = new CompletableFuture<Reply>();
    service.execute(
        new Op.Publish(target.namespace, target.owner, target.incarnation, target.seq + 1, changes),
        replies::complete);
    var reply = reply(key, target, replies);
    if (reply instanceof Reply.Refused(var code, var detail)) {
      if (code != ErrorCode.BUSY) {
        forget(key, target);
      }
      throw new RefusalException(code.httpStatus(), code + " " + detail);
    }
    target.seq++;
  }

  private Reply reply(String key, Target target, CompletableFuture<Reply> replies) {
    try {
      return replies.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException _) {
      forget(key, target);
      Thread.currentThread().interrupt();
      throw new RefusalException(503, "the server stops");
    } catch (ExecutionException | TimeoutException late) {
      forget(key, target);
      throw new RefusalException(503, "route: no reply (expected: one within 10 s)");
    }
  }

  /// Nobody knows what the index has of it: the next request begins another life, which ends this.
  private void forget(String key, Target target) {
    if (targets.remove(key) != null) {
      count(-target.ends.size());
    }
  }
}
