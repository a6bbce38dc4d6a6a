// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.runpool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.incipit.bench.pool.Bytes;
import io.incipit.bench.pool.CostModel;
import io.incipit.bench.pool.MemoryPool;
import io.incipit.bench.pool.PoolClient;
import io.incipit.bench.pool.Transport;
import io.incipit.block.Hash64;
import java.util.Arrays;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// That each loop which waits for others, or follows what stands in the memory, ends with a clear
/// error where the memory is frozen or hostile.
final class RunPoolBoundsTest {
  private static final int BLOCKS = 8;

  private final MemoryPool pool = new MemoryPool(CostModel.DEFAULT);
  private final PoolClient poke = new PoolClient(pool);
  private final PoolAnswer answer = new PoolAnswer();

  private RunPool index(Writing writing, double leaseNs) {
    int buckets = writing == Writing.OWNER ? 2 : 64;
    return RunPool.create(pool, new RunPoolConfig(false, writing, buckets, leaseNs));
  }

  private static long[] chain(int branch, int kept, int blocks) {
    var hashes = new long[blocks];
    for (int i = 0; i < blocks; i++) {
      hashes[i] = Hash64.mix(7_000_003L + i + (i < kept ? 0 : branch * 100_003L));
    }
    return hashes;
  }

  private static void put(RunPoolClient client, long[] hashes, int known) {
    client.put(hashes, known, hashes.length, 1, 0, new long[0]);
  }

  /// The region of the run that begins with a block.
  private int regionOf(long head) {
    var line = new byte[Layout.LINE];
    for (int region = 1; region < 20_000; region++) {
      poke.read(Layout.address(region), line, 0, Layout.LINE);
      if (Layout.headHash(line) == head
          && Bytes.longAt(line, Layout.HEAD) == Hash64.mix(head)
          && Layout.length(line) > 0) {
        return region;
      }
    }
    throw new AssertionError("no run of " + head);
  }

  private void set(int region, int field, int value) {
    var bytes = new byte[Integer.BYTES];
    Bytes.setInt(bytes, 0, value);
    poke.write(Layout.address(region) + field, bytes, 0, Integer.BYTES);
  }

  private int get(int region, int field) {
    var bytes = new byte[Integer.BYTES];
    poke.read(Layout.address(region) + field, bytes, 0, Integer.BYTES);
    return Bytes.intAt(bytes, 0);
  }

  private static void assertEnds(ThrowingCallable call, String message) {
    assertThatThrownBy(call)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageMatching("(?s)" + message);
  }

  @ParameterizedTest
  @EnumSource(Writing.class)
  void run_thatStaysLocked_endsLookUpsAndPutsAndRemovals(Writing writing) {
    var index = index(writing, RunPoolConfig.LEASE_NS);
    var client = index.open(new PoolClient(pool), 1 << 16);
    var hashes = chain(0, 0, BLOCKS);
    put(client, hashes, 0);
    int region = regionOf(hashes[0]);
    int version = get(region, Layout.VERSION);
    set(region, Layout.VERSION, version + 1);

    var message = "run %d: version %d, .* in 1001 READs .*".formatted(region, version + 1);
    assertEnds(() -> client.match(hashes, BLOCKS, answer), message);
    if (writing == Writing.CLIENTS) {
      assertEnds(() -> put(client, chain(1, 4, BLOCKS), 0), message);
      assertEnds(() -> client.remove(hashes, 0, BLOCKS, 1, 0), message);
    }

    set(region, Layout.VERSION, version);
    assertThat(client.match(hashes, BLOCKS, answer)).isEqualTo(BLOCKS);
  }

  @Test
  void overflow_ofAnotherMoment_forEver_endsLookUps() {
    var index = index(Writing.OWNER, RunPoolConfig.LEASE_NS);
    var client = index.open(new PoolClient(pool), 1 << 16);
    var hashes = chain(0, 0, BLOCKS);
    for (int owner = 1; owner <= 5; owner++) {
      client.put(hashes, 0, BLOCKS, owner, 0, new long[0]);
    }
    int overflow = get(regionOf(hashes[0]), Layout.LINE + Layout.LINE_OVERFLOW);
    set(overflow, Layout.LINE_VERSION, 3);

    assertEnds(() -> client.match(hashes, BLOCKS, answer), "run .* in 1001 READs .*");
  }

  @Test
  void table_thatTheRootDoesNotSay_endsLookUps() {
    var index = index(Writing.OWNER, RunPoolConfig.LEASE_NS);
    var client = index.open(new PoolClient(pool), 0);
    set(Layout.region(index.root()), Layout.ROOT_EPOCH, 9);

    assertEnds(
        () -> client.match(chain(0, 0, 1), 1, answer),
        "anchors: buckets of epoch 9 were none 100 times .*");
  }

  @Test
  void lookUps_thatTakeLongerThanALease_end() {
    var index = index(Writing.OWNER, 1);
    var client = index.open(new PoolClient(pool), 0);

    assertEnds(
        () -> client.match(chain(0, 0, 1), 1, answer), "look-up of 1 blocks: .* of 100 times .*");
  }

  @Test
  void runs_thatAnchorsNameButAreNot_doNotKeepALookUp() {
    var index = index(Writing.OWNER, RunPoolConfig.LEASE_NS);
    var client = index.open(new PoolClient(pool), 0);
    var hashes = chain(0, 0, BLOCKS);
    put(client, hashes, 0);
    set(regionOf(hashes[0]), Layout.LENGTH, 0);

    assertThat(client.match(hashes, BLOCKS, answer)).isZero();
  }

  @Test
  void message_whileTheOwnerStands_ends() {
    var index = index(Writing.OWNER, RunPoolConfig.LEASE_NS);
    var client = new PoolClient(pool);

    assertEnds(
        () -> index.message(client, _ -> index.message(client, _ -> 0, () -> {}), () -> {}),
        "the owner was busy 1000000 times .*");
    assertThat(index.message(client, _ -> 5, () -> {})).isEqualTo(5);
  }

  @ParameterizedTest
  @CsvSource({"false", "true"})
  void tails_inACircle_endPutsAndRemovals(boolean removing) {
    var index = index(Writing.OWNER, RunPoolConfig.LEASE_NS);
    var client = index.open(new PoolClient(pool), 1 << 16);
    var hashes = chain(0, 0, BLOCKS);
    put(client, hashes, 0);
    client.match(hashes, BLOCKS, answer);
    int region = regionOf(hashes[0]);
    set(region, Layout.TAIL, region);
    set(region, Layout.LENGTH, 3);

    assertEnds(
        () -> {
          if (removing) {
            client.remove(hashes, 5, BLOCKS, 1, 0);
          } else {
            put(client, chain(1, BLOCKS, BLOCKS + 2), BLOCKS);
          }
        },
        "run %d: a tail that begins at 0 \\(expected: after 0\\)".formatted(region));
  }

  @Test
  void parents_thatAreNone_endRemovals() {
    var index = index(Writing.OWNER, RunPoolConfig.LEASE_NS);
    var client = index.open(new PoolClient(pool), 0);
    put(client, chain(0, 0, BLOCKS), 0);
    var other = chain(1, 4, BLOCKS);
    put(client, other, 0);
    int region = regionOf(other[4]);
    set(region, Layout.PARENT, region);

    assertEnds(
        () -> client.remove(other, 4, BLOCKS, 1, 0),
        "run %d at 4: run %d above it, .*".formatted(region, region));
  }

  @Test
  void continuations_inACircle_endPuts() {
    var index = index(Writing.OWNER, RunPoolConfig.LEASE_NS);
    var client = index.open(new PoolClient(pool), 0);
    put(client, chain(0, 0, BLOCKS), 0);
    put(client, chain(0, 0, 3 * BLOCKS), 0);
    int region = regionOf(chain(0, 0, 1)[0]);
    int next = get(region, Layout.NEXT);
    set(next, Layout.EXTENT_NEXT, next);

    assertEnds(
        () -> put(client, chain(0, 0, 5 * BLOCKS), 0),
        "run %d: goes on at %d after 8 extents .*".formatted(region, next));
  }

  @Test
  void continuations_thatEndTooEarly_endPutsOfClients() {
    var index = index(Writing.CLIENTS, RunPoolConfig.LEASE_NS);
    var client = index.open(new PoolClient(pool), 0);
    put(client, chain(0, 0, BLOCKS), 0);
    put(client, chain(0, 0, 3 * BLOCKS), 0);
    set(regionOf(chain(0, 0, 1)[0]), Layout.NEXT, 0);

    assertEnds(
        () -> put(client, chain(0, 0, 5 * BLOCKS), 0), "run .*, 24 blocks: 1 extents have .*");
  }

  /// Blocks that are not chained: one hash at many depths has only two buckets however many there
  /// are.
  @Test
  void table_thatCannotHoldAnAnchor_doesNotGrowForEver() {
    var index = index(Writing.OWNER, RunPoolConfig.LEASE_NS);
    var client = index.open(new PoolClient(pool), 0);
    assertEnds(
        () -> {
          for (int depth = 1; depth < 40; depth++) {
            var hashes = new long[depth + 1];
            Arrays.setAll(hashes, i -> Hash64.mix(i + 1));
            put(client, hashes, 0);
            hashes[depth] = Long.MAX_VALUE;
            put(client, hashes, 0);
          }
        },
        "anchors: no room in 524288 buckets .*");
  }

  /// Others are always a step ahead.
  private final class Ahead implements Transport {
    private int run;
    private int firstBucket;
    private int buckets;

    @Override
    public void copy(byte[] source, int from, byte[] target, int to, int length) {
      fill(1, 0);
      System.arraycopy(source, from, target, to, length);
    }

    @Override
    public void beforeAtomic() {
      fill(0, 1);
      if (run != 0) {
        int version = get(run, Layout.VERSION) + 2;
        set(run, Layout.VERSION, version);
        set(run, Layout.LINE + Layout.LINE_VERSION, version);
      }
    }

    private void fill(long was, long now) {
      var slot = new byte[Long.BYTES];
      for (int i = 0; i < buckets * Layout.BUCKET_SLOTS; i++) {
        long address = Layout.address(firstBucket + i / Layout.BUCKET_SLOTS);
        address += i % Layout.BUCKET_SLOTS * (long) Long.BYTES;
        poke.read(address, slot, 0, Long.BYTES);
        if (Bytes.longAt(slot, 0) == was) {
          poke.writeLong(address, now);
        }
      }
    }
  }

  @Test
  void client_whoseRunOthersAlwaysChange_givesUp() {
    var index = index(Writing.CLIENTS, RunPoolConfig.LEASE_NS);
    var ahead = new Ahead();
    var client = index.open(new PoolClient(pool, ahead, 1), 0);
    var hashes = chain(0, 0, BLOCKS);
    put(client, hashes, 0);
    ahead.run = regionOf(hashes[0]);

    assertEnds(
        () -> put(client, chain(0, 0, BLOCKS + 2), 0),
        "put of blocks 0 to 10: others changed its runs 1000 times .*");
    assertEnds(
        () -> client.remove(hashes, 0, BLOCKS, 1, 0),
        "removal of blocks 0 to 8: others changed its runs 1000 times .*");
  }

  @ParameterizedTest
  @CsvSource({
    "false, anchor of block 0 .*: no end after 1000 tries",
    "true, anchors: .*1000 tries"
  })
  void client_whoseSlotsOthersAlwaysTake_givesUp(boolean appending, String message) {
    var index = index(Writing.CLIENTS, RunPoolConfig.LEASE_NS);
    var ahead = new Ahead();
    var client = index.open(new PoolClient(pool, ahead, 1), 0);
    var hashes = chain(0, 0, 40);
    if (appending) {
      put(client, Arrays.copyOf(hashes, BLOCKS), 0);
    }
    ahead.firstBucket = get(Layout.region(index.root()), Layout.ROOT_TABLE);
    ahead.buckets = 64;

    assertEnds(() -> put(client, hashes, 0), message);
  }
}
