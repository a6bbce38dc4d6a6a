// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.replay;

import io.incipit.block.BlockChain;
import io.incipit.block.Change;
import io.incipit.block.ContractField;
import io.incipit.block.Namespace;
import io.incipit.client.BlockPart;
import io.incipit.client.ClientException;
import io.incipit.client.Committed;
import io.incipit.client.Fetched;
import io.incipit.client.IncipitClient;
import io.incipit.client.PutName;
import io.incipit.client.PutOutcome;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/// The store of a server, in a namespace that is made for one replay: what is looked up is read and
/// compared, and what is published is put, block by block in the order of the chain.
public final class StoreTarget implements ReplayTarget {
  /// The most bytes of a block.
  public static final int BLOCK_BYTES_MAX = 256 << 20;

  /// What a reply has for a block beside its bytes, at least for each 64 KiB.
  private static final int REPLY_OVERHEAD = 64;

  private static final long PIECE_BYTES = 64 << 10;
  private static final long SETTLE_NS = 100_000;
  private static final long NUDGE_NS = 50_000_000;
  private static final int NUDGED_AFTER = 100;
  private static final int SETTLES_MAX = 100_000;

  private final IncipitClient client;
  private final ServerTarget server;
  private final String namespace;
  private final int blockBytes;
  private final Optional<TraceClock> clock;
  private final BlockTraffic.Moves before;
  private final AtomicLong puts = new AtomicLong();
  private final LongAdder asked = new LongAdder();
  private final LongAdder read = new LongAdder();
  private final LongAdder wrong = new LongAdder();
  private final LongAdder made = new LongAdder();
  private final LongAdder had = new LongAdder();
  private final LongAdder declined = new LongAdder();

  /// Set before it is shared.
  private Optional<AutoCloseable> own = Optional.empty();

  /// A put on its way.
  private record Sent(CompletableFuture<PutOutcome> put, CompletableFuture<Committed> commit) {}

  private StoreTarget(
      IncipitClient client,
      ServerTarget server,
      String namespace,
      int blockBytes,
      Optional<TraceClock> clock)
      throws IOException {
    this.client = client;
    this.server = server;
    this.namespace = namespace;
    this.blockBytes = blockBytes;
    this.clock = clock;
    this.before = moves();
  }

  /// Makes the namespace, and says what its bytes are.
  ///
  /// @param client closed with the target, or at once if there is none
  /// @param bytesPerToken of a block's bytes
  /// @param clock of the store, if the replay moves it; then each request waits until nothing
  ///     moves between the store's tiers any more
  /// @throws IOException if the server cannot be reached, or refuses
  public static StoreTarget create(
      IncipitClient client, Namespace namespace, int bytesPerToken, Optional<TraceClock> clock)
      throws IOException {
    int blockBytes = blockBytes(namespace.blockTokens(), bytesPerToken);
    var server = ServerTarget.create(client, namespace);
    try {
      var contract = Map.of(ContractField.LAYOUT, "replay-%d".formatted(blockBytes));
      ServerTarget.await(client.attach(namespace.name(), contract));
      return new StoreTarget(client, server, namespace.name(), blockBytes, clock);
    } catch (IOException | RuntimeException failure) {
      server.close();
      throw failure;
    }
  }

  /// Bytes of a block.
  ///
  /// @throws IllegalArgumentException if no store takes so many
  public static int blockBytes(int blockTokens, int bytesPerToken) {
    long bytes = (long) blockTokens * bytesPerToken;
    if (bytesPerToken < 1 || bytes > BLOCK_BYTES_MAX) {
      throw new IllegalArgumentException(
          "bytes-per-token: %d, blocks of %d tokens are %d bytes (expected: 1 to %d)"
              .formatted(bytesPerToken, blockTokens, bytes, BLOCK_BYTES_MAX));
    }
    return (int) bytes;
  }

  /// Leaves the namespace and its blocks where they are when it is closed.
  public void keep() {
    server.keep();
  }

  /// Closes something after this, such as a server of its own.
  public void closes(AutoCloseable other) {
    own = Optional.of(other);
  }

  @Override
  public void begin(long timeNs) throws IOException {
    if (clock.isPresent()) {
      settle(clock.get());
      clock.get().advanceTo(timeNs);
    }
  }

  /// Waits until nothing is on its way from memory to disk. Upkeep comes with time, which stands
  /// still; if nothing else helps it is moved a little.
  private void settle(TraceClock time) throws IOException {
    for (int i = 0; isMoving(); i++) {
      if (i >= SETTLES_MAX) {
        throw new IOException(
            "store: values do not stop to leave memory (expected: an idle store)");
      }
      if (i % NUDGED_AFTER == NUDGED_AFTER - 1) {
        time.advance(NUDGE_NS);
      }
      try {
        time.sleepNs(SETTLE_NS);
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        throw (IOException) new InterruptedIOException("interrupted").initCause(interrupted);
      }
    }
  }

  private boolean isMoving() throws IOException {
    var stats = ServerTarget.await(client.stats(Optional.empty())).fields();
    return ServerTarget.number(stats, "store-leaving-bytes", 0) > 0;
  }

  @Override
  public int match(BlockChain chain) throws IOException {
    if (chain.isEmpty()) {
      return 0;
    }
    if (chain.length() > IncipitClient.READ_BLOCKS_MAX) {
      throw new IOException(
          "request: %d blocks (expected: at most %d, which a store reads at once)"
              .formatted(chain.length(), IncipitClient.READ_BLOCKS_MAX));
    }
    long replyBytes = chain.length() * replyBytes();
    if (replyBytes > Integer.MAX_VALUE) {
      throw new IOException(
          "request: %d blocks of %d bytes (expected: less than 2 GiB together, so fewer bytes a"
                  .formatted(chain.length(), blockBytes)
              + " token)");
    }
    var found = ServerTarget.await(client.read(namespace, chain, 0, Duration.ZERO));
    asked.add(chain.length());
    read.add(found.blocks().size());
    for (int i = 0; i < found.blocks().size(); i++) {
      if (!BlockPayload.isRight(found.blocks().get(i), chain, i, blockBytes)) {
        wrong.increment();
      }
    }
    if (found.end() == Fetched.End.BAD) {
      wrong.increment();
    }
    return found.blocks().size();
  }

  private long replyBytes() {
    return blockBytes + REPLY_OVERHEAD + blockBytes / PIECE_BYTES * Integer.BYTES;
  }

  /// Puts the blocks that are said to be stored.
  @Override
  public void publish(String owner, long seq, List<Change> changes) throws IOException {
    for (var change : changes) {
      if (!(change instanceof Change.Store stored)) {
        throw new IllegalArgumentException(
            "change: %s (expected: a store, what goes the store decides)".formatted(change));
      }
      var chain = BlockChain.concat(List.of(stored.parent(), stored.hashes()));
      put(chain, stored.parent().length());
    }
  }

  private void put(BlockChain chain, int from) throws IOException {
    var all = new ArrayList<Sent>();
    for (int i = from; i < chain.length(); i++) {
      var name = new PutName(namespace, Long.toString(puts.incrementAndGet()));
      var value = BlockPayload.of(chain, i, blockBytes);
      var put = client.put(name, BlockPart.whole(chain, i), value);
      all.add(new Sent(put, client.commit(name)));
      if (clock.isPresent()) {
        // What disk gives up for one must not depend on how many more have come by then.
        count(all.removeLast());
        settle(clock.get());
      }
    }
    for (var sent : all) {
      count(sent);
    }
  }

  private void count(Sent sent) throws IOException {
    var outcome = ServerTarget.await(sent.put());
    if (outcome == PutOutcome.HAVE) {
      // There is nothing to commit then, which is refused.
      had.increment();
      var _ = sent.commit().exceptionally(StoreTarget::nothing);
      return;
    }
    var committed = ServerTarget.await(sent.commit());
    made.add(committed.made());
    had.add(committed.had());
    declined.add(committed.declined());
  }

  private static Committed nothing(Throwable refused) {
    if (refused instanceof ClientException) {
      return new Committed(0, 0, 0);
    }
    throw new IllegalStateException(refused);
  }

  private BlockTraffic.Moves moves() throws IOException {
    var stats = ServerTarget.await(client.stats(Optional.empty())).fields();
    return new BlockTraffic.Moves(
        ServerTarget.number(stats, "store-promoted", 0),
        ServerTarget.number(stats, "store-demoted", 0),
        ServerTarget.number(stats, "store-dropped", 0),
        ServerTarget.number(stats, "store-promotions-refused", 0));
  }

  @Override
  public Optional<BlockTraffic> traffic() throws IOException {
    return Optional.of(
        new BlockTraffic(
            blockBytes,
            asked.sum(),
            read.sum(),
            wrong.sum(),
            made.sum(),
            had.sum(),
            declined.sum(),
            moves().minus(before)));
  }

  @Override
  public Footprint footprint() throws IOException {
    return server.footprint();
  }

  @Override
  public void close() throws IOException {
    try {
      server.close();
    } finally {
      if (own.isPresent()) {
        closeOwn(own.get());
      }
    }
  }

  private static void closeOwn(AutoCloseable other) throws IOException {
    try {
      other.close();
    } catch (IOException | RuntimeException failure) {
      throw failure;
    } catch (Exception failure) {
      throw new IOException(failure.toString(), failure);
    }
  }
}
