// SPDX-License-Identifier: Apache-2.0
package io.incipit.stream;

import io.incipit.block.BlockChain;
import io.incipit.block.Tier;
import java.util.Arrays;

/// What one holder (owner and tier) has parked since it last cleared: a column of hashes, and an
/// open-addressing table that finds a held block by its hash.
///
/// ```
/// column   ... | parent | h0 | h1 | h2 | parent | h5 | h6 | ...
///                GONE     a stretch      GONE     another
/// ```
///
/// The entry before a block is always its parent, so a chain costs no more than its hashes, and a
/// stretch, which is what lies between two entries that are gone, one entry more. A block that is
/// removed from inside a stretch is gone too: what follows it is a stretch below it from then on.
/// Blocks that only lead to others stand anywhere in a stretch, where the holder has holes.
/// Entries are never used again; whoever finds [#isWasteful] moves what is
/// left to new columns. In the table a block that is gone stays until another needs its place, or
/// the table is full: to take a stretch away costs no probes.
final class HolderOrphans {
  /// No block: a parent, or one that was here.
  private static final byte GONE = 0;

  /// A block that the holder holds.
  private static final byte HELD = 1;

  /// A block that only leads to those after it: see `skip` of `PrefixIndex#store`.
  private static final byte BARE = 2;

  private static final int COLUMN_MIN = 8;
  private static final int WASTE_MIN = 64;

  final int number;
  final int owner;
  final Tier tier;

  /// Entries of [StretchesByParent] that name this one, stale ones too.
  int entries;

  /// Whether the holder has cleared it, or nothing is left in it, or it was moved.
  private boolean dead;

  private final int words;
  private final long secret;
  private long[] hashes;
  private byte[] state;
  private int[] table;

  /// Entries of the table, those of blocks that are gone too.
  private int entered;

  private int size;
  private int blocks;
  private int held;
  private int stretches;

  /// Nothing parked.
  ///
  /// @param hashBytes as of the namespace; 16 bytes of wider hashes are kept
  HolderOrphans(int number, int owner, Tier tier, int hashBytes, long secret) {
    this.number = number;
    this.owner = owner;
    this.tier = tier;
    this.words = hashBytes == Long.BYTES ? 1 : 2;
    this.secret = secret;
    this.hashes = new long[COLUMN_MIN * words];
    this.state = new byte[COLUMN_MIN];
    this.table = new int[COLUMN_MIN];
  }

  boolean isDead() {
    return dead;
  }

  /// Blocks of stretches, those that only lead to others too.
  int blocks() {
    return blocks;
  }

  /// Blocks that are held.
  int held() {
    return held;
  }

  int stretches() {
    return stretches;
  }

  /// Memory of column and table, in bytes.
  long bytes() {
    return dead ? 0 : 96L + hashes.length * 8L + state.length + table.length * 4L;
  }

  /// Gives the memory back; nothing may be asked from now on but [#isDead].
  void die() {
    dead = true;
    blocks = 0;
    held = 0;
    hashes = new long[0];
    state = new byte[0];
    table = new int[0];
  }

  long high(int entry) {
    return words == 1 ? 0 : hashes[2 * entry];
  }

  long low(int entry) {
    return hashes[words * entry + words - 1];
  }

  /// Whether entry `block` is a block of a stretch.
  boolean isLive(int block) {
    return block < size && state[block] != GONE;
  }

  /// Whether a block is the first of its stretch.
  boolean isStart(int block) {
    return isLive(block) && state[block - 1] == GONE;
  }

  /// The last entry.
  int last() {
    return size - 1;
  }

  /// Adds a block below `above`.
  ///
  /// @return whether it begins a stretch
  boolean append(long aboveHigh, long aboveLow, long high, long low, boolean bare) {
    boolean joins = size > 0 && state[size - 1] != GONE && isHash(size - 1, aboveHigh, aboveLow);
    if (!joins) {
      add(aboveHigh, aboveLow, GONE);
      stretches++;
    }
    add(high, low, bare ? BARE : HELD);
    blocks++;
    if (!bare) {
      held++;
      enter(size - 1);
    }
    return !joins;
  }

  private void add(long high, long low, byte kind) {
    if (size == state.length) {
      hashes = Arrays.copyOf(hashes, 2 * hashes.length);
      state = Arrays.copyOf(state, 2 * state.length);
    }
    if (words == 2) {
      hashes[2 * size] = high;
    }
    hashes[words * size + words - 1] = low;
    state[size] = kind;
    size++;
  }

  private boolean isHash(int entry, long high, long low) {
    return low(entry) == low && high(entry) == high;
  }

  private int home(int entry) {
    return (int) Orphans.mix(secret, high(entry), low(entry)) & table.length - 1;
  }

  private void enter(int block) {
    if (2 * (entered + 1) > table.length) {
      table = new int[4 * held > table.length ? 2 * table.length : table.length];
      entered = 0;
      for (int i = 0; i < block; i++) {
        if (state[i] == HELD) {
          put(i);
        }
      }
    }
    put(block);
  }

  /// Enters a block that the table does not have, in the place of one that is gone if it meets any.
  private void put(int block) {
    int at = home(block);
    while (table[at] != 0 && state[table[at] - 1] == HELD) {
      at = at + 1 & table.length - 1;
    }
    entered += table[at] == 0 ? 1 : 0;
    table[at] = block + 1;
  }

  /// The entry of a held block; negative if there is none.
  int find(long high, long low, Orphans.Probes probes) {
    int at = (int) Orphans.mix(secret, high, low) & table.length - 1;
    while (table[at] != 0) {
      probes.count++;
      if (state[table[at] - 1] == HELD && isHash(table[at] - 1, high, low)) {
        return table[at] - 1;
      }
      at = at + 1 & table.length - 1;
    }
    return -1;
  }

  /// Takes `length` blocks of one stretch away, from `block` on.
  ///
  /// @return whether something follows
  boolean take(int block, int length) {
    stretches -= isStart(block) ? 1 : 0;
    for (int i = 0; i < length; i++) {
      leave(block + i);
    }
    boolean follows = isLive(block + length);
    stretches += follows ? 1 : 0;
    return follows;
  }

  private void leave(int block) {
    blocks--;
    held -= state[block] == HELD ? 1 : 0;
    state[block] = GONE;
  }

  /// Whether a block only leads to others, and there are none any more.
  boolean leadsNowhere(int block) {
    return isLive(block) && state[block] == BARE && !isLive(block + 1);
  }

  /// How many blocks from `block` on are held, up to one that is not, at most `blocksMax`.
  int heldFrom(int block, int blocksMax) {
    int length = 0;
    while (length < blocksMax && isLive(block + length) && isHeld(block + length)) {
      length++;
    }
    return length;
  }

  /// How many blocks from `block` on only lead to others.
  int skip(int block) {
    int skip = 0;
    while (isLive(block + skip) && state[block + skip] == BARE) {
      skip++;
    }
    return skip;
  }

  /// Entries from `entry` on as a chain.
  BlockChain chain(int entry, int length) {
    var part = Arrays.copyOfRange(hashes, words * entry, words * (entry + length));
    return words == 1 ? BlockChain.of(part) : BlockChain.ofPairs(part);
  }

  /// Whether more than half of the column is of no use any more.
  boolean isWasteful() {
    int waste = size - blocks - stretches;
    return waste > WASTE_MIN && 2 * waste > size;
  }

  /// The first block of the first stretch from `entry` on; negative if there is none.
  int nextStart(int entry) {
    for (int block = Math.max(1, entry); block < size; block++) {
      if (isStart(block)) {
        return block;
      }
    }
    return -1;
  }

  /// Whether a block is held, not only on the way to others.
  boolean isHeld(int block) {
    return state[block] == HELD;
  }
}
