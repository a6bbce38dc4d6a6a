// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest.event;

import io.incipit.block.Tier;
import java.util.Arrays;

/// One event of an engine, whatever shape it came in. Decoders fill it and fill it again: it is
/// valid until the next batch. For one thread.
///
/// A hash is named by its last eight bytes, big-endian: engines announce either those alone or all
/// of a digest, and one of both never stands for a block of the other.
public final class EngineEvent {
  /// What happened.
  public enum Kind {
    STORED,
    REMOVED,
    CLEARED,
    /// Something that other versions of an engine have, and that changes nothing here.
    UNKNOWN
  }

  private static final int FIRST = 16;

  Kind kind = Kind.UNKNOWN;
  long[] hashes = new long[FIRST];
  int hashCount;
  boolean child;
  long parent;
  int[] tokens = new int[FIRST];
  int tokenCount;
  int oddBlock = Integer.MAX_VALUE;
  int oddToken = Integer.MAX_VALUE;
  int blockTokens;
  Tier tier = Tier.GPU;
  String lora = "";
  String salt = "";
  boolean saltTold;
  int group = -1;
  boolean prefix = true;
  boolean remote;

  /// Tokens of the following blocks: for each block those that its name covers, or where tokens
  /// come in pairs, for each token the other one.
  int[] ahead = new int[FIRST];

  int aheadCount;

  /// Tokens of [#ahead] for each block; -1 if not all have as many.
  int lookahead;

  boolean pairs;

  EngineEvent() {}

  /// Forgets all, but keeps the room.
  void clear() {
    kind = Kind.UNKNOWN;
    hashCount = 0;
    child = false;
    parent = 0;
    tokenCount = 0;
    oddBlock = Integer.MAX_VALUE;
    oddToken = Integer.MAX_VALUE;
    blockTokens = 0;
    tier = Tier.GPU;
    lora = "";
    salt = "";
    saltTold = false;
    group = -1;
    prefix = true;
    remote = false;
    aheadCount = 0;
    lookahead = 0;
    pairs = false;
  }

  /// The same event, to be kept.
  public EngineEvent copy() {
    var copy = new EngineEvent();
    copy.kind = kind;
    copy.hashes = Arrays.copyOf(hashes, hashCount);
    copy.hashCount = hashCount;
    copy.child = child;
    copy.parent = parent;
    copy.tokens = Arrays.copyOf(tokens, tokenCount);
    copy.tokenCount = tokenCount;
    copy.oddBlock = oddBlock;
    copy.oddToken = oddToken;
    copy.blockTokens = blockTokens;
    copy.tier = tier;
    copy.lora = lora;
    copy.salt = salt;
    copy.saltTold = saltTold;
    copy.group = group;
    copy.prefix = prefix;
    copy.remote = remote;
    copy.ahead = Arrays.copyOf(ahead, aheadCount);
    copy.aheadCount = aheadCount;
    copy.lookahead = lookahead;
    copy.pairs = pairs;
    return copy;
  }

  /// Makes room for so many hashes, and says where they go.
  long[] hashes(int count) {
    if (hashes.length < count) {
      hashes = new long[Math.max(count, 2 * hashes.length)];
    }
    hashCount = count;
    return hashes;
  }

  /// Makes room for so many tokens, and says where they go.
  int[] tokens(int count) {
    if (tokens.length < count) {
      tokens = new int[Math.max(count, 2 * tokens.length)];
    }
    tokenCount = count;
    return tokens;
  }

  /// Keeps one more token of following blocks.
  void ahead(int token) {
    if (aheadCount == ahead.length) {
      ahead = Arrays.copyOf(ahead, 2 * aheadCount);
    }
    ahead[aheadCount] = token;
    aheadCount++;
  }

  public Kind kind() {
    return kind;
  }

  /// How many blocks it is about.
  public int blocks() {
    return hashCount;
  }

  /// The engine's name of block `i`.
  public long hash(int i) {
    return hashes[i];
  }

  /// Whether the first block has a parent.
  public boolean isChild() {
    return child;
  }

  /// The engine's name of the first block's parent, if it has one.
  public long parent() {
    return parent;
  }

  /// How many leading blocks have their tokens and nothing besides, such as an image, so that a
  /// chain of our own can be made of them.
  public int plainBlocks() {
    if (blockTokens <= 0 || tokenCount != (long) hashCount * blockTokens) {
      return 0;
    }
    return Math.min(hashCount, Math.min(oddBlock, oddToken / blockTokens));
  }

  /// How many tokens there are in all.
  public int tokenCount() {
    return tokenCount;
  }

  /// The tokens, block after block; only the first [#tokenCount] count. Not to be changed.
  public int[] tokens() {
    return tokens;
  }

  /// Tokens of a block; 0 if it does not say.
  public int blockTokens() {
    return blockTokens;
  }

  /// Where the blocks are, or were.
  public Tier tier() {
    return tier;
  }

  /// Name of the LoRA adapter; empty if there is none.
  public String lora() {
    return lora;
  }

  /// Salt of the prompt that begins with the first block; empty if there is none.
  public String salt() {
    return salt;
  }

  /// Whether the event says if there is a salt.
  public boolean tellsSalt() {
    return saltTold;
  }

  /// Number of the group of layers; -1 if it does not say.
  public int group() {
    return group;
  }

  /// Whether a block needs all blocks before it, which is what can be looked up by prefix: not so
  /// with sliding windows and recurrent layers.
  public boolean isPrefix() {
    return prefix;
  }

  /// Whether the blocks are not with the worker that says so.
  public boolean isRemote() {
    return remote;
  }

  /// How many tokens of the following block the name of each covers; 0 usually, -1 if it does not
  /// say that of all, or not the same.
  public int lookahead() {
    if (pairs) {
      return aheadCount == tokenCount ? 1 : -1;
    }
    return lookahead <= 0 || aheadCount == (long) lookahead * hashCount ? lookahead : -1;
  }

  /// Puts tokens of the block behind block `i` into an array, as many as its name covers.
  ///
  /// @param i of a plain block
  public void ahead(int i, int[] target, int at) {
    if (pairs) {
      target[at] = ahead[(i + 1) * blockTokens - 1];
    } else {
      System.arraycopy(ahead, i * lookahead, target, at, lookahead);
    }
  }

  @Override
  public String toString() {
    return "%s %s%s of %d tokens %s, %s%s%s%s"
        .formatted(
            kind,
            Arrays.toString(Arrays.copyOf(hashes, hashCount)),
            child ? " below " + parent : "",
            blockTokens,
            Arrays.toString(Arrays.copyOf(tokens, tokenCount)),
            tier,
            lora.isEmpty() ? "" : ", lora " + lora,
            salt.isEmpty() ? "" : ", salt " + salt,
            group < 0 ? "" : ", group " + group);
  }
}
