// SPDX-License-Identifier: Apache-2.0
package io.incipit.stream;

import io.incipit.block.BlockChain;
import io.incipit.block.Change;
import io.incipit.block.Tier;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// Turns an engine's events into changes of an owner's stream, and knows the hash that the engine
/// gave to each block by what is in it.
///
/// An engine may keep several copies of one block and tells of each: a block is held until as many
/// have gone as came.
final class EngineFollower {
  /// What makes an engine give a block its hash; `extra` is the salt, if any, in JSON.
  private record Content(String parent, List<Integer> tokens, String extra) {}

  private static final String NO_PARENT = "";
  private static final String NO_EXTRA = "null";

  private final int hashBytes;
  private final boolean countsCopies;
  private final Map<Content, String> hashes = new HashMap<>();
  private final Map<String, Integer> copies = new HashMap<>();

  /// @param countsCopies whether every announcement of a block is another copy of it
  EngineFollower(int hashBytes, boolean countsCopies) {
    this.hashBytes = hashBytes;
    this.countsCopies = countsCopies;
  }

  Change follow(JsonNode event) {
    var type = event.get("type").asString();
    return switch (type) {
      case "BlockStored" -> stored(event);
      case "BlockRemoved" -> removed(event);
      case "AllBlocksCleared" -> {
        copies.clear();
        yield new Change.Clear(Optional.of(Tier.GPU));
      }
      default -> throw new IllegalArgumentException("event: " + type);
    };
  }

  private Change stored(JsonNode event) {
    var stored = event.get("block_hashes").valueStream().map(this::hash).toList();
    var first = event.get("parent_block_hash");
    var parent = first.isNull() ? NO_PARENT : hash(first);
    int blockTokens = event.get("block_size").asInt();
    var tokens = tokens(event.get("token_ids"));
    var above = parent;
    for (int i = 0; i < stored.size(); i++) {
      var extra = event.path("extra_keys").path(i);
      hashes.put(
          new Content(
              above,
              tokens.subList(i * blockTokens, (i + 1) * blockTokens),
              extra.isMissingNode() ? NO_EXTRA : extra.toString()),
          stored.get(i));
      above = stored.get(i);
      copies.merge(above, 1, (a, b) -> countsCopies ? a + b : 1);
    }
    return new Change.Store(
        Tier.GPU, chain(first.isNull() ? List.of() : List.of(parent)), chain(stored));
  }

  private Change removed(JsonNode event) {
    var gone = new ArrayList<String>();
    for (var node : event.get("block_hashes")) {
      var hash = hash(node);
      if (copies.computeIfPresent(hash, (_, count) -> count == 1 ? null : count - 1) == null) {
        gone.add(hash);
      }
    }
    return new Change.Remove(Tier.GPU, chain(gone));
  }

  /// The hash of a block as the engine's events write it, in hex.
  private String hash(JsonNode node) {
    return node.isObject()
        ? node.get("hex").asString()
        : HexFormat.of().toHexDigits(node.bigIntegerValue().longValue());
  }

  static List<Integer> tokens(JsonNode node) {
    return node.valueStream().map(JsonNode::asInt).toList();
  }

  /// The chain of a prompt as far as its blocks were ever announced.
  ///
  /// @param salt of its first block, in JSON; `null` if it has none
  BlockChain chainOf(List<Integer> prompt, int blockTokens, JsonNode salt) {
    var chain = new ArrayList<String>();
    var extra = salt.isNull() ? NO_EXTRA : "[" + salt + "]";
    var above = NO_PARENT;
    for (int end = blockTokens; end <= prompt.size(); end += blockTokens) {
      var content = new Content(above, prompt.subList(end - blockTokens, end), extra);
      above = hashes.get(content);
      if (above == null) {
        break;
      }
      chain.add(above);
      extra = NO_EXTRA;
    }
    return chain(chain);
  }

  /// Every hash that was ever announced, in hex.
  Set<String> announced() {
    return Set.copyOf(hashes.values());
  }

  BlockChain chain(List<String> hex) {
    var bytes = HexFormat.of().parseHex(String.join("", hex));
    return BlockChain.wrap(bytes, 0, hex.size(), hashBytes);
  }
}
