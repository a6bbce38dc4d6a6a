// SPDX-License-Identifier: Apache-2.0
package io.incipit.store;

import io.incipit.block.Stat;
import io.incipit.store.block.BlockKey;
import io.incipit.store.disk.DiskStore;
import io.incipit.store.disk.DiskStore.Outcome;
import io.incipit.store.disk.record.Fingerprint;
import io.incipit.store.disk.record.KeyHash;
import io.incipit.store.memory.Family;
import io.incipit.store.memory.Handle;
import io.incipit.store.memory.HostStore;
import io.incipit.store.memory.Victims;
import io.incipit.store.retain.Departures.Reason;
import io.incipit.store.retain.Retention;
import io.incipit.store.tenant.Tenancy;
import io.incipit.store.tenant.Tenancy.Fate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// Lets values leave the tier `HOST` for the tier `DISK`, in the order in which the retention gives
/// them up, and knows which are in both. For the store's writer.
///
/// The last sixteenth of the pool is cleared ahead of need: a family that the retention gives up is
/// copied, stays readable until its copies are durable, and goes then. Where that is too slow for
/// what comes in, families go without a copy; none ever keeps a half of its members.
final class Demotion implements Victims {
  /// The share of the pool that is kept free.
  private static final int HEADROOM_LOG = 4;

  /// Families in a row that cannot go, after which the rest waits for the next round.
  private static final int KEPT_MAX = 64;

  /// Families that one change may let leave.
  static final int FAMILIES_A_CHANGE = 8;

  /// A family on its way.
  private static final class Leaving {
    final long id;
    final long[] handles;
    final long bytes;
    boolean copied;

    /// Somebody asked for it, so that it stays.
    boolean recalled;

    Leaving(long id, long[] handles, long bytes) {
      this.id = id;
      this.handles = handles;
      this.bytes = bytes;
    }
  }

  private final DiskStore disk;
  private final Retention retention;
  private final Consumer<Runnable> later;

  /// Is told which families have come to disk, or left it.
  private final LongConsumer moved;

  private final Tenancy tenancy;
  private final TierFault planted;
  private @Nullable HostStore host;

  /// Slots of values that are on disk as well.
  private final BitSet copied = new BitSet();

  /// By handle, values that are being copied.
  private final Map<Long, CompletableFuture<Outcome>> copying = new HashMap<>();

  /// By family.
  private final Map<Long, Leaving> leaving = new HashMap<>();

  /// Lost values whose relatives are in somebody's hands.
  private final List<KeyHash> lost = new ArrayList<>();

  /// Bytes of the pool that those take.
  private long leavingBytes;

  /// Removals from disk that the change in hand has asked for.
  private final List<CompletableFuture<Outcome>> removals = new ArrayList<>();

  /// What was filled in last, if that was not the retention's.
  private boolean filled;

  /// Whether a copy follows what replaces a value.
  private boolean keepsReplaced;

  private final Family family = new Family();
  private final AtomicInteger inBoth = new AtomicInteger();

  /// Copies that are durable and not marked yet: who waits for one counts right as soon as it is.
  private final AtomicInteger unmarked = new AtomicInteger();

  /// Whether disk may take more values.
  private boolean open = true;

  private long demoted;
  private long dropped;
  private long recalls;

  /// @param later runs something as a change of the store, called by any thread
  /// @param moved called by changes, with the family of what has come to disk or left it
  Demotion(
      DiskStore disk,
      Retention retention,
      Consumer<Runnable> later,
      LongConsumer moved,
      Tenancy tenancy,
      TierFault planted) {
    this.moved = moved;
    this.tenancy = tenancy;
    this.planted = planted;
    this.disk = disk;
    this.retention = retention;
    this.later = later;
  }

  /// Says which store it is for, before that is used.
  void host(HostStore store) {
    this.host = store;
  }

  private HostStore host() {
    return Objects.requireNonNull(host);
  }

  /// Bytes of a pool beyond which values leave it.
  static long limit(long poolBytes) {
    return poolBytes - (poolBytes >> HEADROOM_LOG);
  }

  /// Whether families are on their way, so that there will be room.
  boolean makesRoom() {
    return leavingBytes > 0 && disk.isWritable();
  }

  /// Whether disk takes more values.
  boolean isOpen() {
    return open && disk.isWritable();
  }

  /// Says whether what is replaced from now on is hidden by a copy of what replaces it.
  void keepsReplaced(boolean keeps) {
    keepsReplaced = keeps;
  }

  /// Lets families leave until the headroom is free or on its way to be.
  ///
  /// @param familiesMax that are looked at
  void ahead(int familiesMax) {
    long limit = limit(host().totalBytes());
    long leavingMax = host().totalBytes() >> HEADROOM_LOG;
    int kept = 0;
    for (int i = 0; i < familiesMax && kept < KEPT_MAX && isOpen(); i++) {
      if (host().usedBytes() - leavingBytes <= limit || leavingBytes >= leavingMax) {
        return;
      }
      family.clear();
      retention.next(family);
      if (family.size() == 0) {
        return;
      }
      if (!letGo(family)) {
        kept++;
        retention.kept(family);
      }
    }
  }

  /// @return whether it is gone or on its way
  private boolean letGo(Family those) {
    boolean needsCopy = false;
    boolean expires = false;
    for (int i = 0; i < those.size(); i++) {
      int slot = those.slot(i);
      if (!host().isIdle(slot)) {
        return false;
      }
      needsCopy |= !isCopied(slot);
      expires |= host().expiryNs(slot) != HostStore.NEVER && planted != TierFault.COPY_EXPIRING;
    }
    if (leaving.containsKey(name(those.slot(0)).high())) {
      return false;
    }
    if (expires || !needsCopy || planted == TierFault.DROP_ALL) {
      return host().evict(those);
    }
    depart(those);
    return true;
  }

  /// Lets a family leave, with a copy if disk takes it in time.
  Fate giveUp(Family those) {
    long id = name(those.slot(0)).high();
    boolean late = leavingBytes >= host().totalBytes() >> HEADROOM_LOG;
    if (!isOpen() || late) {
      return Fate.of(host().evict(those));
    }
    if (!letGo(those)) {
      return Fate.KEPT;
    }
    return leaving.containsKey(id) ? Fate.AWAY : Fate.GONE;
  }

  private void depart(Family those) {
    var handles = new long[those.size()];
    var copies = new ArrayList<CompletableFuture<Outcome>>();
    long bytes = 0;
    for (int i = 0; i < handles.length; i++) {
      int slot = those.slot(i);
      handles[i] = host().handle(slot);
      bytes += HostStore.takenBytes(host().length(slot));
      copies.add(copy(slot));
    }
    long id = name(those.slot(0)).high();
    for (long handle : handles) {
      retention.gone(handle, host().length(Handle.slot(handle)), Cause.EVICTED);
    }
    var departure = new Leaving(id, handles, bytes);
    leaving.put(id, departure);
    leavingBytes += bytes;
    var _ =
        CompletableFuture.allOf(copies.toArray(CompletableFuture[]::new))
            .whenComplete((_, _) -> later.accept(() -> copied(departure)));
  }

  /// Where a value is put in the retention.
  interface Filing {
    /// A value of a family is there.
    void stored(long timeNs, long handle, long id, int bytes);
  }

  /// Copies a value to disk, unless it is there or on its way.
  ///
  /// @return what comes of it
  CompletableFuture<Outcome> copy(int slot) {
    long handle = host().handle(slot);
    if (isCopied(slot)) {
      return CompletableFuture.completedFuture(Outcome.DURABLE);
    }
    var under = copying.get(handle);
    if (under != null) {
      return under;
    }
    var pin = host().pin(handle);
    if (pin.isEmpty()) {
      return CompletableFuture.completedFuture(Outcome.NOTHING);
    }
    var key = host().key(slot);
    var copy = disk.put(key, handle, fingerprint(key), new PinSource(pin.get()));
    var name = name(slot);
    var told =
        copy.whenComplete(
            (ended, _) -> {
              unmarked.addAndGet(ended == Outcome.DURABLE ? 1 : 0);
              later.accept(() -> copied(handle, name, ended));
            });
    copying.put(handle, told);
    return told;
  }

  private static Fingerprint fingerprint(byte[] key) {
    return BlockKey.parse(key)
        .map(block -> new Fingerprint(block.fingerprint(), 0))
        .orElse(Fingerprint.NONE);
  }

  private void copied(long handle, KeyHash name, Outcome outcome) {
    unmarked.addAndGet(outcome == Outcome.DURABLE ? -1 : 0);
    boolean there = copying.remove(handle) != null && host().has(handle);
    moved.accept(name.high());
    if (outcome == Outcome.DURABLE && there) {
      mark(Handle.slot(handle), true);
    } else if (outcome != Outcome.DURABLE && outcome != Outcome.SUPERSEDED) {
      if (there) {
        // What it was to hide must not come back.
        remove(name);
      } else {
        lost(name);
      }
    }
  }

  /// Whether disk has a copy of a value, which it may have given up and not said so yet.
  private boolean isCopied(int slot) {
    if (copied.get(slot) && disk.length(name(slot)).isEmpty()) {
      mark(slot, false);
    }
    return copied.get(slot);
  }

  private void mark(int slot, boolean isCopied) {
    if (copied.get(slot) != isCopied) {
      copied.set(slot, isCopied);
      inBoth.addAndGet(isCopied ? 1 : -1);
    }
  }

  /// A family has what copies it gets.
  private void copied(Leaving departure) {
    departure.copied = true;
    if (!departure.recalled) {
      evict(departure);
    }
    ahead(FAMILIES_A_CHANGE);
  }

  /// Lets a family go that has its copies, unless somebody has it in hand.
  private void evict(Leaving departure) {
    family.clear();
    fill(departure, family);
    if (family.size() == 0 || host().evict(family)) {
      end(departure);
    }
  }

  private void end(Leaving departure) {
    if (leaving.remove(departure.id, departure)) {
      leavingBytes -= departure.bytes;
    }
  }

  private void fill(Leaving departure, Family into) {
    for (long handle : departure.handles) {
      if (host().has(handle)) {
        into.add(Handle.slot(handle));
      }
    }
  }

  /// Somebody asked for a family: if it was about to leave it stays, as if it had come back.
  void recall(Filing connection, long timeNs, long id) {
    var departure = leaving.isEmpty() ? null : leaving.get(id);
    if (departure == null) {
      return;
    }
    departure.recalled = true;
    end(departure);
    tenancy.back(id);
    recalls++;
    for (long handle : departure.handles) {
      if (host().has(handle)) {
        connection.stored(timeNs, handle, id, host().length(Handle.slot(handle)));
      }
    }
  }

  /// Tries again what somebody had in hand.
  ///
  /// @param room whether disk may take more values
  void tick(boolean room) {
    open = room;
    var again = List.copyOf(lost);
    lost.clear();
    again.forEach(this::lost);
    for (var departure : List.copyOf(leaving.values())) {
      if (departure.copied) {
        evict(departure);
      }
    }
    ahead(Integer.MAX_VALUE);
  }

  @Override
  public void next(Family those) {
    filled = false;
    retention.next(those);
  }

  @Override
  public void with(long handle, Family those) {
    retention.with(handle, those);
    filled = those.size() == 0;
    if (filled) {
      leaving.values().stream()
          .filter(departure -> departure.copied && contains(departure, handle))
          .forEach(departure -> fill(departure, those));
    }
  }

  private static boolean contains(Leaving departure, long handle) {
    return Arrays.stream(departure.handles).anyMatch(one -> one == handle);
  }

  @Override
  public void kept(Family those) {
    if (!filled) {
      retention.kept(those);
    }
  }

  @Override
  public void gone(long handle, int length, Cause cause) {
    int slot = Handle.slot(handle);
    boolean below = copying.remove(handle) != null || copied.get(slot);
    if (planted != TierFault.KEEP_MARK) {
      mark(slot, false);
    }
    retention.gone(handle, length, cause);
    if (cause == Cause.REMOVED || cause == Cause.REPLACED) {
      boolean hidden =
          cause == Cause.REPLACED ? keepsReplaced : planted == TierFault.FORGET_REMOVED;
      hidden |= cause == Cause.REPLACED && planted == TierFault.FORGET_REPLACED;
      if (!hidden && (below || disk.isRecovering())) {
        remove(name(slot));
      }
    } else if (cause == Cause.EVICTED && below) {
      demoted++;
    } else if (cause == Cause.EVICTED) {
      dropped++;
      loseRelatives(name(slot));
    } else if (cause == Cause.CORRUPT && !below) {
      lost.add(name(slot));
    }
  }

  /// Removes the value of a key from disk.
  void remove(KeyHash hash) {
    moved.accept(hash.high());
    removals.add(disk.remove(hash));
  }

  /// A value gets an expiry, which only the pool knows: it is not to be on disk.
  void expires(int slot) {
    boolean copies = copying.remove(host().handle(slot)) != null;
    if (copies || copied.get(slot) || disk.isRecovering()) {
      mark(slot, false);
      remove(name(slot));
    }
  }

  /// A value that disk does not have leaves memory at a stop.
  ///
  /// @return what comes of its relatives' removal from disk
  List<CompletableFuture<Outcome>> lostForGood(KeyHash hash) {
    return disk.length(hash).isEmpty() ? loseRelatives(hash) : List.of();
  }

  /// What stands on disk for the key in a slot.
  KeyHash name(int slot) {
    return disk.hash(host().key(slot));
  }

  /// Everything goes.
  ///
  /// @return what comes of it on disk
  CompletableFuture<Outcome> clear() {
    copied.clear();
    inBoth.set(0);
    copying.clear();
    leaving.clear();
    lost.clear();
    leavingBytes = 0;
    return planted == TierFault.FORGET_CLEAR
        ? CompletableFuture.completedFuture(Outcome.DURABLE)
        : disk.clear();
  }

  /// A value came from disk, and is in both tiers.
  void promoted(long handle) {
    moved.accept(name(Handle.slot(handle)).high());
    mark(Handle.slot(handle), true);
    ahead(FAMILIES_A_CHANGE);
  }

  /// Disk has not got a value any more that nobody removed.
  ///
  /// @param wrong whether it was not what was written, or could not be read
  void gaveUp(KeyHash hash, boolean wrong) {
    retention.left(hash.high(), wrong ? Reason.CORRUPT : Reason.RECLAIMED);
    lost(hash);
  }

  /// A value was found wrong on disk, or given up there: if it is not in memory, its relatives are
  /// of no use.
  void lost(KeyHash hash) {
    moved.accept(hash.high());
    if (!settleLost(hash)) {
      lost.add(hash);
    }
  }

  /// @return false if a relative is in somebody's hands, and has to go later
  private boolean settleLost(KeyHash hash) {
    if (disk.length(hash).isPresent()) {
      return true;
    }
    family.clear();
    members(hash.high(), family);
    for (int i = 0; i < family.size(); i++) {
      if (name(family.slot(i)).equals(hash)) {
        mark(family.slot(i), false);
        return true;
      }
    }
    loseRelatives(hash);
    return family.size() == 0 || planted == TierFault.HALF_FAMILY || host().evict(family);
  }

  /// Slots of values that disk has no copy of and may have one.
  int[] uncopied() {
    var slots = new BitSet();
    host()
        .forEach(
            slot -> {
              if (!isCopied(slot)
                  && host().expiryNs(slot) == HostStore.NEVER
                  && planted != TierFault.STOP_WITHOUT_COPIES) {
                slots.set(slot);
              }
            });
    return slots.stream().toArray();
  }

  /// What was removed from disk since the last call.
  List<CompletableFuture<Outcome>> takeRemovals() {
    var taken = List.copyOf(removals);
    removals.clear();
    return taken;
  }

  /// Fills in the members of a family that are in the pool, those on their way included.
  void members(long id, Family into) {
    retention.members(id, into);
    var departure = leaving.get(id);
    if (departure != null) {
      fill(departure, into);
    }
  }

  /// Values that are in both tiers. Any thread.
  int inBoth() {
    return inBoth.get() + unmarked.get();
  }

  /// A member of a family is in no tier any more: the others go from disk.
  ///
  /// @return what comes of that
  private List<CompletableFuture<Outcome>> loseRelatives(KeyHash hash) {
    if (planted == TierFault.HALF_FAMILY) {
      return List.of();
    }
    moved.accept(hash.high());
    return disk.family(hash).stream().map(disk::remove).toList();
  }

  /// Counters, each of some moment. Any thread.
  List<Stat> stats() {
    return List.of(
        Stat.counter("store-demoted", demoted),
        Stat.counter("store-dropped", dropped),
        Stat.counter("store-recalled", recalls),
        Stat.gauge("store-leaving-bytes", leavingBytes));
  }
}
