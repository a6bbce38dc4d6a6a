// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.runpool;

import io.incipit.bench.pool.PoolClient;
import org.jspecify.annotations.Nullable;

/// A client of a run index: it looks chains up by one-sided reads, and puts and removes as the
/// index is made. For one thread.
public final class RunPoolClient {
  /// What a message has besides hashes and locations: what it is, owner, tier, first and last
  /// block, the run that may hold the block before, and that block's hash.
  private static final int MESSAGE_BYTES = 40;

  private final RunPool index;
  private final PoolClient client;
  private final @Nullable Directory directory;
  private final Lookup lookup;

  /// What changes the index where clients do that themselves.
  private final @Nullable ClientWriter writer;

  /// The deepest run of the last look-up.
  private int lastRegion;

  private int lastStart;
  private int lastEnd;

  RunPoolClient(RunPool index, PoolClient client, long directoryBytes) {
    this.index = index;
    this.client = client;
    this.directory = directoryBytes == 0 ? null : new Directory(directoryBytes);
    var root = new Root(index.root());
    this.lookup = new Lookup(index, client, root, directory);
    root.read(client);
    if (index.config().writing() == Writing.OWNER) {
      client.ring();
      writer = null;
    } else {
      int opened = client.fetchAndAdd(index.root() + Layout.ROOT_CLIENTS, 1);
      client.ring();
      long number = client.answer(opened);
      if (number >= ClientWriter.CLIENTS_MAX) {
        throw new IllegalStateException(
            "clients: %d (expected: at most %d in an index's life)"
                .formatted(number + 1, ClientWriter.CLIENTS_MAX));
      }
      writer = new ClientWriter(index, client, (int) number, root, lookup, directory);
    }
    root.take();
  }

  /// The client of the memory through which it asks.
  public PoolClient client() {
    return client;
  }

  /// Bytes of its directory, all of its tables counted, in use or not.
  public long directoryBytes() {
    return directory == null ? 0 : directory.bytes();
  }

  /// Finds the leading blocks of a chain that somebody holds. Others may change the index
  /// meanwhile: each block of the answer was held as it says at some moment of the look-up, and
  /// what was held throughout is in it.
  ///
  /// @param hashes chained hashes of the whole prompt, shape `[>= count]`, none of them 0
  /// @param answer who holds which of the blocks found
  /// @return number of the blocks found, in `[0, count]`
  public int match(long[] hashes, int count, PoolAnswer answer) {
    lookup.run(hashes, count);
    answer.clear();
    int depth = 0;
    for (int i = 0; i < lookup.runs(); i++) {
      var run = lookup.run(i);
      if (depth == run.start) {
        depth = Math.min(run.holders.covered(depth), run.start + run.proven);
      }
      lastRegion = run.region;
      lastStart = run.start;
      lastEnd = run.end();
    }
    for (int i = 0; i < lookup.runs() && lookup.run(i).start < depth; i++) {
      fill(answer, lookup.run(i), depth);
    }
    answer.blocks(depth);
    return depth;
  }

  private void fill(PoolAnswer answer, Leg run, int blocks) {
    int end = Math.min(blocks, run.start + run.proven);
    var holders = run.holders;
    for (int i = 0; i < holders.count(); i++) {
      int from = Math.max(run.start, holders.from(i));
      int to = Math.min(end, holders.to(i));
      if (from < to) {
        answer.add(from, to, holders.owner(i), holders.tier(i));
      }
    }
    for (int depth = run.start; index.config().locations() && depth < end; depth++) {
      answer.location(depth, run.location(depth - run.start));
    }
  }

  /// Says that an owner holds blocks `[known, count)` of a chain; the blocks before name the way
  /// there, whether somebody holds them or not.
  ///
  /// @param hashes as for [#match]
  /// @param locations of the blocks, shape `[>= count]`, of which those from `known` on are looked
  ///     at; any where the index has none
  public void put(long[] hashes, int known, int count, int owner, int tier, long[] locations) {
    if (known < 0 || known > count) {
      throw new IllegalArgumentException("known: %d (expected: 0 to %d)".formatted(known, count));
    }
    if (known == count) {
      return;
    }
    if (writer != null) {
      writer.put(hashes, known, count, owner, tier, locations);
      return;
    }
    int hint = known == 0 ? 0 : hint(hashes, known - 1);
    if (!put(hashes, known, count, owner, tier, locations, hint)
        && !put(hashes, known, count, owner, tier, locations, 0)) {
      throw new IllegalStateException(
          "put of blocks %d to %d: refused whole (expected: done)".formatted(known, count));
    }
  }

  /// Sends a put.
  ///
  /// @param hint a run that may hold the block before; 0: none, the chain is sent whole
  /// @return false if that run does not
  private boolean put(
      long[] hashes, int known, int count, int owner, int tier, long[] locations, int hint) {
    int from = hint == 0 ? 0 : known;
    int values = index.config().locations() ? count - known : 0;
    int bytes = MESSAGE_BYTES + (count - from + values) * Long.BYTES;
    int done =
        index.message(
            client,
            owning -> owning.put(hashes, known, count, owner, tier, locations, hint) ? 1 : -1,
            () -> client.message(bytes, index.reply().bytes()));
    if (done > 0) {
      learn(index.reply());
    }
    return done > 0;
  }

  /// A run that had a block when this client last saw it.
  ///
  /// @return its region; 0 if none is known
  private int hint(long[] hashes, int block) {
    int depth = 0;
    while (directory != null && depth <= block) {
      int entry = directory.find(hashes[depth], depth);
      if (entry < 0) {
        break;
      }
      int end = depth + directory.length(entry);
      if (end > block) {
        return directory.region(entry);
      }
      depth = end;
    }
    return lastRegion != 0 && lastStart <= block && block < lastEnd ? lastRegion : 0;
  }

  private void learn(Reply reply) {
    for (int i = 0; directory != null && i < reply.runs; i++) {
      directory.put(
          reply.head[i],
          reply.start[i],
          reply.region[i],
          reply.length[i],
          reply.last[i],
          reply.generation[i],
          reply.columnLines[i]);
      for (int extent = 1; extent < reply.extents[i]; extent++) {
        directory.hint(
            reply.region[i],
            reply.generation[i],
            extent,
            reply.extentFirst[i][extent],
            reply.extentCapacity[i][extent],
            reply.extentRegion[i][extent]);
      }
    }
  }

  /// Says that an owner does not hold blocks `[from, to)` of a chain any more.
  ///
  /// @param hashes as for [#match]
  /// @return whether it held one of them
  public boolean remove(long[] hashes, int from, int to, int owner, int tier) {
    if (from < 0 || from > to) {
      throw new IllegalArgumentException("from: %d (expected: 0 to %d)".formatted(from, to));
    }
    if (from == to) {
      return false;
    }
    if (writer != null) {
      return writer.remove(hashes, from, to, owner, tier);
    }
    int hint = hint(hashes, from);
    int done = remove(hashes, from, to, owner, tier, hint);
    if (done < 0) {
      done = remove(hashes, from, to, owner, tier, 0);
    }
    if (done < 0) {
      throw new IllegalStateException(
          "removal of blocks %d to %d: refused whole (expected: done)".formatted(from, to));
    }
    return done > 0;
  }

  private int remove(long[] hashes, int from, int to, int owner, int tier, int hint) {
    int bytes = MESSAGE_BYTES + (to - (hint == 0 ? 0 : from)) * Long.BYTES;
    return index.message(
        client,
        owning -> owning.remove(hashes, from, to, owner, tier, hint),
        () -> client.message(bytes, Long.BYTES));
  }
}
