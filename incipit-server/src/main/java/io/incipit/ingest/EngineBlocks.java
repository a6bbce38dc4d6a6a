// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest;

import io.incipit.block.ChangeBuilder;
import io.incipit.block.Tier;
import io.incipit.ingest.SourceCounts.Count;
import io.incipit.ingest.chain.HashCheck;
import io.incipit.ingest.chain.Naming;
import io.incipit.ingest.chain.OwnChain;
import io.incipit.ingest.chain.PromptExtras;
import io.incipit.ingest.chain.StandardChain;
import io.incipit.ingest.event.EngineEvent;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// What one engine holds, and how its events change that: its names become ours, copies are
/// counted, and what matters to the index comes out as changes of its owner. For one thread.
///
/// A block is held from its first copy in a tier to its last. Blocks of layers that do not need all
/// blocks before them, of other groups of layers than the first, and those that the engine says are
/// elsewhere, are left aside.
///
/// Where blocks are named as the engine does, its names are taken as they come, and made anew to
/// see whether they are what they were declared to be.
final class EngineBlocks {
  private static final Tier[] TIERS = Tier.values();

  /// What a block takes in the map and in the index.
  private static final long TAKEN_BYTES = CopyTable.BLOCK_BYTES_MAX + 24L;

  /// By what the map grows at a time, and some more.
  private static final long GROWTH_BYTES = 1 << 17;

  private final CopyTable table;
  private final WaitingBlocks waiting;
  private final ArrayDeque<EngineEvent> adopted = new ArrayDeque<>();
  private final OwnChain chain;
  private final int blockTokens;
  private final boolean countsCopies;
  private final SourceCounts counts;
  private final ChangeBuilder changes;
  private final Naming naming;

  /// There if blocks are named as the engine does.
  private final @Nullable HashCheck check;

  private final StandardChain standard = new StandardChain("", "");

  /// The tokens that a block's name covers.
  private final int[] covered;
  private final Ageing ageing;

  /// The group that is followed; -1 until an event names one.
  private int group = -1;

  /// Whether a block of another size or lookahead came since nothing was held.
  private boolean otherSize;

  /// Whether blocks were left out for want of memory since nothing was held.
  private boolean lacking;

  /// How many of these the engine still has.
  private long lacked;

  /// Whether a block came since that has another name than it should have.
  private boolean contradicted;

  /// Nothing is held yet.
  ///
  /// @param chain for this thread alone
  /// @param config says of a block and its names what the namespace has
  EngineBlocks(
      CopyTable table,
      OwnChain chain,
      SourceConfig config,
      SourceCounts counts,
      ChangeBuilder changes) {
    this.table = table;
    this.waiting = new WaitingBlocks(table.memory());
    this.chain = chain;
    this.blockTokens = config.blockTokens();
    this.countsCopies = config.countsCopies();
    this.counts = counts;
    this.changes = changes;
    this.naming = config.naming();
    this.check = naming.isOwn() ? null : new HashCheck(naming);
    this.covered = new int[blockTokens + naming.lookahead()];
    this.ageing = new Ageing(config.capacity(), table, counts, changes);
  }

  /// The same, with blocks that are named by our own chain.
  ///
  /// @param blockTokens tokens of a block, as in the namespace
  /// @param countsCopies whether blocks are removed as often as they were stored
  /// @param capacity blocks for which the engine's GPU has room; empty if that is not known
  EngineBlocks(
      CopyTable table,
      OwnChain chain,
      int blockTokens,
      boolean countsCopies,
      OptionalInt capacity,
      SourceCounts counts,
      ChangeBuilder changes) {
    this(
        table,
        chain,
        new SourceConfig(
            "",
            0,
            "",
            false,
            Optional.empty(),
            "",
            "",
            blockTokens,
            countsCopies,
            Naming.OWN,
            capacity),
        counts,
        changes);
  }

  /// Those of an engine that is followed.
  static EngineBlocks of(SourceConfig config, long seed, SourceCounts counts, SourceOwner owner) {
    return new EngineBlocks(
        new CopyTable(seed, owner.memory()),
        new OwnChain(seed, config.model()),
        config,
        counts,
        owner.changes());
  }

  /// Takes an event.
  void apply(EngineEvent event) {
    switch (event.kind()) {
      case STORED -> stored(event);
      case REMOVED -> removed(event);
      case CLEARED -> {
        forget();
        changes.clear();
        counts.add(Count.CLEARED, 1);
      }
      case UNKNOWN -> counts.add(Count.UNKNOWN_EVENTS, 1);
    }
  }

  /// Drops some of what the engine must have dropped, as far as is known; after each message.
  void settle() {
    ageing.settle();
  }

  /// Copies in the engine's GPU beyond its capacity; -1 if that is not known.
  long drift() {
    return ageing.drift();
  }

  /// Holds nothing any more.
  void forget() {
    table.clear();
    waiting.clear();
    group = -1;
    otherSize = false;
    lacking = false;
    lacked = 0;
    contradicted = false;
    if (check != null) {
      check.forget();
    }
  }

  /// Holds nothing any more, and knows of the engine what it knew.
  void drop() {
    table.clear();
  }

  /// Blocks held in any tier.
  int size() {
    return table.size();
  }

  /// Whether the engine has held blocks of which nothing is known, since all are of another size;
  /// or whose names are not those by which somebody would ask.
  boolean isBlind() {
    return contradicted || (otherSize && table.size() == 0);
  }

  /// Whether blocks that the engine holds were left out for want of memory.
  boolean isLacking() {
    return lacking;
  }

  /// Whether there is room now for what was left out.
  boolean hasRoom() {
    return table.memory().admits(lacked * TAKEN_BYTES + GROWTH_BYTES);
  }

  /// Memory in bytes.
  long bytes() {
    return table.memory().bytes();
  }

  /// Blocks that wait for a parent.
  int waiting() {
    return waiting.blocks();
  }

  /// Some of the blocks, from a place on.
  HeldPage held(int from, int limit) {
    return table.page(from, limit);
  }

  /// Puts our name of a block, by the engine's, into an array of high and low halves.
  ///
  /// @return whether the block is held
  boolean name(long hash, long[] halves, int block) {
    int slot = table.find(hash);
    if (slot == CopyTable.NONE) {
      return false;
    }
    halves[2 * block] = table.high(slot);
    halves[2 * block + 1] = table.low(slot);
    return true;
  }

  private void stored(EngineEvent event) {
    boolean follows = event.isPrefix() && !event.isRemote();
    if (follows && group < 0) {
      group = event.group();
    }
    if (!follows || isOfOtherGroup(event)) {
      counts.add(Count.ASIDE, event.blocks());
      return;
    }
    if (event.tokenCount() > 0 && event.blockTokens() != blockTokens) {
      otherSize = true;
      counts.refuse("block_size: %d (expected: %d)".formatted(event.blockTokens(), blockTokens));
      return;
    }
    if (event.tokenCount() > 0 && event.lookahead() != naming.lookahead()) {
      otherSize = true;
      counts.refuse(
          "lookahead: %s (expected: %d, as declared)"
              .formatted(
                  event.lookahead() < 0 ? "not the same for all blocks" : event.lookahead(),
                  naming.lookahead()));
      return;
    }
    counts.add(Count.STORED, event.blocks());
    if (event.tokenCount() == 0) {
      storeByName(event);
      return;
    }
    storeOrWait(event);
    while (!adopted.isEmpty()) {
      storeOrWait(adopted.poll());
    }
  }

  private boolean isOfOtherGroup(EngineEvent event) {
    return event.group() >= 0 && group >= 0 && event.group() != group;
  }

  private void storeOrWait(EngineEvent event) {
    if (!event.isChild()) {
      chain.root(event.lora(), event.salt());
      store(event);
      return;
    }
    if (check != null) {
      // Names need no parent's; whose parent nobody holds waits in the index.
      named(event.parent());
      store(event);
      return;
    }
    int parent = table.find(event.parent());
    if (parent == CopyTable.NONE) {
      await(event);
      return;
    }
    chain.at(table.high(parent), table.low(parent));
    table.mention(parent);
    store(event);
  }

  private void await(EngineEvent event) {
    if (lacking || !table.memory().admits(WaitingBlocks.bytes(event))) {
      lack(event.blocks());
    } else if (!waiting.add(event.copy())) {
      counts.add(Count.DROPPED, event.blocks());
    }
  }

  /// There is no room for blocks: they are left out, and so is what follows them.
  private void lack(int blocks) {
    counts.add(Count.NO_ROOM, blocks);
    lacked += blocks;
    if (!lacking) {
      lacking = true;
      counts.refuse(table.memory().refusal());
    }
  }

  /// Stores blocks that follow each other below where the chain is.
  private void store(EngineEvent event) {
    verify(event);
    boolean below = event.isChild();
    open(event.tier(), below, chain.high(), chain.low());
    long parent = below ? event.parent() : 0;
    for (int i = 0; i < event.blocks(); i++) {
      long hash = event.hash(i);
      long aboveHigh = chain.high();
      long aboveLow = chain.low();
      int slot = table.find(hash);
      if (slot == CopyTable.NONE) {
        boolean plain = i < event.plainBlocks();
        name(event, i, plain);
        if (!table.add(hash, parent, chain, event.tier(), !plain)) {
          lack(event.blocks() - i);
          break;
        }
      } else {
        if (table.isBorrowed(slot) && i < event.plainBlocks()) {
          name(event, i, true);
          rename(slot, parent, below || i > 0, aboveHigh, aboveLow);
          open(event.tier(), below || i > 0, aboveHigh, aboveLow);
        }
        chain.at(table.high(slot), table.low(slot));
        count(slot, event.tier());
      }
      changes.name(chain.high(), chain.low());
      adopted.addAll(waiting.take(hash));
      parent = hash;
    }
    settleRemoved(event);
  }

  private void open(Tier tier, boolean below, long aboveHigh, long aboveLow) {
    if (below) {
      changes.store(tier, aboveHigh, aboveLow);
    } else {
      changes.store(tier);
    }
  }

  private void name(EngineEvent event, int i, boolean plain) {
    if (check != null) {
      chain.at(plain ? local(event, i) : 0, event.hash(i));
    } else if (!plain) {
      chain.named(event.hash(i));
    } else if (naming.lookahead() == 0) {
      chain.next(event.tokens(), i * blockTokens, blockTokens);
    } else {
      cover(event, i);
      chain.next(covered, 0, covered.length);
    }
  }

  /// The name of its tokens alone that routers have, if nothing else is known to be in it.
  private long local(EngineEvent event, int i) {
    return event.lora().isEmpty() && event.salt().isEmpty()
        ? standard.local(event.tokens(), i * blockTokens, blockTokens)
        : 0;
  }

  /// Goes to a block by the engine's name.
  private void named(long hash) {
    if (check != null) {
      chain.at(0, hash);
    } else {
      chain.named(hash);
    }
  }

  private void cover(EngineEvent event, int i) {
    System.arraycopy(event.tokens(), i * blockTokens, covered, 0, blockTokens);
    if (naming.lookahead() > 0) {
      event.ahead(i, covered, blockTokens);
    }
  }

  /// Compares the engine's names with those that its tokens should have, as far as it can be known.
  private void verify(EngineEvent event) {
    if (check == null) {
      return;
    }
    var extras = new PromptExtras(event.lora(), "", event.salt());
    if (!(event.isChild() ? check.at(event.parent(), extras) : check.root(extras))) {
      return;
    }
    for (int i = 0; i < event.plainBlocks(); i++) {
      cover(event, i);
      long expected = check.next(covered, 0, covered.length);
      if (event.hash(i) != expected) {
        contradict(event, i, expected);
        return;
      }
      counts.add(Count.VERIFIED, 1);
    }
  }

  /// Other tiers than the first do not always say whether a prompt is salted.
  private void contradict(EngineEvent event, int i, long expected) {
    if (event.tier() == Tier.GPU || event.tellsSalt() || event.isChild()) {
      contradicted = true;
      counts.add(Count.CONTRADICTED, 1);
      counts.refuse(
          "hash: %s (expected: %s, as %s has it of the block's tokens)"
              .formatted(hex(event.hash(i)), hex(expected), naming.text()));
    }
  }

  private static String hex(long hash) {
    return "0x%016x".formatted(hash);
  }

  private void count(int slot, Tier tier) {
    table.mention(slot);
    if (countsCopies || table.copies(slot, tier) == 0) {
      table.increment(slot, tier);
    }
  }

  /// Gives a block that had to go by the engine's name the one where the chain is.
  private void rename(int slot, long parent, boolean below, long aboveHigh, long aboveLow) {
    for (var tier : TIERS) {
      if (table.copies(slot, tier) > 0) {
        changes.remove(tier, table.high(slot), table.low(slot));
      }
    }
    table.rename(slot, chain.high(), chain.low(), parent);
    for (var tier : TIERS) {
      if (table.copies(slot, tier) > 0) {
        open(tier, below, aboveHigh, aboveLow);
        changes.name(chain.high(), chain.low());
      }
    }
  }

  /// What was removed while it waited goes at once.
  private void settleRemoved(EngineEvent event) {
    for (int i = 0; i < event.blocks(); i++) {
      if (waiting.wasRemoved(event.hash(i), event.tier())) {
        remove(event.hash(i), event.tier());
      }
    }
  }

  /// Stores blocks without tokens: another copy of one that is known by them, or else one that
  /// nobody can look up but by the engine's name, and that stands for itself alone: not all
  /// producers say what is before it, or say the same each time.
  private void storeByName(EngineEvent event) {
    for (int i = 0; i < event.blocks(); i++) {
      long hash = event.hash(i);
      int slot = table.find(hash);
      openBelow(event.tier(), slot == CopyTable.NONE ? 0 : table.parent(slot));
      if (slot == CopyTable.NONE) {
        named(hash);
        if (!table.add(hash, 0, chain, event.tier(), true)) {
          lack(1);
          continue;
        }
      } else {
        chain.at(table.high(slot), table.low(slot));
        count(slot, event.tier());
      }
      changes.name(chain.high(), chain.low());
    }
  }

  private void openBelow(Tier tier, long parent) {
    if (parent == 0) {
      changes.store(tier);
      return;
    }
    int slot = table.find(parent);
    if (slot == CopyTable.NONE) {
      named(parent);
      changes.store(tier, chain.high(), chain.low());
    } else {
      changes.store(tier, table.high(slot), table.low(slot));
    }
  }

  private void removed(EngineEvent event) {
    if (isOfOtherGroup(event)) {
      counts.add(Count.ASIDE, event.blocks());
      return;
    }
    counts.add(Count.REMOVED, event.blocks());
    for (int i = 0; i < event.blocks(); i++) {
      remove(event.hash(i), event.tier());
    }
  }

  private void remove(long hash, Tier tier) {
    int slot = table.find(hash);
    boolean waited =
        (slot == CopyTable.NONE || !countsCopies) && waiting.remove(hash, tier, !countsCopies);
    if (slot == CopyTable.NONE) {
      counts.add(Count.NOT_HELD, waited ? 0 : 1);
      lacked = Math.max(0, lacked - (waited ? 0 : 1));
      return;
    }
    long high = table.high(slot);
    long low = table.low(slot);
    long left = table.decrement(slot, tier);
    if (left == 0) {
      changes.remove(tier, high, low);
    } else if (left < 0) {
      counts.add(Count.NOT_HELD, 1);
    }
  }
}
