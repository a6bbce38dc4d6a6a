// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.race;

import io.incipit.bench.pool.Bytes;
import io.incipit.bench.pool.MemoryPool;
import io.incipit.bench.pool.PoolClient;
import io.incipit.bench.pool.Transport;
import io.incipit.block.Hash64;

/// Where the buckets are. Two words at the begin of the memory say it: address of the first bucket,
/// number of buckets.
final class Table {
  private static final long WORDS = Transport.LINE;
  private static final int WORDS_BYTES = 2 * Long.BYTES;
  private static final int ALIGNMENT = 128;
  private static final long SECOND_SEED = 0x2545_F491_4F6C_DD1DL;

  private final long base;
  private final long buckets;
  private final int bucketBytes;

  private Table(long base, long buckets, int bucketBytes) {
    this.base = base;
    this.buckets = buckets;
    this.bucketBytes = bucketBytes;
  }

  /// Reserves an empty one.
  static void create(MemoryPool pool, RaceConfig config) {
    long words = pool.reserve(WORDS_BYTES, Transport.LINE);
    if (words != WORDS) {
      throw new IllegalStateException(
          "table at %d (expected: an unused memory, %d)".formatted(words, WORDS));
    }
    long bytes = config.buckets() * config.bucketBytes();
    // What was reserved so far ends before the first multiple of the alignment.
    long base = reserve(pool, Math.min(bytes, MemoryPool.CHUNK - ALIGNMENT));
    // From here on a reservation begins where the one before ended.
    for (long end = base; end < base + bytes; ) {
      end = (end / MemoryPool.CHUNK + 1) * MemoryPool.CHUNK;
      if (end < base + bytes) {
        reserve(pool, Math.min(MemoryPool.CHUNK, base + bytes - end));
      }
    }
    pool.use(WORDS_BYTES + bytes);
    var founder = new PoolClient(pool);
    founder.writeLong(WORDS, base);
    founder.writeLong(WORDS + Long.BYTES, config.buckets());
    founder.ring();
  }

  private static long reserve(MemoryPool pool, long bytes) {
    return pool.reserve((int) bytes, ALIGNMENT);
  }

  /// Reads where it is: one round trip.
  static Table open(PoolClient client, RaceConfig config) {
    var words = new byte[WORDS_BYTES];
    client.read(WORDS, words, 0, WORDS_BYTES);
    client.ring();
    return new Table(Bytes.longAt(words, 0), Bytes.longAt(words, Long.BYTES), config.bucketBytes());
  }

  private long address(long index) {
    return base + index * bucketBytes;
  }

  private long index(long hash) {
    return Math.unsignedMultiplyHigh(hash, buckets);
  }

  /// A key's first bucket.
  long first(long key) {
    return address(index(Hash64.mix(key + Hash64.GOLDEN)));
  }

  /// A key's second bucket, which is another.
  long second(long key) {
    long index = index(Hash64.mix(key + SECOND_SEED));
    return address(index) == first(key) ? address((index + 1) % buckets) : address(index);
  }
}
