// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest.chain;

import com.dynatrace.hash4j.hashing.Hasher128;
import com.dynatrace.hash4j.hashing.Hashing;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// Names blocks by their tokens and all before them, in 16 bytes, so that every engine's blocks
/// have the same names whatever it calls them, and a router needs to know none of its ways.
///
/// With H = XXH3-128 under the namespace's seed, and texts as UTF-8 behind their length (32 bits):
///
/// - root: H of `incipit.chain.1`, the model, the LoRA adapter's name and the salt;
/// - block: H of its parent's 16 bytes, big-endian, and its tokens (32 bits each), with
///   those behind it that engines' names cover in this namespace ([Naming#lookahead]);
/// - a block whose tokens are not known, or not all it stands for: H of `incipit.block.1`, the
///   model and the engine's name of it (64 bits).
///
/// Numbers are little-endian. The seed is secret: two prompts of one name cost a wrong hint, and
/// nobody outside can look for such. For one thread. Costs about 60 ns for a block of 16 tokens.
public final class OwnChain {
  /// Bytes of a name.
  public static final int HASH_BYTES = 16;

  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle NAMES =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private final Hasher128 hasher;
  private final byte[] model;
  private byte[] buffer = new byte[256];
  private long high;
  private long low;

  /// @param model name of the model whose blocks these are
  public OwnChain(long seed, String model) {
    this.hasher = Hashing.xxh3_128(seed);
    this.model = text(model);
  }

  private static byte[] text(String text) {
    var utf8 = text.getBytes(StandardCharsets.UTF_8);
    var bytes = new byte[Integer.BYTES + utf8.length];
    INTS.set(bytes, 0, utf8.length);
    System.arraycopy(utf8, 0, bytes, Integer.BYTES, utf8.length);
    return bytes;
  }

  /// Goes to where prompts begin.
  ///
  /// @param lora name of the adapter; empty if there is none
  /// @param salt of the prompt; empty if there is none
  public void root(String lora, String salt) {
    hash(put(put(put(put(0, text("incipit.chain.1")), model), text(lora)), text(salt)));
  }

  /// Goes to a block whose name is known.
  public void at(long itsHigh, long itsLow) {
    high = itsHigh;
    low = itsLow;
  }

  /// Goes on to the block of these tokens.
  public void next(int[] tokens, int from, int count) {
    int length = HASH_BYTES + Integer.BYTES * count;
    reserve(length);
    NAMES.set(buffer, 0, high);
    NAMES.set(buffer, Long.BYTES, low);
    for (int i = 0; i < count; i++) {
      INTS.set(buffer, HASH_BYTES + Integer.BYTES * i, tokens[from + i]);
    }
    hash(length);
  }

  /// Goes to a block that only an engine has a name for.
  public void named(long engineHash) {
    int length = put(put(0, text("incipit.block.1")), model);
    reserve(length + Long.BYTES);
    LONGS.set(buffer, length, engineHash);
    hash(length + Long.BYTES);
  }

  private int put(int length, byte[] bytes) {
    reserve(length + bytes.length);
    System.arraycopy(bytes, 0, buffer, length, bytes.length);
    return length + bytes.length;
  }

  private void reserve(int length) {
    if (buffer.length < length) {
      var larger = new byte[2 * length];
      System.arraycopy(buffer, 0, larger, 0, buffer.length);
      buffer = larger;
    }
  }

  private void hash(int length) {
    var value = hasher.hashBytesTo128Bits(buffer, 0, length);
    high = value.getMostSignificantBits();
    low = value.getLeastSignificantBits();
  }

  /// The first eight bytes of the name of the block that was reached.
  public long high() {
    return high;
  }

  /// The last eight bytes of it.
  public long low() {
    return low;
  }
}
