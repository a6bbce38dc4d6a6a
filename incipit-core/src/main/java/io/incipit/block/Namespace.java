// SPDX-License-Identifier: Apache-2.0
package io.incipit.block;

import java.nio.charset.StandardCharsets;

/// A tenant's contract with a model: what a block of this namespace is. Two requests share blocks
/// only inside one namespace.
///
/// @param name 1 to 128 bytes of UTF-8
/// @param blockTokens tokens a block, in `[1, 65536]`
/// @param hashBytes bytes a hash: 8 (weak), 16 or 32
/// @param algorithm how hashes are made, in the engine's words; empty if not said
/// @param model model and revision; empty if not said
/// @param layout layout of a block's bytes; empty if not said
public record Namespace(
    String name, int blockTokens, int hashBytes, String algorithm, String model, String layout) {
  /// The longest name of a namespace, an owner or a contract field, in bytes of UTF-8.
  public static final int NAME_BYTES_MAX = 128;

  /// The most tokens one block may cover.
  public static final int BLOCK_TOKENS_MAX = 65_536;

  /// The namespace that exists from the start: 16 tokens a block, 8 bytes a hash.
  public static final Namespace DEFAULT = of("default", 16, 8);

  public Namespace {
    requireName("name", name);
    if (blockTokens < 1 || blockTokens > BLOCK_TOKENS_MAX) {
      throw new IllegalArgumentException(
          "blockTokens: %d (expected: 1 to %d)".formatted(blockTokens, BLOCK_TOKENS_MAX));
    }
    if (!BlockChain.isHashBytes(hashBytes)) {
      throw new IllegalArgumentException(
          "hashBytes: %d (expected: 8, 16 or 32)".formatted(hashBytes));
    }
    requireShort("algorithm", algorithm);
    requireShort("model", model);
    requireShort("layout", layout);
  }

  /// A namespace whose contract says nothing beyond its sizes.
  public static Namespace of(String name, int blockTokens, int hashBytes) {
    return new Namespace(name, blockTokens, hashBytes, "", "", "");
  }

  /// Refuses a name that is empty or longer than [#NAME_BYTES_MAX].
  public static void requireName(String field, String name) {
    if (name.isEmpty()) {
      throw new IllegalArgumentException(
          "%s: empty (expected: 1 to %d bytes)".formatted(field, NAME_BYTES_MAX));
    }
    requireShort(field, name);
  }

  private static void requireShort(String field, String text) {
    int bytes = text.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > NAME_BYTES_MAX) {
      throw new IllegalArgumentException(
          "%s: %d bytes (expected: at most %d)".formatted(field, bytes, NAME_BYTES_MAX));
    }
  }
}
