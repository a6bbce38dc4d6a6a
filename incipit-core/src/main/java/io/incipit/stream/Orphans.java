// SPDX-License-Identifier: Apache-2.0
package io.incipit.stream;

import io.incipit.block.BlockChain;
import io.incipit.block.Tier;
import io.incipit.index.PrefixIndex;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Blocks that came before their parent, parked until it comes. Bounded for each owner and in all.
///
/// What is parked stands in a lot for each holder ([ParkedLot]), in stretches, each below one
/// parent ([ParkedStarts]). When a parent comes, the stretches below it are adopted: stored in the
/// index, each in one go. Parking, removing and adopting touch few entries for each block, however
/// many hang below one parent; clearing drops a reference for each tier. A chain takes about 20 B a
/// block of 8 bytes, a block alone about 70 B. For the namespace's writer only.
final class Orphans {
  /// The most blocks parked for one owner; a block counts once for each tier it is parked in.
  static final int OWNER_BLOCKS_MAX = 65_536;

  /// The most blocks parked in one namespace.
  static final int BLOCKS_MAX = 1 << 20;

  /// Entries that one call of [#sweep] looks at.
  static final int SWEEP_ENTRIES = 1_024;

  /// The most blocks that are adopted in one go.
  static final int ADOPTED_MAX = 4_096;

  /// How many entries were looked at.
  static final class Probes {
    long count;
  }

  /// A block, by as much of its hash as the index knows.
  record Identity(long high, long low) {
    static Identity of(BlockChain chain, int i) {
      return new Identity(chain.high(i), chain.low(i));
    }
  }

  private final long secret;
  private final int hashBytes;
  private final Map<Integer, ParkedLot> lots = new HashMap<>();
  private final List<@Nullable ParkedLot> byNumber = new ArrayList<>();
  private final ArrayDeque<Integer> freeNumbers = new ArrayDeque<>();
  private final ParkedStarts starts = new ParkedStarts();
  private final Probes probes = new Probes();

  private final Adoption adoption = new Adoption(this);
  private int blocks;
  private int held;
  private long lotBytes;

  /// Entries of `starts` that begin nothing any more.
  private int stale;

  private int sweepAt = 1;

  /// Nothing parked.
  ///
  /// @param secret mixed into hashes, so that they spread differently in each process
  /// @param hashBytes as of the namespace
  Orphans(long secret, int hashBytes) {
    this.secret = secret;
    this.hashBytes = hashBytes;
  }

  /// Parked blocks.
  int count() {
    return held;
  }

  /// Memory of all that is parked, in bytes.
  long bytes() {
    return lotBytes + starts.bytes() + adoption.bytes() + byNumber.size() * 64L;
  }

  /// Entries looked at so far.
  long touched() {
    return probes.count;
  }

  /// Parks `hashes` below `parent`. What the holder has parked already stays parked.
  ///
  /// @param skip of how many of `hashes` the owner holds none: they lead to the others
  /// @return how many of the rest found no room: the last ones
  int park(int owner, Tier tier, BlockChain parent, BlockChain hashes, int skip) {
    sweepStarts(2);
    if (skip >= hashes.length()) {
      return 0;
    }
    var lot = lots.computeIfAbsent(holder(owner, tier), _ -> newLot(owner, tier));
    int from = skip > 0 && find(lot, Identity.of(hashes, skip)) > 0 ? skip : 0;
    int room = Math.min(OWNER_BLOCKS_MAX - parkedOf(owner), BLOCKS_MAX - blocks);
    int dropped = hashes.length() - skip;
    if (from == skip || room > skip) {
      lotBytes -= lot.bytes();
      dropped =
          add(lot, from == 0 ? parent : hashes.slice(from - 1, from), hashes, from, skip, room);
      lotBytes += lot.bytes();
    }
    forgetIfEmpty(lot);
    return dropped;
  }

  private int add(
      ParkedLot lot, BlockChain parent, BlockChain hashes, int from, int skip, int room) {
    var above = Identity.of(parent, 0);
    int left = room;
    for (int i = from; i < hashes.length(); i++) {
      var hash = Identity.of(hashes, i);
      if (i < skip || find(lot, hash) < 0) {
        if (left == 0) {
          return hashes.length() - i;
        }
        left--;
        blocks++;
        held += i < skip ? 0 : 1;
        if (lot.append(above.high, above.low, hash.high, hash.low, i < skip)) {
          begin(lot, lot.last());
        }
      }
      above = hash;
    }
    return 0;
  }

  private int find(ParkedLot lot, Identity hash) {
    return lot.find(hash.high, hash.low, probes);
  }

  private static int holder(int owner, Tier tier) {
    return owner * Tier.COUNT + tier.code();
  }

  private ParkedLot newLot(int owner, Tier tier) {
    if (freeNumbers.isEmpty()) {
      byNumber.add(null);
      freeNumbers.push(byNumber.size() - 1);
    }
    var lot = new ParkedLot(freeNumbers.pop(), owner, tier, hashBytes, secret);
    byNumber.set(lot.number, lot);
    lotBytes += lot.bytes();
    return lot;
  }

  private int parkedOf(int owner) {
    int parked = 0;
    for (int code = 0; code < Tier.COUNT; code++) {
      var lot = lots.get(holder(owner, Tier.of(code)));
      parked += lot == null ? 0 : lot.blocks();
    }
    return parked;
  }

  /// Notes that a stretch of `lot` begins at `block`.
  private void begin(ParkedLot lot, int block) {
    starts.add(print(lot.high(block - 1), lot.low(block - 1)), lot.number, block, probes);
    lot.entries++;
  }

  /// Forgets a parked block of an owner in a tier; says whether there was one. What hangs below it
  /// waits for it from now on.
  boolean remove(int owner, Tier tier, BlockChain hashes, int i) {
    var lot = lots.get(holder(owner, tier));
    int block = lot == null ? -1 : find(lot, Identity.of(hashes, i));
    if (lot == null || block < 0) {
      return false;
    }
    drop(lot, block);
    for (int above = block - 1; lot.leadsNowhere(above); above--) {
      drop(lot, above);
    }
    if (!forgetIfEmpty(lot) && lot.isWasteful()) {
      move(lot);
    }
    return true;
  }

  private void drop(ParkedLot lot, int block) {
    stale += lot.isStart(block) ? 1 : 0;
    blocks--;
    held -= lot.isHeld(block) ? 1 : 0;
    if (lot.drop(block)) {
      begin(lot, block + 1);
    }
  }

  /// Moves what is left in a lot to a new one.
  private void move(ParkedLot old) {
    var lot = newLot(old.owner, old.tier);
    lots.put(holder(old.owner, old.tier), lot);
    lotBytes -= lot.bytes();
    for (int start = old.nextStart(1); start > 0; start = old.nextStart(start + 1)) {
      for (int block = start; old.isLive(block); block++) {
        int above = block - 1;
        boolean begins =
            lot.append(
                old.high(above),
                old.low(above),
                old.high(block),
                old.low(block),
                !old.isHeld(block));
        if (begins) {
          begin(lot, lot.last());
        }
      }
    }
    lotBytes += lot.bytes();
    end(old);
  }

  /// Forgets all that an owner has parked in the tiers of a mask.
  void clear(int owner, int tierMask) {
    for (int code = 0; code < Tier.COUNT; code++) {
      var lot = (tierMask >>> code & 1) == 0 ? null : lots.remove(holder(owner, Tier.of(code)));
      if (lot != null) {
        blocks -= lot.blocks();
        held -= lot.held();
        end(lot);
      }
    }
  }

  private boolean forgetIfEmpty(ParkedLot lot) {
    boolean empty = !lot.isDead() && lot.blocks() == 0;
    if (empty) {
      lots.remove(holder(lot.owner, lot.tier), lot);
      end(lot);
    }
    return empty;
  }

  private void end(ParkedLot lot) {
    lotBytes -= lot.bytes();
    stale += lot.stretches();
    lot.die();
    freeNumber(lot);
  }

  private void freeNumber(ParkedLot lot) {
    if (lot.isDead() && lot.entries == 0) {
      byNumber.set(lot.number, null);
      freeNumbers.push(lot.number);
      if (freeNumbers.size() == byNumber.size()) {
        byNumber.clear();
        freeNumbers.clear();
      }
    }
  }

  /// Gives back a bounded part of what [#clear] and [#remove] left behind.
  ///
  /// @return whether there is more to do
  boolean sweep() {
    sweepStarts(SWEEP_ENTRIES);
    return stale > 0;
  }

  private void sweepStarts(int entries) {
    for (int i = 0; i < entries && stale > 0; i++) {
      probes.count++;
      sweepAt = sweepAt >= starts.end() ? 1 : sweepAt;
      if (starts.isUsed(sweepAt) && isStale(sweepAt)) {
        forgetStale(sweepAt);
      }
      sweepAt++;
    }
    if (stale == 0 && starts.shrink(probes)) {
      sweepAt = 1;
    }
  }

  private boolean isStale(int entry) {
    var lot = lotOf(entry);
    return lot.isDead() || !lot.isLive(starts.block(entry));
  }

  private void forgetStale(int entry) {
    stale--;
    forget(entry);
  }

  private void forget(int entry) {
    var lot = lotOf(entry);
    starts.remove(entry, probes);
    lot.entries--;
    freeNumber(lot);
  }

  /// Notes that the index knows the first `count` of `hashes` now: what waits for one of them is
  /// for [#adopt].
  void arrived(BlockChain hashes, int count) {
    adoption.arrived(hashes, count);
  }

  /// Stores in `index` what waits below parents that arrived, and what waits below that, at most
  /// about `blocksMax` blocks. What stands below a hash that the index does not know after all
  /// stays parked, as does what follows a block that is known in another place.
  ///
  /// @return blocks that were adopted
  int adopt(PrefixIndex index, int blocksMax) {
    return adoption.adopt(index, blocksMax);
  }

  /// Whether something waits for [#adopt].
  boolean isAdopting() {
    return adoption.isPending();
  }

  /// The first of the stretches that wait for a parent, by its entry; 0 if there is none.
  int startBelow(long high, long low) {
    int entry = firstBelow(high, low);
    while (entry != 0) {
      probes.count++;
      int next = starts.next(entry);
      if (isStale(entry)) {
        forgetStale(entry);
      } else if (isBelow(entry, high, low)) {
        return entry;
      }
      entry = next;
    }
    return 0;
  }

  private boolean isBelow(int entry, long high, long low) {
    int above = starts.block(entry) - 1;
    var lot = lotOf(entry);
    return lot.low(above) == low && lot.high(above) == high;
  }

  /// Whether there may be a stretch below a parent. Costs one probe.
  boolean mayBeBelow(long high, long low) {
    return starts.count() > 0 && firstBelow(high, low) != 0;
  }

  private int firstBelow(long high, long low) {
    return starts.first(print(high, low), probes);
  }

  /// The block with which the stretch of an entry begins.
  int blockOf(int entry) {
    return starts.block(entry);
  }

  /// Takes the first `length` blocks of the stretch that begins at an entry away.
  void take(int entry, int length) {
    var lot = lotOf(entry);
    int block = starts.block(entry);
    forget(entry);
    for (int i = 0; i < length; i++) {
      blocks--;
      held -= lot.isHeld(block + i) ? 1 : 0;
    }
    if (lot.take(block, length)) {
      begin(lot, block + length);
    }
    if (!forgetIfEmpty(lot) && lot.isWasteful()) {
      move(lot);
    }
  }

  /// The lot that an entry names.
  ParkedLot lotOf(int entry) {
    var lot = byNumber.get(starts.lot(entry));
    if (lot == null) {
      throw new IllegalStateException("orphans: entry %d of no lot".formatted(entry));
    }
    return lot;
  }

  private long print(long high, long low) {
    return mix(secret, high, low);
  }

  static long mix(long secret, long high, long low) {
    long x = (high ^ secret) * 0x9E37_79B9_7F4A_7C15L;
    x = (x ^ x >>> 32 ^ low) * 0xD6E8_FEB8_6659_FD93L;
    x = (x ^ x >>> 29 ^ secret) * 0xBF58_476D_1CE4_E5B9L;
    return x ^ x >>> 32;
  }
}
