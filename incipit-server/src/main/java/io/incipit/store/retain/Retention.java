// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.retain;

import io.incipit.block.Hint;
import io.incipit.env.Clock;
import io.incipit.policy.PoolConfig;
import io.incipit.policy.StorePool;
import io.incipit.store.memory.Family;
import io.incipit.store.memory.Handle;
import io.incipit.store.memory.HostStore;
import io.incipit.store.memory.Victims;
import io.incipit.store.regret.RegretMeter;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/// Says which values of a store go when there is no room, by a policy of the simulator. Values are
/// members of blocks (ranks, metadata, layers); the members of a block go together or not at all.
///
/// For one thread, the store's writer; never blocks.
public final class Retention implements Victims {
  /*
   * The members of a block are a list through the store's slots:
   *
   *   pool.member(block) -> slot -> slot -> ... -> ~block         links, 4 B a slot
   *
   * so the block of a member is found by going to the end. Families are small.
   */
  private static final int NONE = StorePool.NONE;

  /// Victims that could not go, after which those are looked at that wait for their path.
  private static final int KEPT_IN_ROW_MAX = 8;

  /// The link of a slot that is a member of no block.
  private static final int UNLINKED = Integer.MIN_VALUE;

  /// Pinned blocks that are passed over for one victim.
  private static final int PASSED_MAX = 64;

  /// Guarded blocks that are in one change: it may be an event loop's.
  private static final int GUARDED_MAX = 1 << 12;

  /// Guarded blocks that are for one victim, where all were of late.
  private static final int GUARDED_AGAIN_MAX = 1 << 9;

  private final RetentionConfig config;
  private final Clock clock;
  private final StorePool pool;
  private final RetainFault planted;
  private final long startNs;
  private int[] links = new int[0];
  private long nowNs;

  /// What members take of the pool, those of size classes included.
  private long bytes;

  /// The block whose members the store was told to give up.
  private int leaving = NONE;

  /// By handle, values whose place in a path is not known yet.
  private final LinkedHashMap<Long, Unfiled> unfiled = new LinkedHashMap<>();

  /// By id, how many of those there are.
  private final Map<Long, Integer> unfiledOf = new HashMap<>();

  private final Declined declined = new Declined();

  /// Whether the last victim was one of [#declined].
  private boolean offersDeclined;

  /// Victims in a row that could not go.
  private int keptInRow;

  private final Pins pins = new Pins();

  /// Blocks that do not go to make room for others.
  private LongPredicate guarded = _ -> false;

  /// Guarded blocks that may be passed over in this change.
  private int guardsLeft = GUARDED_MAX;

  /// Those that were since one was met that may go.
  private int guardsInRow;

  /// Whether those were all, and when.
  private boolean futile;

  private long futileNs;

  /// Whether others are met when [#next] is called in another change.
  private boolean passing;

  private final Departures departures = new Departures();

  /// What compares it with other policies, if anything does.
  private @Nullable RegretMeter meter;

  private record Unfiled(long id, int length) {}

  /// Makes what decides for an empty store.
  ///
  /// @param clock of the store
  public Retention(RetentionConfig config, Clock clock) {
    this(config, clock, RetainFault.NONE);
  }

  Retention(RetentionConfig config, Clock clock, RetainFault planted) {
    this.planted = planted;
    this.config = config;
    this.clock = clock;
    this.startNs = clock.nanoTime();
    this.pool = new StorePool(config.pool(), config.policy().factory());
  }

  /// Tells a meter of all that is asked for from now on, and of what room there is.
  public void meter(RegretMeter told) {
    meter = told;
  }

  /// Says which blocks do not go to make room, nor are given up before they came.
  public void guard(LongPredicate ids) {
    guarded = ids;
  }

  /// Another change begins: what room is made for in it is not what it was made for before.
  public void begin() {
    pool.roomMade();
    guardsLeft = GUARDED_MAX;
    passing = false;
  }

  /// Whether [#next] has found nothing in this change, and goes on where it stopped in another.
  public boolean isPassing() {
    return passing;
  }

  /// A path was asked for, whatever of it is there.
  ///
  /// @param timeNs when, by [Clock#nanoTime]
  /// @param ids of its blocks from the root, or from as far up as is known
  /// @return leading blocks that are present
  public int asked(long timeNs, long[] ids, int length) {
    return asked(timeNs, ids, length, length * config.blockTokens());
  }

  /// As [#asked(long, long\[\], int)], of a prompt of which more is known.
  ///
  /// @param tokens of the prompt
  public int asked(long timeNs, long[] ids, int length, int tokens) {
    return asked(timeNs, ids, 0, length, tokens, config.blockTokens());
  }

  /// A path that was told before has grown.
  ///
  /// @param from its length before
  void grown(long timeNs, long[] ids, int from, int length) {
    asked(timeNs, ids, from, length, length * config.blockTokens(), config.blockTokens());
  }

  private int asked(long timeNs, long[] ids, int from, int length, int tokens, int blockTokens) {
    int before = pool.ask(at(timeNs), ids, length, tokens, blockTokens);
    int leading = leading(before, ids, length);
    if (meter != null) {
      meter.asked(timeNs, ids, from, length, leading);
    }
    return leading;
  }

  /// As [#asked(long, long\[\], int)], of a prompt whose blocks have tokens of their own.
  ///
  /// @param blockTokens of each block, positive
  public void askedBlocks(long timeNs, long[] ids, int blockTokens) {
    long tokens = Math.min((long) ids.length * blockTokens, Integer.MAX_VALUE);
    asked(timeNs, ids, 0, ids.length, (int) tokens, blockTokens);
  }

  /// Files what of a path that was asked for was declined before.
  ///
  /// @return leading blocks that are present
  private int leading(int before, long[] ids, int length) {
    int leading = before;
    if (!declined.isEmpty()) {
      for (int i = before; i < length; i++) {
        long id = ids[i];
        if (pool.slot(id) != NONE) {
          declined.hand(id, (handle, bytesEach) -> keep(handle, id, bytesEach));
        }
        leading += leading == i && isPresent(id) ? 1 : 0;
      }
    }
    return leading;
  }

  /// A value was committed as a member of a block.
  ///
  /// @param length bytes of the value
  public void stored(long handle, long id, int length) {
    int slot = Handle.slot(handle);
    reserve(slot);
    if (links[slot] != UNLINKED) {
      return;
    }
    if ((declined.has(id) || pool.isDeclined(id))
        && pins.find(id, clock.nanoTime()).isEmpty()
        && !guarded.test(id)) {
      departures.forget(id);
      declined.add(id, handle, length);
      pool.roomMade();
      return;
    }
    keep(handle, id, length);
  }

  private void keep(long handle, long id, int length) {
    int slot = Handle.slot(handle);
    int block = pool.slot(id);
    if (planted == RetainFault.LOSE_MEMBERS && block != NONE && pool.member(block) >= 0) {
      return;
    }
    int first = block == NONE ? NONE : pool.member(block);
    if (first == NONE) {
      departures.forget(id);
    }
    block = pool.put(now(), id, slot);
    links[slot] = first == NONE ? ~block : first;
    bytes += HostStore.takenBytes(length);
    double blocks = (double) config.capacityBytes() * pool.present() / bytes;
    int capacity = (int) Math.clamp(blocks, 1, PoolConfig.CAPACITY_MAX);
    pool.capacity(capacity);
    if (meter != null) {
      meter.capacity(capacity);
    }
  }

  /// A value was committed whose block nobody has asked for: what path it is on will be known soon,
  /// and then [#file] is called. Until then it is not given up.
  void unfiled(long handle, long id, int length) {
    if (!unfiled.containsKey(handle)) {
      unfiledOf.merge(id, 1, Integer::sum);
    }
    unfiled.put(handle, new Unfiled(id, length));
  }

  /// Files what [#unfiled] said, if it is still there.
  void file(long handle) {
    var value = takeUnfiled(handle);
    if (value != null) {
      stored(handle, value.id(), value.length());
    }
  }

  private @Nullable Unfiled takeUnfiled(long handle) {
    var value = unfiled.remove(handle);
    if (value != null) {
      unfiledOf.computeIfPresent(value.id(), (_, count) -> count == 1 ? null : count - 1);
    }
    return value;
  }

  /// Somebody who knows says what becomes of a path; see [Hint]. Policies that do not listen ignore
  /// it.
  public void hint(long timeNs, long[] ids, int length, Hint hint) {
    pool.hint(at(timeNs), ids, length, hint);
  }

  /// Keeps a block until it is unpinned, or a time has come; pinned again, what was said last
  /// holds. That it is still there is for who pins to see.
  ///
  /// @param hard whether it stays even if nothing else can go; else it goes last
  /// @param untilNs by [Clock#nanoTime]
  /// @return whether there was room for one more pin
  public boolean pin(long id, boolean hard, long untilNs) {
    return pin(id, new Pins.Pinned(hard, untilNs, 0));
  }

  /// As [#pin(long, boolean, long)], of a block whose size is known.
  public boolean pin(long id, Pins.Pinned pin) {
    if (pins.find(id, clock.nanoTime()).isEmpty() && !pins.hasRoom(1, clock.nanoTime())) {
      return false;
    }
    pins.add(id, pin);
    declined.hand(id, (handle, length) -> keep(handle, id, length));
    int block = pool.slot(id);
    if (block != NONE && pool.member(block) >= 0) {
      // Else many would be passed over for the next victim.
      pool.hold(now(), block);
    }
    return true;
  }

  /// Lets a pinned block go.
  ///
  /// @return whether it was pinned
  public boolean unpin(long id) {
    return pins.remove(id);
  }

  /// Lets all pinned blocks go.
  public void unpinAll() {
    pins.clear();
  }

  /// Whether a block is pinned so that it never goes.
  public boolean isPinned(long id) {
    return pins.isHard(id, clock.nanoTime());
  }

  /// The pins there are.
  public Pins pins() {
    return pins;
  }

  /// Whether a block begins a run: paths part before it, as far as is known.
  public boolean beginsRun(long id) {
    int slot = pool.slot(id);
    return slot != NONE && pool.beginsRun(slot);
  }

  /// Notes why a block is not in the store, where that was not seen here: unless it is in memory.
  public void left(long id, Departures.Reason reason) {
    if (!isPresent(id)) {
      departures.add(id, clock.nanoTime(), reason);
    }
  }

  /// When and why a block left, if that was not long ago: blocks in the order of tens of thousands.
  public Optional<Departures.Departure> departed(long id) {
    return departures.find(id);
  }

  /// Whether anything is known of a block: it is present, or was asked for, even if the policy has
  /// given it up since.
  public boolean isKnown(long id) {
    return pool.slot(id) != NONE || pool.isDeclined(id) || declined.has(id);
  }

  /// Blocks that are present.
  public int blocks() {
    return pool.present();
  }

  /// Whether a block is present.
  public boolean isPresent(long id) {
    int slot = pool.slot(id);
    return (slot != NONE && pool.member(slot) >= 0) || declined.has(id);
  }

  /// Whether a block may be the one behind another in a path, as far as is known.
  boolean mayFollow(long above, long id) {
    return pool.mayFollow(above, id);
  }

  private void reserve(int slot) {
    int before = links.length;
    if (slot >= before) {
      links = Arrays.copyOf(links, slot + Math.max(256, slot >> 4));
      Arrays.fill(links, before, links.length, UNLINKED);
    }
  }

  /// Whether a value of a block is worth taking; called right before room is made for it. It is not
  /// if the block was asked for and the policy has given it up since, before others, to make room.
  /// That can also happen while room is made for it, which is refused then.
  ///
  /// A value that is stored all the same is the next to go, until somebody asks for it.
  public boolean admits(long id) {
    return pool.admits(id);
  }

  @Override
  public void next(Family family) {
    long now = now();
    offersDeclined = declined.next(now, StorePool.HELD_NS, pool::isIncoming, family);
    if (offersDeclined) {
      return;
    }
    int softest = NONE;
    int guard = NONE;
    int guards = 0;
    int guardsMax = guardsMax(now);
    for (int passed = 0; passed - guards < PASSED_MAX && guards < guardsMax; passed++) {
      leaving = passed == 0 ? pool.victim(now) : pool.nextVictim(now);
      if ((leaving == NONE || keptInRow > KEPT_IN_ROW_MAX) && !unfiled.isEmpty()) {
        fileAll();
        leaving = pool.victim(now);
      }
      if (leaving == NONE || leaving == softest || leaving == guard) {
        break;
      }
      var pin = pin(leaving);
      if (guarded.test(pool.id(leaving))) {
        guard = guard == NONE ? leaving : guard;
        guards++;
      } else if (pin == null) {
        guardsLeft -= guards;
        guardsInRow = 0;
        futile = false;
        fill(leaving, family);
        return;
      } else {
        softest = softest == NONE && !pin.hard() ? leaving : softest;
      }
      pool.hold(now, leaving);
    }
    noteGuards(now, guards, leaving == NONE || leaving == guard);
    passing = guards == guardsMax && !futile;
    leaving = guard == NONE ? leaving : NONE;
    if (leaving == NONE && softest == NONE) {
      // Nothing else can go: perhaps what could not does now.
      offersDeclined = declined.next(now, 0, pool::isIncoming, family);
      return;
    }
    if (softest != NONE && !unfiled.isEmpty()) {
      fileAll();
      next(family);
      return;
    }
    // Nothing else can go: a block that is pinned softly does. Held, it is a victim again at once.
    if (softest != NONE) {
      leaving = softest;
      fill(leaving, family);
    }
  }

  /// Guarded blocks that may be passed over for the next victim: few where all were of late.
  private int guardsMax(long now) {
    if (futile && now - futileNs >= StorePool.HELD_NS) {
      futile = false;
      guardsInRow = 0;
    }
    return futile ? GUARDED_AGAIN_MAX : Math.max(PASSED_MAX, guardsLeft);
  }

  /// Notes how many guarded blocks were passed over, and none was met that may go.
  ///
  /// @param all whether there are no others
  private void noteGuards(long now, int guards, boolean all) {
    guardsLeft -= guards;
    guardsInRow += guards;
    if (!futile && guards > 0 && (all || guardsInRow > pool.present())) {
      futile = true;
      futileNs = now;
    }
  }

  private Pins.@Nullable Pinned pin(int block) {
    return planted == RetainFault.IGNORE_PINS
        ? null
        : pins.find(pool.id(block), clock.nanoTime()).orElse(null);
  }

  @Override
  public void with(long handle, Family family) {
    int slot = Handle.slot(handle);
    file(handle);
    var id = declined.idOf(handle);
    if (id != null) {
      declined.fill(id, family);
      return;
    }
    if (slot >= links.length || links[slot] == UNLINKED) {
      return;
    }
    leaving = block(slot);
    var pin = pin(leaving);
    if ((pin == null || !pin.hard()) && !guarded.test(pool.id(leaving))) {
      fill(leaving, family);
    }
  }

  /// The block that has to go before one, since it is of no use without: below it, or itself.
  public long tip(long id) {
    return pool.tip(id);
  }

  /// Files all that waits for its path: better a guess too early than no victim.
  private void fileAll() {
    List.copyOf(unfiled.keySet()).forEach(this::file);
  }

  /// Fills in the members of a block, those that are not filed included.
  ///
  /// @param family empty
  public void members(long id, Family family) {
    if (unfiledOf.containsKey(id)) {
      unfiled.entrySet().stream()
          .filter(waiting -> waiting.getValue().id() == id)
          .map(Map.Entry::getKey)
          .toList()
          .forEach(this::file);
    }
    declined.fill(id, family);
    int block = pool.slot(id);
    if (block != NONE) {
      fill(block, family);
    }
  }

  private void fill(int block, Family family) {
    for (int slot = pool.member(block); slot >= 0; slot = links[slot]) {
      family.add(slot);
      if (planted == RetainFault.HALF_FAMILY) {
        return;
      }
    }
  }

  @Override
  public void kept(Family family) {
    keptInRow++;
    if (offersDeclined) {
      declined.kept(now());
    } else if (planted != RetainFault.FORGET_KEPT) {
      pool.hold(now(), leaving);
    }
  }

  @Override
  public void gone(long handle, int length, Cause cause) {
    keptInRow = 0;
    int slot = Handle.slot(handle);
    var id = declined.idOf(handle);
    if (id != null) {
      if (declined.remove(id, handle)) {
        departures.add(id, clock.nanoTime(), Departures.Reason.of(cause));
      }
      return;
    }
    if (slot >= links.length || links[slot] == UNLINKED) {
      var _ = takeUnfiled(handle);
      return;
    }
    int block = block(slot);
    boolean last = unlink(slot, block);
    if (last || cause == Cause.CORRUPT) {
      departures.add(pool.id(block), clock.nanoTime(), Departures.Reason.of(cause));
    }
    if (meter != null && last && (cause == Cause.REMOVED || cause == Cause.CORRUPT)) {
      meter.removed(clock.nanoTime(), pool.id(block));
    }
    bytes -= HostStore.takenBytes(length);
    if (last && cause == Cause.REPLACED) {
      pool.expect(now(), block);
    } else if (last && planted == RetainFault.KEEP_UNREACHABLE && cause != Cause.EVICTED) {
      pool.expect(now(), block);
    } else if (last) {
      pool.gone(block);
    } else if (cause == Cause.REMOVED || cause == Cause.CORRUPT) {
      pool.lose(block);
    }
  }

  /// The block that a slot is a member of.
  private int block(int slot) {
    int link = links[slot];
    while (link >= 0) {
      link = links[link];
    }
    return ~link;
  }

  /// Takes a slot out of the list of a block.
  ///
  /// @return whether it was alone in it
  private boolean unlink(int slot, int block) {
    int next = links[slot];
    links[slot] = UNLINKED;
    int before = pool.member(block);
    if (before == slot) {
      if (next >= 0) {
        pool.member(block, next);
      }
      return next < 0;
    }
    while (links[before] != slot) {
      before = links[before];
    }
    links[before] = next;
    return false;
  }

  private long now() {
    return at(clock.nanoTime());
  }

  private long at(long timeNs) {
    nowNs = Math.max(nowNs, timeNs - startNs);
    return nowNs;
  }
}
