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

/// Blocks that came before their parent (*orphans*), parked until it comes. Bounded for each owner
/// and in all.
///
/// Each holder, an owner and a tier, has its own ([HolderOrphans]), in *stretches*: consecutive
/// blocks of which only the first waits for a parent. Where stretches begin stands in a table by
/// parent ([StretchesByParent]). When a parent comes, the stretches below it are *adopted*: stored
/// in the index, each in one go ([Adoption]).
///
/// Parking, removing and adopting touch few entries for each block, however many wait for one
/// parent; clearing drops a reference for each tier. A chain takes about 20 B a block of 8 bytes, a
/// block with a parent of its own about 70 B. For the namespace's writer only.
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
  private final Map<Integer, HolderOrphans> holders = new HashMap<>();
  private final List<@Nullable HolderOrphans> byNumber = new ArrayList<>();
  private final ArrayDeque<Integer> freeNumbers = new ArrayDeque<>();
  private final Probes probes = new Probes();

  private final Adoption adoption = new Adoption(this);
  private StretchesByParent starts = new StretchesByParent();
  private int blocks;
  private int held;
  private long holderBytes;

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
    return holderBytes + starts.bytes() + adoption.bytes() + byNumber.size() * 64L;
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
    var holder = holders.computeIfAbsent(key(owner, tier), _ -> newHolder(owner, tier));
    int from = skip > 0 && find(holder, Identity.of(hashes, skip)) > 0 ? skip : 0;
    int room = Math.min(OWNER_BLOCKS_MAX - parkedOf(owner), BLOCKS_MAX - blocks);
    int dropped = hashes.length() - skip;
    if (from == skip || room > skip) {
      holderBytes -= holder.bytes();
      dropped =
          add(holder, from == 0 ? parent : hashes.slice(from - 1, from), hashes, from, skip, room);
      holderBytes += holder.bytes();
    }
    forgetIfEmpty(holder);
    return dropped;
  }

  private int add(
      HolderOrphans holder, BlockChain parent, BlockChain hashes, int from, int skip, int room) {
    var above = Identity.of(parent, 0);
    int left = room;
    for (int i = from; i < hashes.length(); i++) {
      var hash = Identity.of(hashes, i);
      if (i < skip || find(holder, hash) < 0) {
        if (left == 0) {
          return hashes.length() - i;
        }
        left--;
        blocks++;
        held += i < skip ? 0 : 1;
        if (holder.append(above.high, above.low, hash.high, hash.low, i < skip)) {
          begin(holder, holder.last());
        }
      }
      above = hash;
    }
    return 0;
  }

  private int find(HolderOrphans holder, Identity hash) {
    return holder.find(hash.high, hash.low, probes);
  }

  private static int key(int owner, Tier tier) {
    return owner * Tier.COUNT + tier.code();
  }

  private HolderOrphans newHolder(int owner, Tier tier) {
    if (freeNumbers.isEmpty()) {
      byNumber.add(null);
      freeNumbers.push(byNumber.size() - 1);
    }
    var holder = new HolderOrphans(freeNumbers.pop(), owner, tier, hashBytes, secret);
    byNumber.set(holder.number, holder);
    holderBytes += holder.bytes();
    return holder;
  }

  private int parkedOf(int owner) {
    int parked = 0;
    for (int code = 0; code < Tier.COUNT; code++) {
      var holder = holders.get(key(owner, Tier.of(code)));
      parked += holder == null ? 0 : holder.blocks();
    }
    return parked;
  }

  /// Notes that a stretch of `holder` begins at `block`.
  private void begin(HolderOrphans holder, int block) {
    starts.add(print(holder.high(block - 1), holder.low(block - 1)), holder.number, block, probes);
    holder.entries++;
  }

  /// Forgets a parked block of an owner in a tier; says whether there was one. What hangs below it
  /// waits for it from now on.
  boolean remove(int owner, Tier tier, BlockChain hashes, int i) {
    var holder = holders.get(key(owner, tier));
    int block = holder == null ? -1 : find(holder, Identity.of(hashes, i));
    if (holder == null || block < 0) {
      return false;
    }
    drop(holder, block);
    for (int above = block - 1; holder.leadsNowhere(above); above--) {
      drop(holder, above);
    }
    tidy(holder);
    return true;
  }

  private void drop(HolderOrphans holder, int block) {
    stale += holder.isStart(block) ? 1 : 0;
    take(holder, block, 1);
  }

  /// Takes `length` blocks of one stretch away, from `block` on. What follows them is a stretch.
  private void take(HolderOrphans holder, int block, int length) {
    blocks -= length;
    held -= holder.held();
    if (holder.take(block, length)) {
      begin(holder, block + length);
    }
    held += holder.held();
  }

  private void tidy(HolderOrphans holder) {
    if (!forgetIfEmpty(holder) && holder.isWasteful()) {
      move(holder);
    }
  }

  /// Moves what is left of a holder to new columns.
  private void move(HolderOrphans old) {
    var holder = newHolder(old.owner, old.tier);
    holders.put(key(old.owner, old.tier), holder);
    holderBytes -= holder.bytes();
    for (int start = old.nextStart(1); start > 0; start = old.nextStart(start + 1)) {
      for (int block = start; old.isLive(block); block++) {
        int above = block - 1;
        boolean begins =
            holder.append(
                old.high(above),
                old.low(above),
                old.high(block),
                old.low(block),
                !old.isHeld(block));
        if (begins) {
          begin(holder, holder.last());
        }
      }
    }
    holderBytes += holder.bytes();
    end(old);
  }

  /// Forgets all that an owner has parked in the tiers of a mask.
  void clear(int owner, int tierMask) {
    for (int code = 0; code < Tier.COUNT; code++) {
      var holder = (tierMask >>> code & 1) == 0 ? null : holders.remove(key(owner, Tier.of(code)));
      if (holder != null) {
        blocks -= holder.blocks();
        held -= holder.held();
        end(holder);
      }
    }
  }

  private boolean forgetIfEmpty(HolderOrphans holder) {
    boolean empty = !holder.isDead() && holder.blocks() == 0;
    if (empty) {
      holders.remove(key(holder.owner, holder.tier), holder);
      end(holder);
    }
    return empty;
  }

  private void end(HolderOrphans holder) {
    holderBytes -= holder.bytes();
    stale += holder.stretches();
    holder.die();
    freeNumber(holder);
  }

  private void freeNumber(HolderOrphans holder) {
    if (holder.isDead() && holder.entries == 0) {
      byNumber.set(holder.number, null);
      freeNumbers.push(holder.number);
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
    if (stale == 0 && starts.isWasteful()) {
      starts = starts.shrunk(probes);
      sweepAt = 1;
    }
  }

  private boolean isStale(int entry) {
    var holder = holderOf(entry);
    return holder.isDead() || !holder.isLive(starts.block(entry));
  }

  private void forgetStale(int entry) {
    stale--;
    forget(entry);
  }

  private void forget(int entry) {
    var holder = holderOf(entry);
    starts.remove(entry, probes);
    holder.entries--;
    freeNumber(holder);
  }

  /// Notes that the index knows the first `count` of `hashes` now: what waits for one of them is
  /// for [#adopt].
  void arrived(BlockChain hashes, int count) {
    adoption.arrived(hashes, count);
  }

  /// Stores in `index` what waits below parents that arrived, and what waits below that, at most
  /// about `blocksMax` blocks. What waits below a hash that the index does not know after all
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
    var holder = holderOf(entry);
    return holder.low(above) == low && holder.high(above) == high;
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
    var holder = holderOf(entry);
    int block = starts.block(entry);
    forget(entry);
    take(holder, block, length);
    tidy(holder);
  }

  /// The holder whose stretch an entry is.
  HolderOrphans holderOf(int entry) {
    var holder = byNumber.get(starts.holder(entry));
    if (holder == null) {
      throw new IllegalStateException("orphans: entry %d of no holder".formatted(entry));
    }
    return holder;
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
