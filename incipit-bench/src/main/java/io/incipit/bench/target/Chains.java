// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.target;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.stream.IntStream;

/// Many chains of block hashes, as they would come over a wire: big-endian, in one array, in which
/// chains may overlap. Made with hashes of 8 bytes; [#wide] has 16. Immutable; for any thread.
public final class Chains {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private static final int STRETCH = 256;

  /// Odd, so that different low halves have different high halves.
  private static final long HIGH = 0xD6E8_FEB8_6659_FD93L;

  private final int hashBytes;
  private final byte[] hashes;
  private final int[] starts;
  private final int[] lengths;

  private Chains(int hashBytes, byte[] hashes, int[] starts, int[] lengths) {
    this.hashBytes = hashBytes;
    this.hashes = hashes;
    this.starts = starts;
    this.lengths = lengths;
  }

  /// The same chains with hashes of 16 bytes: the 8 that they have, and 8 more before them.
  public Chains wide() {
    var wide = new byte[Math.multiplyExact(hashes.length, 2)];
    for (int at = 0; at < hashes.length; at += Long.BYTES) {
      long low = (long) LONGS.get(hashes, at);
      LONGS.set(wide, 2 * at, low * HIGH);
      LONGS.set(wide, 2 * at + Long.BYTES, low);
    }
    return new Chains(2 * Long.BYTES, wide, starts, lengths);
  }

  /// Bytes of a hash: 8 or 16.
  public int hashBytes() {
    return hashBytes;
  }

  /// Number of chains.
  public int count() {
    return starts.length;
  }

  /// Blocks of chain `i`.
  public int length(int i) {
    return lengths[i];
  }

  /// Blocks of the longest chain.
  public int longest() {
    return Arrays.stream(lengths).max().orElse(0);
  }

  /// Blocks of all chains together.
  public long blocks() {
    return Arrays.stream(lengths).asLongStream().sum();
  }

  /// One stretch of chains of every `step`: stretches of neighbours, since what is read in order
  /// is fetched ahead by the processor, and a sample should be treated as the whole is.
  public Chains every(int step) {
    int[] kept = IntStream.range(0, starts.length).filter(i -> i / STRETCH % step == 0).toArray();
    return new Chains(
        hashBytes,
        hashes,
        Arrays.stream(kept).map(i -> starts[i]).toArray(),
        Arrays.stream(kept).map(i -> lengths[i]).toArray());
  }

  /// The first `length` blocks of chain `i`, as the only chain.
  public Chains prefix(int i, int length) {
    return new Chains(hashBytes, hashes, new int[] {starts[i]}, new int[] {length});
  }

  /// Other chains over the same hashes.
  ///
  /// @param starts positions in the order in which hashes were added
  public Chains views(int[] starts, int[] lengths) {
    return new Chains(hashBytes, hashes, starts.clone(), lengths.clone());
  }

  /// The same chains with hashes of their own, one chain after the other, as requests come in; of
  /// chains of 8-byte hashes.
  public Chains inOrder() {
    var builder = new Builder(count(), Math.toIntExact(blocks()));
    for (int i = 0; i < count(); i++) {
      builder.begin();
      for (int at = starts[i]; at < starts[i] + lengths[i]; at++) {
        builder.add((long) LONGS.get(hashes, at * Long.BYTES));
      }
    }
    return builder.build();
  }

  /// Copies the bytes of blocks `[from, to)` of chain `i` to the start of `target`.
  public void copy(int i, int from, int to, byte[] target) {
    System.arraycopy(hashes, (starts[i] + from) * hashBytes, target, 0, (to - from) * hashBytes);
  }

  /// Copies the bytes of blocks `[from, to)` of chain `i`, the last block first, to the start of
  /// `target`: the order in which engines evict.
  public void copyTailFirst(int i, int from, int to, byte[] target) {
    for (int j = 0; j < to - from; j++) {
      int block = (starts[i] + to - 1 - j) * hashBytes;
      System.arraycopy(hashes, block, target, j * hashBytes, hashBytes);
    }
  }

  /// Decodes the last 8 bytes of blocks `[from, to)` of chain `i` to the start of `target`.
  public void decode(int i, int from, int to, long[] target) {
    int at = (starts[i] + from + 1) * hashBytes - Long.BYTES;
    for (int j = 0; j < to - from; j++) {
      target[j] = (long) LONGS.get(hashes, at + j * hashBytes);
    }
  }

  /// Collects chains of 8-byte hashes, hash by hash. For one thread.
  public static final class Builder {
    private final byte[] hashes;
    private final int[] starts;
    private final int[] lengths;
    private int chains;
    private int added;

    /// Room for this many chains and hashes, no more.
    public Builder(int chainsMax, int hashesMax) {
      hashes = new byte[Math.multiplyExact(hashesMax, Long.BYTES)];
      starts = new int[chainsMax];
      lengths = new int[chainsMax];
    }

    /// Begins a chain.
    public void begin() {
      starts[chains++] = added;
    }

    /// Appends a block to the chain begun last.
    public void add(long hash) {
      LONGS.set(hashes, added * Long.BYTES, hash);
      added++;
      lengths[chains - 1]++;
    }

    /// Hashes added so far: where the next one will stand.
    public int added() {
      return added;
    }

    /// What was collected. The builder is spent.
    public Chains build() {
      return new Chains(
          Long.BYTES, hashes, Arrays.copyOf(starts, chains), Arrays.copyOf(lengths, chains));
    }
  }
}
