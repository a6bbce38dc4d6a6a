// SPDX-License-Identifier: Apache-2.0
package io.incipit.store;

import io.incipit.block.BlockChain;
import io.incipit.store.block.Block;
import io.incipit.store.memory.HostStore;
import io.incipit.store.retain.Pins;
import io.incipit.store.retain.Pins.Pinned;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/// Pins the leading blocks of prompts. For the store's writer.
public final class BlockPins {
  /// Of the memory that what is pinned hard may take: the rest is for all others.
  private static final int HARD_PART = 2;

  /// Parts of the blocks of one request, whose sizes are looked up.
  private static final int PARTS_MAX = 65_536;

  /// What came of it.
  ///
  /// @param blocks leading ones that are pinned now, or were
  /// @param refusal why nothing was changed; empty if it was
  public record Done(int blocks, String refusal) {
    static Done refused(String why) {
      return new Done(0, why);
    }
  }

  private final Store store;
  private final Blocks blocks;

  BlockPins(Store store, Blocks blocks) {
    this.store = store;
    this.blocks = blocks;
  }

  /// Pins the leading blocks of a prompt that are here, all or none; pinned again, what was said
  /// last holds.
  ///
  /// @param hard whether they stay even if nothing else can go
  /// @param forNs how long
  public Done pin(String namespace, BlockChain chain, boolean hard, long forNs) {
    long nowNs = store.clock().nanoTime();
    var pins = store.retention().pins();
    var leading = leading(namespace, chain);
    int parts = leading.values().stream().mapToInt(Block::parts).sum();
    if (parts > PARTS_MAX) {
      return Done.refused(
          "LIMIT hashes: blocks of %d parts (expected: at most %d)".formatted(parts, PARTS_MAX));
    }
    int more = 0;
    for (long id : leading.keySet()) {
      more += pins.find(id, nowNs).isPresent() ? 0 : 1;
    }
    if (!pins.hasRoom(more, nowNs)) {
      return Done.refused(
          "LIMIT pins: %d and %d more (expected: at most %d)"
              .formatted(pins.size(), more, Pins.MAX));
    }
    var made = new LinkedHashMap<Long, Pinned>();
    for (var block : leading.values()) {
      var bytes = bytes(block);
      if (bytes.isEmpty()) {
        // Parts of it have just gone.
        break;
      }
      made.put(block.id(), new Pinned(hard, nowNs + forNs, bytes.getAsLong()));
    }
    long limit = store.totalBytes() / HARD_PART;
    long wanted = hard ? hardBytes(made, pins) : 0;
    if (wanted > limit) {
      pins.sweep(nowNs);
      wanted = hardBytes(made, pins);
    }
    if (wanted > limit) {
      return Done.refused(
          "LIMIT pins: %d bytes HARD (expected: at most half of %d)"
              .formatted(wanted, store.totalBytes()));
    }
    made.forEach(
        (id, pin) -> {
          store.recall(nowNs, id);
          store.retention().pin(id, pin);
        });
    return new Done(made.size(), "");
  }

  /// Bytes of all that is pinned hard if some more is.
  private static long hardBytes(Map<Long, Pinned> more, Pins pins) {
    long bytes = pins.hardBytes();
    for (var pin : more.entrySet()) {
      bytes += pin.getValue().bytes() - pins.hardBytes(pin.getKey());
    }
    return bytes;
  }

  private Map<Long, Block> leading(String namespace, BlockChain chain) {
    var leading = new LinkedHashMap<Long, Block>();
    blocks
        .space(namespace)
        .ifPresent(
            space -> blocks.leading(space, chain).forEach(block -> leading.put(block.id(), block)));
    return leading;
  }

  /// What a block takes of memory; empty if not all of it is there.
  private OptionalLong bytes(Block block) {
    var key = block.key();
    long bytes = 0;
    for (int part = 0; part < block.parts(); part++) {
      var value = store.find(key.bytes(part));
      if (value.isEmpty()) {
        return OptionalLong.empty();
      }
      bytes += HostStore.takenBytes(value.get().length());
    }
    return OptionalLong.of(bytes);
  }

  /// Lets blocks go, wherever they stand in the chain.
  ///
  /// @return blocks that were pinned
  public Done unpin(String namespace, BlockChain chain) {
    var space = blocks.space(namespace);
    int unpinned = 0;
    for (int i = 0; i < chain.length() && space.isPresent(); i++) {
      long id = space.get().id(chain.high(i), chain.low(i));
      boolean lasted = store.retention().pins().find(id, store.clock().nanoTime()).isPresent();
      unpinned += store.retention().unpin(id) && lasted ? 1 : 0;
    }
    return new Done(unpinned, "");
  }
}
