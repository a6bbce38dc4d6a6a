// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest.chain;

import com.dynatrace.hash4j.hashing.Hasher128;
import com.dynatrace.hash4j.hashing.Hashing;
import io.incipit.block.BlockChain;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/// Names blocks as an engine does itself.
///
/// A name is a digest of 32 bytes, or 16 of XXH3-128. Of it events have eight bytes as a number,
/// the last of vLLM's and the first of SGLang's: the *key* of the block, which an index of an
/// engine's names is of. For one thread. Costs about 400 ns for a block of 16 tokens.
///
/// Source: vLLM 0.32.0, `v1/core/kv_cache_utils.py`; SGLang 0.5.23, `srt/mem_cache/utils.py`.
public final class EngineChain {
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final byte[] NOTHING = new byte[0];

  private final Naming naming;
  private final Hasher128 xxh3 = Hashing.xxh3_128();
  private final MessageDigest sha256 = sha256();
  private final @Nullable HashInput input;
  private final byte[] root;
  private byte[] bytes = new byte[256];
  private byte[] digest = NOTHING;
  private PromptExtras extras = PromptExtras.NONE;

  /// @param naming by an engine's algorithm
  public EngineChain(Naming naming) {
    if (naming.isOwn()) {
      throw new IllegalArgumentException(
          "naming: %s (expected: an engine's algorithm)".formatted(naming.text()));
    }
    this.naming = naming;
    this.input = input(naming);
    this.root = madeRoot();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      // Each Java has it.
      throw new IllegalStateException(impossible);
    }
  }

  private static @Nullable HashInput input(Naming naming) {
    if (naming.algorithm() == Naming.Algorithm.SGLANG) {
      return null;
    }
    return naming.algorithm().isPickled()
        ? new PickleInput(naming.lookahead())
        : new CborInput(naming.lookahead());
  }

  private byte[] madeRoot() {
    if (input == null) {
      return NOTHING;
    }
    input.seed(naming.seed());
    return digest(input.buffer(), input.length());
  }

  /// Whether names can be made where there is an adapter: vLLM's cover where it was loaded from,
  /// SGLang's a number that nobody outside knows.
  public boolean canName(PromptExtras its) {
    return its.lora().isEmpty()
        || (!its.loraPath().isEmpty() && naming.algorithm() != Naming.Algorithm.SGLANG);
  }

  /// Goes to where prompts begin.
  ///
  /// @param its so that [#canName] holds
  public void root(PromptExtras its) {
    extras = its;
    if (input == null && !its.salt().isEmpty()) {
      digest =
          sha256.digest(("sglang-cache-salt-v1\0" + its.salt()).getBytes(StandardCharsets.UTF_8));
    } else {
      digest = root;
    }
  }

  /// Goes to a block whose whole name is known.
  void at(byte[] its) {
    digest = its;
    extras = PromptExtras.NONE;
  }

  /// Goes on to the next block.
  ///
  /// @param count tokens of the block, and of the following one those that its name covers
  public void next(int[] tokens, int from, int count) {
    if (input == null) {
      nextOfSglang(tokens, from, count);
    } else {
      input.block(digest, tokens, from, count, extras);
      digest = digest(input.buffer(), input.length());
    }
    extras = extras.withoutSalt();
  }

  /// With EAGLE, each token is hashed together with the one behind it.
  private void nextOfSglang(int[] tokens, int from, int count) {
    int length = digest.length;
    int most = length + 2 * Integer.BYTES * count;
    if (bytes.length < most) {
      bytes = new byte[2 * most];
    }
    System.arraycopy(digest, 0, bytes, 0, length);
    int each = 1 + naming.lookahead();
    for (int i = 0; i < count - naming.lookahead(); i++) {
      for (int k = 0; k < each; k++) {
        INTS.set(bytes, length, tokens[from + i + k]);
        length += Integer.BYTES;
      }
    }
    digest = digest(bytes, length);
  }

  private byte[] digest(byte[] from, int length) {
    if (naming.algorithm().isXxhash()) {
      var value = xxh3.hashBytesTo128Bits(from, 0, length);
      var both = new byte[2 * Long.BYTES];
      LONGS.set(both, 0, value.getMostSignificantBits());
      LONGS.set(both, Long.BYTES, value.getLeastSignificantBits());
      return both;
    }
    sha256.update(from, 0, length);
    return sha256.digest();
  }

  /// The key of the block that was reached.
  public long key() {
    return key(naming, digest);
  }

  /// The whole name of it. Not to be changed.
  byte[] digest() {
    return digest;
  }

  /// The key of a block whose whole name is known, of 8 bytes or more.
  public static long key(Naming naming, byte[] digest) {
    boolean first = naming.algorithm() == Naming.Algorithm.SGLANG;
    return (long) LONGS.get(digest, first ? 0 : digest.length - Long.BYTES);
  }

  /// Whether [#names] gives names of so many bytes.
  public static boolean hasNames(Naming naming, int hashBytes) {
    return hashBytes == Long.BYTES || hashBytes == naming.algorithm().digestBytes();
  }

  /// The names of a prompt's full blocks, as far as the tokens that they cover are there.
  ///
  /// @param hashBytes 8 for the keys, or those of whole names
  public BlockChain names(int[] tokens, int blockTokens, int hashBytes, PromptExtras its) {
    int blocks = naming.blocks(tokens.length, blockTokens);
    var names = new byte[blocks * hashBytes];
    root(its);
    for (int i = 0; i < blocks; i++) {
      next(tokens, i * blockTokens, blockTokens + naming.lookahead());
      if (hashBytes == Long.BYTES) {
        LONGS.set(names, i * hashBytes, key());
      } else {
        System.arraycopy(digest, 0, names, i * hashBytes, hashBytes);
      }
    }
    return BlockChain.wrap(names, 0, blocks, hashBytes);
  }
}
