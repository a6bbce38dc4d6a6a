// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.block.BlockChain;
import io.incipit.block.Change;
import io.incipit.block.ChangeBuilder;
import io.incipit.ingest.chain.OwnChain;
import io.incipit.ingest.event.BadEventException;
import io.incipit.ingest.event.EventBatch;
import io.incipit.ingest.event.EventDecoder;
import java.util.ArrayDeque;
import java.util.HexFormat;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A stream beside an engine whose messages are lost, repeated, late, and of several lives: once
/// all is quiet the stream holds what the engine holds, or says that it does not know all; it never
/// holds a block that the engine does not have.
class EngineStreamTest {
  private static final long SEED = 0x5eedL;

  /// What lies between an engine and a stream.
  private static final class World implements EngineStream.Effects, EngineStream.Recovery {
    final SplittableRandom random;
    final FakeEngine engine;
    final boolean canReplay;
    final ChangeBuilder changes = new ChangeBuilder(OwnChain.HASH_BYTES);
    final SourceCounts counts = new SourceCounts();
    final EngineStream stream;
    final ArrayDeque<byte[]> payloads = new ArrayDeque<>();
    final ArrayDeque<Long> seqs = new ArrayDeque<>();
    final TreeSet<String> held = new TreeSet<>();

    /// Where the replay that was asked for goes on; -1 if none was.
    long replayFrom = -1;

    /// Whether the engine tells all that it holds, instead of repeating messages.
    boolean tellsAll;

    /// What it tells, of which some is still on its way, and the first message that is not in it.
    byte @Nullable [] staged;

    long stagedSeq;
    boolean connected;
    boolean told;

    World(long seed, boolean canReplay, int ring, boolean copies) {
      this(seed, canReplay, ring, copies, FakeEngine.BLOCK_TOKENS);
    }

    World(long seed, boolean canReplay, int ring, boolean copies, int blockTokens) {
      random = new SplittableRandom(seed);
      engine = new FakeEngine(random, new OwnChain(SEED, "m"), ring, copies);
      this.canReplay = canReplay;
      var blocks =
          new EngineBlocks(
              new CopyTable(seed),
              new OwnChain(SEED, "m"),
              blockTokens,
              copies,
              OptionalInt.empty(),
              counts,
              changes);
      stream = new EngineStream(blocks, this, this, counts);
    }

    @Override
    public boolean isThere() {
      return canReplay;
    }

    @Override
    public void ask(long from) {
      replayFrom = from;
      staged = null;
    }

    @Override
    public void forget() {
      changes.take();
      held.clear();
      told = false;
    }

    @Override
    public void publish() {
      for (var change : changes.take()) {
        switch (change) {
          case Change.Store(_, _, var hashes, _) -> each(hashes, held::add);
          case Change.Remove(_, var hashes) -> each(hashes, held::remove);
          case Change.Clear _ -> held.clear();
          case Change.Synced _ -> throw new IllegalStateException("synced");
        }
      }
    }

    private static void each(BlockChain hashes, Consumer<String> action) {
      for (int i = 0; i < hashes.length(); i++) {
        var bytes = new byte[OwnChain.HASH_BYTES];
        hashes.copyHash(i, bytes, 0);
        action.accept(HexFormat.of().formatHex(bytes));
      }
    }

    @Override
    public void whole() {
      told = true;
    }

    @Override
    public void doubt() {
      told = false;
    }

    @Override
    public boolean hasFailed() {
      return false;
    }

    void engineStep() {
      long seq = engine.step();
      if (connected) {
        seqs.add(seq);
        payloads.add(engine.message(seq));
      }
    }

    void deliver() throws InterruptedException {
      if (!seqs.isEmpty()) {
        stream.live(seqs.poll(), payloads.poll());
      }
    }

    void loseOne() {
      seqs.poll();
      payloads.poll();
    }

    void deliverTwice() throws InterruptedException {
      if (!seqs.isEmpty()) {
        stream.live(seqs.peek(), payloads.peek());
        deliver();
      }
    }

    /// One message of the replay, or its end.
    void replayOne() throws InterruptedException {
      if (replayFrom < 0) {
        return;
      }
      if (tellsAll) {
        tellSome();
        return;
      }
      var rest = engine.messages(replayFrom);
      if (rest.isEmpty()) {
        replayFrom = -1;
        stream.replayEnded();
        return;
      }
      var first = rest.firstEntry();
      replayFrom = first.getKey() + 1;
      stream.replayed(first.getKey(), first.getValue());
    }

    /// A piece of all that the engine holds; with the last it takes the place of what was held.
    void tellSome() throws InterruptedException {
      if (staged == null) {
        stagedSeq = engine.next();
        staged = engine.snapshot();
      } else if (random.nextInt(3) == 0) {
        var all = new EventBatch();
        try {
          new EventDecoder().decode(staged, 0, staged.length, all);
        } catch (BadEventException bad) {
          throw new AssertionError(bad);
        }
        replayFrom = -1;
        stream.restored(stagedSeq, all);
        stream.replayEnded();
      }
    }

    void failReplay() throws InterruptedException {
      if (replayFrom >= 0) {
        replayFrom = -1;
        stream.replayFailed();
      }
    }

    void disconnect() {
      connected = false;
      seqs.clear();
      payloads.clear();
      stream.disconnected();
    }

    void connect() throws InterruptedException {
      connected = true;
      stream.connected();
    }

    void restart() throws InterruptedException {
      // What was received before the connection broke may be read after that is known.
      // (An engine that tells all it holds says of each message of which life it is.)
      boolean late = canReplay && !tellsAll && random.nextBoolean();
      var lateSeqs = late ? new ArrayDeque<>(seqs) : new ArrayDeque<Long>();
      var latePayloads = late ? new ArrayDeque<>(payloads) : new ArrayDeque<byte[]>();
      disconnect();
      seqs.addAll(lateSeqs);
      payloads.addAll(latePayloads);
      replayFrom = -1;
      engine.restart();
      for (int i = random.nextInt(20); i > 0; i--) {
        engineStep();
      }
      connect();
    }

    void step(int faults) throws InterruptedException {
      int roll = random.nextInt(1_000);
      if (roll < 400) {
        engineStep();
      } else if (roll < 700) {
        deliver();
      } else if (roll < 950) {
        replayOne();
      } else if (random.nextInt(100) < faults) {
        switch (random.nextInt(7)) {
          case 0 -> loseOne();
          case 1 -> deliverTwice();
          case 2 -> failReplay();
          case 3 -> restart();
          case 4 -> stream.look();
          case 5 -> {
            disconnect();
            engineStep();
            connect();
          }
          default -> {
            for (int i = random.nextInt(40); i > 0; i--) {
              loseOne();
              engineStep();
            }
          }
        }
      }
    }

    /// Lets all arrive, and one more message, by which the last losses are noticed; or else looks
    /// for them.
    void quieten() throws InterruptedException {
      boolean looks = canReplay && !tellsAll && random.nextBoolean();
      for (int i = 0; i < 3; i++) {
        stream.retry();
        if (looks) {
          stream.look();
        } else {
          engineStep();
        }
        while (!seqs.isEmpty() || replayFrom >= 0) {
          deliver();
          replayOne();
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "true, 10000, true",
    "true, 30, true",
    "true, 10000, false",
    "true, 5, false",
    "false, 1, true",
    "false, 1, false"
  })
  void programs_ofFaults_endWithWhatTheEngineHolds(boolean canReplay, int ring, boolean copies)
      throws InterruptedException {
    for (long seed = 1; seed <= 300; seed++) {
      var world = new World(seed, canReplay, ring, copies);
      world.connect();
      for (int i = 0; i < 400; i++) {
        world.step(60);
        if (i % 100 == 99) {
          world.quieten();
          check(world, seed, ring);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void programs_ofFaultsWithAnEngineThatTellsAll_endWithThat(boolean copies)
      throws InterruptedException {
    for (long seed = 1; seed <= 300; seed++) {
      var world = new World(seed, /* canReplay= */ true, /* ring= */ 1, copies);
      world.tellsAll = true;
      world.connect();
      for (int i = 0; i < 400; i++) {
        world.step(60);
        if (i % 100 == 99) {
          world.quieten();
          check(world, seed, /* ring= */ 10_000);
        }
      }
    }
  }

  @Test
  void look_lastMessagesLost_areTakenWithoutDoubt() throws InterruptedException {
    var world = new World(9, /* canReplay= */ true, /* ring= */ 10_000, /* copies= */ true);
    world.connect();
    world.replayOne();
    for (int i = 0; i < 50; i++) {
      world.engineStep();
      world.deliver();
    }
    for (int i = 0; i < 7; i++) {
      world.engineStep();
      world.loseOne();
    }
    assertThat(world.held).isNotEqualTo(world.engine.truth());
    world.stream.look();
    while (world.replayFrom >= 0) {
      assertThat(world.stream.isReplaying()).isFalse();
      assertThat(world.told).isTrue();
      world.replayOne();
    }
    assertThat(world.held).isEqualTo(world.engine.truth());
    assertThat(world.counts.get(SourceCounts.Count.RESETS)).isZero();
  }

  @Test
  void restored_withWhatCameMeanwhile_isThatAndThenTheRestInOrder() throws InterruptedException {
    var world = new World(9, /* canReplay= */ true, /* ring= */ 1, /* copies= */ true);
    world.tellsAll = true;
    for (int i = 0; i < 50; i++) {
      world.engineStep();
    }
    world.connect();
    world.tellSome();
    for (int i = 0; i < 50; i++) {
      world.engineStep();
      world.deliver();
      assertThat(world.held).isEmpty();
    }
    assertThat(world.stream.isReplaying()).isTrue();
    while (world.stream.isReplaying()) {
      world.tellSome();
    }
    assertThat(world.stream.next()).isEqualTo(100);
    assertThat(world.held).isEqualTo(world.engine.truth()).isNotEmpty();
    assertThat(world.told).isTrue();
    assertThat(world.counts.get(SourceCounts.Count.BATCHES)).isEqualTo(50);
  }

  private static void check(World world, long seed, int ring) {
    Set<String> truth = world.engine.truth();
    assertThat(world.stream.isReplaying()).as("seed %d", seed).isFalse();
    assertThat(truth).as("seed %d", seed).containsAll(world.held);
    assertThat(world.told).as("seed %d", seed).isEqualTo(world.stream.isWhole());
    if (world.stream.isWhole()) {
      assertThat(world.held).as("seed %d", seed).isEqualTo(truth);
    }
    if (ring == 10_000) {
      assertThat(world.stream.isWhole()).as("seed %d", seed).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void live_blocksOfAnotherSizeOnly_isPartial(boolean canReplay) throws InterruptedException {
    var world = new World(3, canReplay, 100, /* copies= */ true, 2 * FakeEngine.BLOCK_TOKENS);
    world.connect();
    world.replayOne();
    assertThat(world.told).isEqualTo(canReplay);
    int doubted = 0;
    for (int i = 0; i < 500; i++) {
      world.engineStep();
      world.deliver();
      assertThat(world.held).isEmpty();
      assertThat(world.told).isEqualTo(world.stream.isWhole());
      if (!world.engine.truth().isEmpty()) {
        doubted++;
        assertThat(world.told).isFalse();
      }
    }
    assertThat(doubted).isPositive();
    assertThat(world.counts.lastError()).isEqualTo("block_size: 4 (expected: 8)");
  }
}
