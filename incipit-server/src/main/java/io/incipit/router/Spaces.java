// SPDX-License-Identifier: Apache-2.0
package io.incipit.router;

import io.incipit.block.BlockChain;
import io.incipit.block.Namespace;
import io.incipit.block.Op;
import io.incipit.block.Reply;
import io.incipit.block.Value;
import io.incipit.ingest.Engines;
import io.incipit.ingest.chain.EngineChain;
import io.incipit.ingest.chain.Naming;
import io.incipit.ingest.chain.PromptExtras;
import io.incipit.ingest.chain.StandardChain;
import io.incipit.net.access.Verb;
import io.incipit.net.http.Asker;
import io.incipit.protocol.Limits;
import io.incipit.service.Service;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/// Finds namespaces by what requests call them, and names prompts' blocks in them. Thread-safe.
final class Spaces {
  private static final Pattern HEX = Pattern.compile("(?:0x)?([0-9a-fA-F]+)");
  private static final Pattern DIGITS = Pattern.compile("-?[0-9]{1,20}");
  private static final int HASH_BITS = 64;
  private static final int PATIENCE_SECONDS = 5;

  /// Hex digits of digests of 16 bytes and of 32.
  private static final Set<Integer> DIGEST_DIGITS = Set.of(32, 64);

  private final Engines engines;
  private final Service service;

  Spaces(Engines engines, Service service) {
    this.engines = engines;
    this.service = service;
  }

  /// The namespace of a scope; empty if nobody has said anything about it.
  Optional<Space> find(Scope scope) {
    var followed = engines.namespace(scope.namespace());
    var space = followed.isPresent() ? followed : declared(scope.namespace());
    return space
        .filter(
            its -> its.model().equals(scope.model()) || (its.model().isEmpty() && isPlain(scope)))
        .map(its -> new Space(its, followed.isPresent()));
  }

  /// One that says no model is what its name says.
  private static boolean isPlain(Scope scope) {
    return scope.namespace().equals(scope.model()) || scope.model().indexOf('/') < 0;
  }

  private Optional<Namespace> declared(String name) {
    if (service.hashBytes(name) == 0
        || !(service.answer(new Op.DescribeNamespace(name)) instanceof Reply.Row(var row))) {
      return Optional.empty();
    }
    return Optional.of(
        new Namespace(
            name,
            (int) number(row, "block-tokens"),
            (int) number(row, "hash-bytes"),
            text(row, "algorithm"),
            text(row, "model"),
            text(row, "layout")));
  }

  private static String text(Map<String, Value> row, String name) {
    var value = row.get(name);
    return value == null ? "" : value.text();
  }

  private static long number(Map<String, Value> row, String name) {
    var value = row.get(name);
    return value == null ? 0 : value.number();
  }

  /// What a request is about, if whoever asks may read there. To who has no right at all there is
  /// nothing.
  Scope permitted(Body body, Asker asker) {
    var scope = Scope.of(body);
    switch (asker.look(Verb.READ, scope.namespace())) {
      // It may still not be there.
      case MAY -> count(scope);
      case MAY_NOT ->
          throw new RefusalException(
              403,
              "user: without that right (expected: one with read@%s)".formatted(scope.namespace()));
      case HIDDEN -> throw absent(scope);
    }
    return scope;
  }

  private void count(Scope scope) {
    var quotas = service.quotas();
    var refusal = quotas.isOn() ? quotas.lookUp(quotas.tenant(scope.namespace())) : "";
    if (!refusal.isEmpty()) {
      throw new RefusalException(429, refusal);
    }
  }

  private static RefusalException absent(Scope scope) {
    return new RefusalException(
        404,
        "model: %s in group %s (expected: one that a worker was registered for)"
            .formatted(scope.model(), scope.group()));
  }

  /// The namespace of a request, which [#permitted] lets pass.
  Space require(Body body, Asker asker) {
    var scope = permitted(body, asker);
    var space = find(scope).orElseThrow(() -> absent(scope));
    var blockTokens = body.number("block_size", 1, Namespace.BLOCK_TOKENS_MAX);
    if (blockTokens.isPresent() && blockTokens.getAsInt() != space.blockTokens()) {
      throw new RefusalException(
          400,
          "block_size: %d (expected: %d, as registered)"
              .formatted(blockTokens.getAsInt(), space.blockTokens()));
    }
    return space;
  }

  /// The names of the full blocks of a request's prompt.
  BlockChain chain(Space space, Body body) {
    var tokens =
        body.tokens("token_ids")
            .orElseThrow(
                () ->
                    new RefusalException(
                        400, "token_ids: absent (expected: an array of whole numbers)"));
    requireLength("token_ids", tokens.length / space.blockTokens());
    var lora = body.text("lora_name").orElse("");
    var salt = body.text("cache_salt").orElse("");
    var naming = space.engineNaming();
    if (naming.isPresent()) {
      return engineNames(space, naming.get(), tokens, body);
    }
    if (space.isFollowed()) {
      return engines.names(space.namespace(), tokens, lora, salt);
    }
    if (space.isStandard()) {
      return new StandardChain(lora, salt).chain(tokens, space.blockTokens());
    }
    throw new RefusalException(
        400,
        "token_ids: blocks of %s are named by '%s' (expected: seq_hashes at /query_by_hash)"
            .formatted(space.name(), space.namespace().algorithm()));
  }

  private static BlockChain engineNames(Space space, Naming naming, int[] tokens, Body body) {
    var extras =
        new PromptExtras(
            body.text("lora_name").orElse(""),
            body.text("lora_path").orElse(""),
            body.text("cache_salt").orElse(""));
    var chain = new EngineChain(naming);
    if (!chain.canName(extras)) {
      throw new RefusalException(
          400,
          ("lora_name: %s (expected: with vLLM's hashes lora_path beside it, which they cover;"
                  + " with others the engine's hashes as seq_hashes at /query_by_hash)")
              .formatted(extras.lora()));
    }
    int width = space.namespace().hashBytes();
    if (!EngineChain.hasNames(naming, width)) {
      throw new RefusalException(
          400,
          "token_ids: hashes of %s have %d bytes (expected: 8, or all that %s has)"
              .formatted(space.name(), width, naming.text()));
    }
    return chain.names(tokens, space.blockTokens(), width, extras);
  }

  private static void requireLength(String name, int blocks) {
    if (blocks > Limits.CHAIN_BLOCKS_MAX) {
      throw new RefusalException(
          413,
          "%s: %d blocks (expected: at most %d)".formatted(name, blocks, Limits.CHAIN_BLOCKS_MAX));
    }
  }

  /// The names of blocks that a request names by hashes.
  BlockChain hashed(Space space, Body body) {
    if (space.isFollowed()) {
      return followed(space, body);
    }
    if (body.has("block_hashes")) {
      return local(space, body);
    }
    var name = body.has("seq_hashes") ? "seq_hashes" : "block_hash";
    if (!body.has(name)) {
      throw new RefusalException(
          400, "seq_hashes: absent (expected: rolling hashes, or local ones as block_hashes)");
    }
    return rolling(space, body, name);
  }

  /// Blocks by the names that the engines gave them, as long as one of them holds them.
  private BlockChain followed(Space space, Body body) {
    if (body.has("block_hashes")) {
      throw new RefusalException(
          400,
          "block_hashes: workers of %s are followed (expected: the engines' own hashes as"
                  .formatted(space.name())
              + " seq_hashes, or token_ids at /query)");
    }
    var name = body.has("seq_hashes") ? "seq_hashes" : "block_hash";
    var naming = space.engineNaming();
    if (naming.isPresent()) {
      return BlockChain.of(keys(naming.get(), name, body));
    }
    var hashes = words(name, body);
    try {
      return engines.named(space.name(), hashes).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new RefusalException(503, "the server stops");
    } catch (ExecutionException | TimeoutException late) {
      throw new RefusalException(503, "hashes: engines keep the server busy (expected: later)");
    }
  }

  private static BlockChain local(Space space, Body body) {
    if (!space.isStandard()) {
      throw new RefusalException(
          400,
          "block_hashes: blocks of %s are named by '%s' (expected: seq_hashes, or %s)"
              .formatted(space.name(), space.namespace().algorithm(), StandardChain.ALGORITHM));
    }
    if (!body.text("cache_salt").orElse("").isEmpty()) {
      throw new RefusalException(
          400, "cache_salt: given (expected: none with block_hashes, which it is in already)");
    }
    var chain = new StandardChain(body.text("lora_name").orElse(""), "");
    return BlockChain.of(chain.rolling(words("block_hashes", body)));
  }

  private static BlockChain rolling(Space space, Body body, String name) {
    int width = space.namespace().hashBytes();
    if (width == Long.BYTES) {
      return BlockChain.of(words(name, body));
    }
    var hashes = body.hashes(name);
    requireLength(name, hashes.size());
    var bytes = new byte[hashes.size() * width];
    for (int i = 0; i < hashes.size(); i++) {
      var hex = HEX.matcher(String.valueOf(hashes.get(i)));
      if (!hex.matches() || hex.group(1).length() != 2 * width) {
        throw new RefusalException(
            400,
            "%s[%d]: %s (expected: %d hex digits)".formatted(name, i, hashes.get(i), 2 * width));
      }
      System.arraycopy(HexFormat.of().parseHex(hex.group(1)), 0, bytes, i * width, width);
    }
    return BlockChain.wrap(bytes, 0, hashes.size(), width);
  }

  /// The same, or whole digests in hex, of which these are a part.
  private static long[] keys(Naming naming, String name, Body body) {
    if (!body.isTexts(name)) {
      return words(name, body);
    }
    var texts = new ArrayList<Object>();
    for (var text : body.hashes(name)) {
      var hex = HEX.matcher(String.valueOf(text));
      boolean isDigest = hex.matches() && DIGEST_DIGITS.contains(hex.group(1).length());
      texts.add(
          isDigest
              ? Long.toString(EngineChain.key(naming, HexFormat.of().parseHex(hex.group(1))))
              : text);
    }
    requireLength(name, texts.size());
    return words(name, texts);
  }

  /// Hashes of eight bytes: numbers, or as texts in decimal digits, or in hex behind `0x`.
  private static long[] words(String name, Body body) {
    if (!body.isTexts(name)) {
      var numbers = body.numbers(name, "an array of numbers").orElseGet(Numbers::new);
      requireLength(name, numbers.count());
      return numbers.toArray();
    }
    var texts = body.hashes(name);
    requireLength(name, texts.size());
    return words(name, texts);
  }

  private static long[] words(String name, List<?> texts) {
    var words = new long[texts.size()];
    for (int i = 0; i < words.length; i++) {
      var text = String.valueOf(texts.get(i));
      var number = parsed(text);
      if (number.isEmpty() || number.get().bitLength() > HASH_BITS) {
        throw new RefusalException(
            400, "%s[%d]: %s (expected: 64 bits, in digits or 0x...)".formatted(name, i, text));
      }
      words[i] = number.get().longValue();
    }
    return words;
  }

  private static Optional<BigInteger> parsed(String text) {
    if (text.startsWith("0x")
        && HEX.matcher(text).matches()
        && text.length() <= 2 + HASH_BITS / 4) {
      return Optional.of(new BigInteger(text.substring(2), 16));
    }
    return DIGITS.matcher(text).matches() ? Optional.of(new BigInteger(text)) : Optional.empty();
  }
}
