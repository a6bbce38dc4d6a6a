// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest.chain;

import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import io.incipit.block.BlockChain;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// The names of blocks that routers agreed on (Mooncake RFC 1403 and 1527, Dynamo, SMG), in 8
/// bytes. With S the seed, and numbers little-endian:
///
/// - local: XXH3-64 of a block's tokens, 32 bits each, under S;
/// - rolling: that of the first block; then XXH3-64 of the rolling one before and the local one, 64
///   bits each, under S;
/// - S: 1337, plus XXH3-64 of the LoRA adapter's name under 0, plus that of the salt under 1, each
///   only if it is not empty.
///
/// For one thread.
public final class StandardChain {
  /// What a namespace calls it.
  public static final String ALGORITHM = "dynamo-xxh3";

  private static final long SEED = 1337;
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final Hasher64 hasher;
  private byte[] buffer = new byte[0];

  /// @param lora name of the adapter; empty if there is none
  /// @param salt of the prompt; empty if there is none
  public StandardChain(String lora, String salt) {
    this.hasher = Hashing.xxh3_64(SEED + share(lora, 0) + share(salt, 1));
  }

  private static long share(String text, long seed) {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    return bytes.length == 0 ? 0 : Hashing.xxh3_64(seed).hashBytesToLong(bytes);
  }

  /// The local names of a prompt's full blocks.
  public long[] locals(int[] tokens, int blockTokens) {
    var locals = new long[tokens.length / blockTokens];
    for (int i = 0; i < locals.length; i++) {
      locals[i] = local(tokens, i * blockTokens, blockTokens);
    }
    return locals;
  }

  /// The local name of the block of these tokens.
  public long local(int[] tokens, int from, int count) {
    if (buffer.length < Integer.BYTES * count) {
      buffer = new byte[Integer.BYTES * count];
    }
    for (int i = 0; i < count; i++) {
      INTS.set(buffer, Integer.BYTES * i, tokens[from + i]);
    }
    return hasher.hashBytesToLong(buffer, 0, Integer.BYTES * count);
  }

  /// The rolling names of blocks whose local names are known.
  public long[] rolling(long[] locals) {
    var rolling = locals.clone();
    var bytes = new byte[2 * Long.BYTES];
    for (int i = 1; i < rolling.length; i++) {
      LONGS.set(bytes, 0, rolling[i - 1]);
      LONGS.set(bytes, Long.BYTES, locals[i]);
      rolling[i] = hasher.hashBytesToLong(bytes);
    }
    return rolling;
  }

  /// The chain of a prompt's full blocks.
  public BlockChain chain(int[] tokens, int blockTokens) {
    return BlockChain.of(rolling(locals(tokens, blockTokens)));
  }
}
