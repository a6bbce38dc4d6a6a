// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest;

import io.incipit.ingest.chain.OwnChain;
import io.incipit.ingest.event.EventWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// An engine's cache and what it says about it, with the truth beside: blocks in copies, stored
/// below what is there, evicted from the leaves, cleared, and a ring of messages to repeat.
final class FakeEngine {
  static final int BLOCK_TOKENS = 4;

  /// A block of the cache.
  private static final class Block {
    final long hash;
    final @Nullable Block parent;
    final String name;

    /// The tokens on the way to it, one digit for each block.
    final String path;

    int copies;
    int children;

    Block(long hash, @Nullable Block parent, String name, int token) {
      this.hash = hash;
      this.parent = parent;
      this.name = name;
      this.path = (parent == null ? "" : parent.path) + token;
    }
  }

  private final RandomGenerator random;
  private final OwnChain chain;
  private final int ringMax;
  private final boolean inCopies;
  private final int clears;
  private final Map<Long, Block> blocks = new HashMap<>();
  private final TreeMap<Long, byte[]> ring = new TreeMap<>();
  private List<Map<String, Object>> events = new ArrayList<>();
  private long next;
  private double time;
  private long salt;

  FakeEngine(RandomGenerator random, OwnChain chain, int ringMax, boolean inCopies) {
    this(random, chain, ringMax, inCopies, /* clears= */ 10);
  }

  /// @param clears of a thousand changes, how many take all away
  FakeEngine(RandomGenerator random, OwnChain chain, int ringMax, boolean inCopies, int clears) {
    this.clears = clears;
    this.random = random;
    this.chain = chain;
    this.ringMax = ringMax;
    this.inCopies = inCopies;
    this.salt = random.nextLong();
  }

  /// Does something or other and says so.
  ///
  /// @return the number of the message
  long step() {
    int changes = 1 + random.nextInt(4);
    for (int i = 0; i < changes; i++) {
      int roll = random.nextInt(1_000);
      if (roll < 550) {
        store();
      } else if (roll < 1_000 - clears) {
        evict();
      } else {
        clear();
      }
    }
    return publish();
  }

  private long publish() {
    time += 0.001 + random.nextDouble();
    ring.put(next, EventWriter.batch(time, events));
    if (ring.size() > ringMax) {
      ring.pollFirstEntry();
    }
    events = new ArrayList<>();
    return next++;
  }

  byte[] message(long seq) {
    return ring.get(seq);
  }

  /// What it repeats from a number on.
  NavigableMap<Long, byte[]> messages(long from) {
    return ring.tailMap(from, true);
  }

  /// Dies and begins another life, perhaps with the same names for blocks.
  void restart() {
    blocks.clear();
    ring.clear();
    events = new ArrayList<>();
    next = 0;
    if (random.nextBoolean()) {
      salt = random.nextLong();
    }
    if (random.nextBoolean()) {
      clear();
      publish();
    }
  }

  private void store() {
    var path = new ArrayList<>(blocks.values());
    var parent = path.isEmpty() || random.nextInt(4) == 0 ? null : any(path);
    int count = 1 + random.nextInt(4);
    var hashes = new ArrayList<Object>();
    var tokens = new int[count * BLOCK_TOKENS];
    var above = parent;
    for (int i = 0; i < count; i++) {
      // Few different tokens, so that blocks come again.
      Arrays.fill(tokens, i * BLOCK_TOKENS, (i + 1) * BLOCK_TOKENS, random.nextInt(3));
      above = block(above, tokens[i * BLOCK_TOKENS]);
      above.copies = inCopies ? above.copies + 1 : 1;
      hashes.add(above.hash);
    }
    events.add(stored(parent, hashes, tokens));
  }

  private static Map<String, Object> stored(@Nullable Block parent, List<?> hashes, int[] tokens) {
    var event = new LinkedHashMap<String, Object>();
    event.put("type", "BlockStored");
    event.put("block_hashes", hashes);
    event.put("parent_block_hash", parent == null ? null : parent.hash);
    event.put("token_ids", tokens);
    event.put("block_size", BLOCK_TOKENS);
    event.put("lora_id", null);
    event.put("medium", "GPU");
    return event;
  }

  private Block block(@Nullable Block parent, int token) {
    long hash = 31 * (parent == null ? salt : parent.hash) + token + 1;
    return blocks.computeIfAbsent(hash, _ -> born(hash, parent, token));
  }

  private Block born(long hash, @Nullable Block parent, int token) {
    if (parent == null) {
      chain.root("", "");
    } else {
      parent.children++;
      chain.at(
          Long.parseUnsignedLong(parent.name.substring(0, 16), 16),
          Long.parseUnsignedLong(parent.name.substring(16), 16));
    }
    var tokens = new int[BLOCK_TOKENS];
    Arrays.fill(tokens, token);
    chain.next(tokens, 0, BLOCK_TOKENS);
    return new Block(hash, parent, "%016x%016x".formatted(chain.high(), chain.low()), token);
  }

  private Block any(List<Block> from) {
    return from.get(random.nextInt(from.size()));
  }

  private void evict() {
    var leaves =
        blocks.values().stream().filter(block -> block.children == 0 || block.copies > 1).toList();
    if (leaves.isEmpty()) {
      return;
    }
    var block = any(leaves);
    block.copies--;
    if (block.copies == 0) {
      blocks.remove(block.hash);
      if (block.parent != null) {
        block.parent.children--;
      }
    }
    var event = new LinkedHashMap<String, Object>();
    event.put("type", "BlockRemoved");
    event.put("block_hashes", List.of(block.hash));
    event.put("medium", "GPU");
    events.add(event);
  }

  private void clear() {
    blocks.clear();
    events.add(Map.of("type", "AllBlocksCleared"));
  }

  /// The number of its next message.
  long next() {
    return next;
  }

  /// All that it holds, as a message that would tell it, parents first.
  byte[] snapshot() {
    var all = new ArrayList<>(blocks.values());
    all.sort(Comparator.comparingInt(block -> block.path.length()));
    var stored = new ArrayList<Map<String, Object>>();
    for (var block : all) {
      var tokens = new int[BLOCK_TOKENS];
      Arrays.fill(tokens, block.path.charAt(block.path.length() - 1) - '0');
      for (int copy = 0; copy < block.copies; copy++) {
        stored.add(stored(block.parent, List.of(block.hash), tokens));
      }
    }
    return EventWriter.batch(time, stored);
  }

  /// What it holds: the way to each block, by its name.
  Map<Long, String> contents() {
    var paths = new HashMap<Long, String>();
    blocks.values().forEach(block -> paths.put(block.hash, block.path));
    return paths;
  }

  /// What it holds, by our names.
  Set<String> truth() {
    var names = new TreeSet<String>();
    blocks.values().forEach(block -> names.add(block.name));
    return names;
  }
}
