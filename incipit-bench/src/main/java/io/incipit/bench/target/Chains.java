// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.target;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.stream.IntStream;

/// Many chains of 8-byte block hashes, as they would come over a wire: big-endian, in one array,
/// in which chains may overlap. Immutable; for any thread.
public final class Chains {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private static final int STRETCH = 256;

  private final byte[] hashes;
  private final int[] starts;
  private final int[] lengths;

  private Chains(byte[] hashes, int[] starts, int[] lengths) {
    this.hashes = hashes;
    this.starts = starts;
    this.lengths = lengths;
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
        hashes,
        Arrays.stream(kept).map(i -> starts[i]).toArray(),
        Arrays.stream(kept).map(i -> lengths[i]).toArray());
  }

  /// The first `length` blocks of chain `i`, as the only chain.
  public Chains prefix(int i, int length) {
    return new Chains(hashes, new int[] {starts[i]}, new int[] {length});
  }

  /// Other chains over the same hashes.
  ///
  /// @param starts positions in the order in which hashes were added
  public Chains views(int[] starts, int[] lengths) {
    return new Chains(hashes, starts.clone(), lengths.clone());
  }

  /// The same chains with hashes of their own, one chain after the other, as requests come in.
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
    System.arraycopy(hashes, (starts[i] + from) * Long.BYTES, target, 0, (to - from) * Long.BYTES);
  }

  /// Decodes blocks `[from, to)` of chain `i` to the start of `target`.
  public void decode(int i, int from, int to, long[] target) {
    int at = (starts[i] + from) * Long.BYTES;
    for (int j = 0; j < to - from; j++) {
      target[j] = (long) LONGS.get(hashes, at + j * Long.BYTES);
    }
  }

  /// Collects chains, hash by hash. For one thread.
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
      return new Chains(hashes, Arrays.copyOf(starts, chains), Arrays.copyOf(lengths, chains));
    }
  }
}
