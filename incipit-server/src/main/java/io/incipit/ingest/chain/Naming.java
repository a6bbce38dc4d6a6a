// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest.chain;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// How the blocks of a namespace are named: by our own chain, or as an engine names them itself, so
/// that whoever has the engine's hashes asks by them.
///
/// @param algorithm whose names they are
/// @param seed of vLLM's root, its `PYTHONHASHSEED`; empty where there is none
/// @param lookahead tokens of the following block that a block's name covers, as engines have it
///     that draft with EAGLE or MTP; 0 usually
public record Naming(Algorithm algorithm, String seed, int lookahead) {
  /// By our own chain, of a block's tokens and all before it.
  public static final Naming OWN = new Naming(Algorithm.OWN, "", 0);

  /// The most tokens of a block that vLLM's pickled forms are known for: beyond 64 KiB Python cuts
  /// what it pickles into frames.
  static final int PICKLED_TOKENS_MAX = 8_192;

  private static final int LOOKAHEAD_MAX = 64;
  private static final Pattern SEED = Pattern.compile("[0-9A-Za-z._-]{1,64}");
  private static final String SEED_KEY = ",seed=";
  private static final String LOOKAHEAD_KEY = ",lookahead=";

  /// What vLLM takes for a seed if `PYTHONHASHSEED` is not set, with the forms of SHA-256.
  private static final String UNSET_SEED = "vllm-none-hash";

  /// Who makes a name of what.
  public enum Algorithm {
    /// [OwnChain].
    OWN("incipit.chain.1", OwnChain.HASH_BYTES),
    /// vLLM: SHA-256 of what Python pickles.
    SHA256("sha256", 32),
    /// vLLM: SHA-256 of CBOR.
    SHA256_CBOR("sha256_cbor", 32),
    /// vLLM: XXH3-128 of what Python pickles.
    XXHASH("xxhash", 16),
    /// vLLM: XXH3-128 of CBOR.
    XXHASH_CBOR("xxhash_cbor", 16),
    /// SGLang: SHA-256 of the digest before and the tokens.
    SGLANG("sglang", 32);

    private final String text;
    private final int digestBytes;

    Algorithm(String text, int digestBytes) {
      this.text = text;
      this.digestBytes = digestBytes;
    }

    /// Bytes of a whole name.
    int digestBytes() {
      return digestBytes;
    }

    boolean isPickled() {
      return this == SHA256 || this == XXHASH;
    }

    boolean isXxhash() {
      return this == XXHASH || this == XXHASH_CBOR;
    }

    private boolean isSeeded() {
      return this != OWN && this != SGLANG;
    }

    private static String engines() {
      return Arrays.stream(values())
          .filter(algorithm -> algorithm != OWN)
          .map(algorithm -> algorithm.text)
          .collect(Collectors.joining(", "));
    }
  }

  public Naming {
    if (lookahead < 0 || lookahead > LOOKAHEAD_MAX) {
      throw new IllegalArgumentException(
          "lookahead: %d (expected: 0 to %d)".formatted(lookahead, LOOKAHEAD_MAX));
    }
    if (algorithm == Algorithm.SGLANG && lookahead > 1) {
      throw new IllegalArgumentException(
          "lookahead: %d (expected: 0, or 1 where SGLang drafts with EAGLE)".formatted(lookahead));
    }
  }

  /// As a person says it.
  ///
  /// @param hash what the engine calls its algorithm; our own if it is not said
  /// @throws IllegalArgumentException `name: value (expected: ...)`
  public static Naming of(Optional<String> hash, Optional<String> seed, OptionalInt lookahead) {
    var algorithm = hash.map(Naming::algorithm).orElse(Algorithm.OWN);
    if (seed.isPresent() && !algorithm.isSeeded()) {
      throw new IllegalArgumentException(
          "seed: %s (expected: none but with one of vLLM's hashes)".formatted(seed.get()));
    }
    if (seed.isPresent() && !SEED.matcher(seed.get()).matches()) {
      throw new IllegalArgumentException(
          "seed: %s (expected: the engines' PYTHONHASHSEED)".formatted(seed.get()));
    }
    if (seed.isEmpty() && algorithm.isXxhash()) {
      throw new IllegalArgumentException(
          "seed: absent (expected: the engines' PYTHONHASHSEED: without one, each names blocks in"
              + " its own way with "
              + algorithm.text
              + ")");
    }
    var its = seed.orElse(algorithm.isSeeded() ? UNSET_SEED : "");
    return new Naming(algorithm, its, lookahead.orElse(0));
  }

  private static Algorithm algorithm(String hash) {
    for (var algorithm : Algorithm.values()) {
      if (algorithm != Algorithm.OWN && algorithm.text.equals(hash.toLowerCase(Locale.ROOT))) {
        return algorithm;
      }
    }
    throw new IllegalArgumentException(
        "hash: %s (expected: %s)".formatted(hash, Algorithm.engines()));
  }

  /// What a namespace of such blocks says of them: all that it takes to make their names, but for
  /// the secret of our own chain.
  public String text() {
    return algorithm.text
        + (seed.isEmpty() ? "" : SEED_KEY + seed)
        + (lookahead == 0 ? "" : LOOKAHEAD_KEY + lookahead);
  }

  /// The naming that [#text] says; empty for what it never says.
  public static Optional<Naming> parse(String text) {
    for (var algorithm : Algorithm.values()) {
      var rest = text.startsWith(algorithm.text) ? text.substring(algorithm.text.length()) : ".";
      int ahead = rest.lastIndexOf(LOOKAHEAD_KEY);
      var seed = ahead < 0 ? rest : rest.substring(0, ahead);
      boolean seeded = seed.startsWith(SEED_KEY);
      try {
        var naming =
            new Naming(
                algorithm,
                seeded ? seed.substring(SEED_KEY.length()) : "",
                ahead < 0 ? 0 : Integer.parseInt(rest.substring(ahead + LOOKAHEAD_KEY.length())));
        if (seeded == algorithm.isSeeded() && naming.text().equals(text)) {
          return Optional.of(naming);
        }
      } catch (IllegalArgumentException _) {
        // It says something else.
      }
    }
    return Optional.empty();
  }

  /// Whether blocks are named by our own chain.
  public boolean isOwn() {
    return algorithm == Algorithm.OWN;
  }

  /// Bytes of a block's name in a namespace where engines are followed: of an engine's name, the
  /// eight that its events have as a number.
  public int hashBytes() {
    return isOwn() ? OwnChain.HASH_BYTES : Long.BYTES;
  }

  /// Refuses blocks of a size for which it is not known how the engine names them.
  ///
  /// @throws IllegalArgumentException `block: value (expected: ...)`
  public void requireBlockTokens(int blockTokens) {
    if (algorithm.isPickled() && blockTokens > PICKLED_TOKENS_MAX) {
      throw new IllegalArgumentException(
          "block: %d tokens (expected: at most %d with %s)"
              .formatted(blockTokens, PICKLED_TOKENS_MAX, algorithm.text));
    }
  }

  /// How many blocks of a prompt of so many tokens have names.
  public int blocks(int tokens, int blockTokens) {
    return Math.max(0, tokens - lookahead) / blockTokens;
  }
}
