// SPDX-License-Identifier: Apache-2.0
package io.incipit.store;

import io.incipit.block.Hash64;
import io.incipit.block.Hint;
import io.incipit.block.Stat;
import io.incipit.env.Clock;
import io.incipit.env.RawDisk;
import io.incipit.quota.Quotas;
import io.incipit.store.disk.DiskStore.Outcome;
import io.incipit.store.disk.record.KeyHash;
import io.incipit.store.memory.Family;
import io.incipit.store.memory.Handle;
import io.incipit.store.memory.HostStore;
import io.incipit.store.memory.HostStore.Conflict;
import io.incipit.store.memory.Memory;
import io.incipit.store.memory.Pin;
import io.incipit.store.memory.Reservation;
import io.incipit.store.memory.StoreConfig;
import io.incipit.store.memory.Victims;
import io.incipit.store.regret.RegretMeter;
import io.incipit.store.retain.Departures.Reason;
import io.incipit.store.retain.PathGuess;
import io.incipit.store.retain.Retention;
import io.incipit.store.retain.RetentionConfig;
import io.incipit.store.tenant.Tenancy;
import io.incipit.store.tenant.Tenancy.Fate;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Values by key: what a Redis would keep, and here is kept by whole families of keys, in memory
/// and below it on disk.
///
/// Reads are for any thread and never wait. What changes the store runs inside of a [Change], one
/// at a time; methods that say *change* are called there only.
public final class Store implements AutoCloseable {
  /// The expiry of what does not expire.
  public static final long NEVER = HostStore.NEVER;

  /// An expiry for [#commit]: that of the value before.
  public static final long KEEP = -1;

  private static final int TESTED_A_TICK = 1 << 20;

  /// Tokens of a value, where nobody says: as many as LMCache's chunks have.
  private static final int CHUNK_TOKENS = 256;

  /// A cursor of [#scan] beyond the keys that are in memory.
  private static final long ON_DISK = 1L << 62;

  private static final CompletableFuture<String> SETTLED = CompletableFuture.completedFuture("");

  /// What is known of the value of a key without reading it.
  ///
  /// @param length its bytes
  /// @param expiryNs when it is gone, by the clock, or [#NEVER]
  /// @param memoryBytes what it takes of memory
  /// @param name the same as long as the key has this value in the same tier, and no other value's
  public record Found(int length, long expiryNs, long memoryBytes, long name) {}

  /// How other processes of this machine read the memory.
  ///
  /// @param path of the file that it is
  /// @param leaseMs for how long what they are told of stays
  public record Shared(String path, long leaseMs) {}

  private final StoreOptions options;
  private final TierFault planted;
  private final Clock clock;
  private final long seed;
  private final HostStore host;
  private final ChangeLane lane;
  private final Tombstones tombstones = new Tombstones();
  private final Retention retention;
  private final RegretMeter regret;
  private final PathGuess paths;
  private final Visits visits;
  private final Tenancy tenancy;
  private final Blocks blocks;
  private final LongAdder hits = new LongAdder();
  private final LongAdder misses = new LongAdder();
  private final LongAdder kept = new LongAdder();
  private final LongAdder broken = new LongAdder();
  private final LongAdder owed = new LongAdder();

  /// What is below memory, if anything is; then all three are there.
  private final @Nullable DiskTier tier;

  private final @Nullable Demotion demotion;
  private final @Nullable Promotion promotion;
  private final Scrubber scrubber;

  private final @Nullable BlockFinder finder;

  /// Copies that the change in hand waits for.
  private final List<CompletableFuture<Outcome>> made = new ArrayList<>();

  /// Whether the change in hand removes everything, and what comes of it on disk.
  private @Nullable CompletableFuture<Outcome> clears;

  /// A store of all of `memory`, which it closes when it is closed.
  ///
  /// @param disk where files are, if the options name a directory
  /// @param seed of the hashes of keys, if the directory has none; not to be guessed
  /// @throws IOException if the directory cannot be used
  public static Store open(
      StoreOptions options, Memory memory, RawDisk disk, Clock clock, long seed)
      throws IOException {
    return open(options, memory, disk, clock, seed, TierFault.NONE);
  }

  static Store open(
      StoreOptions options, Memory memory, RawDisk disk, Clock clock, long seed, TierFault planted)
      throws IOException {
    var below = options.disk();
    if (below.isEmpty()) {
      return new Store(options, memory, null, clock, seed, planted);
    }
    try {
      var tier = DiskTier.open(below.get(), options.metadataBytes() / 2, disk, clock);
      return new Store(options, memory, tier, clock, tier.disk.identity(), planted);
    } catch (IOException | RuntimeException failure) {
      memory.close();
      throw failure;
    }
  }

  private Store(
      StoreOptions options,
      Memory memory,
      @Nullable DiskTier tier,
      Clock clock,
      long seed,
      TierFault planted) {
    this.planted = planted;
    this.options = options;
    this.clock = clock;
    this.seed = seed;
    this.tier = tier;
    this.retention = new Retention(retention(options), clock);
    this.regret = new RegretMeter(clock, seed);
    retention.meter(regret);
    this.paths = new PathGuess(retention);
    this.tenancy = new Tenancy(key -> name(key).high(), options::weight, retention, this::giveUp);
    this.blocks = new Blocks(this, seed, clock, options.putTimeout().toNanos());
    this.demotion =
        tier == null
            ? null
            : new Demotion(tier.disk, retention, this::background, blocks::touch, tenancy, planted);
    this.visits = new Visits(new Asked());
    this.lane = new ChangeLane(this::begin, this::tick, clock);
    var config =
        new StoreConfig(
            options.metadataBytes(),
            options.putTimeout().toNanos(),
            options.readLease().toNanos(),
            seed);
    this.host =
        new HostStore(config, memory, watched(demotion == null ? retention : demotion), clock);
    var disk = tier == null ? null : tier.disk;
    this.scrubber = new Scrubber(host, disk, options.scrubBytes(), options.verifyAge());
    this.finder = tier == null ? null : new BlockFinder(tier.disk, blocks, lane::alone);
    if (tier == null || demotion == null) {
      this.promotion = null;
    } else {
      demotion.host(host);
      tier.tenants.pinned(retention::isPinned);
      this.promotion = new Promotion(tier.disk, host, demotion, lane::alone, clock);
    }
  }

  private static RetentionConfig retention(StoreOptions options) {
    long bytes = options.hostBytes();
    long kept = options.disk().isPresent() ? Demotion.limit(bytes) : bytes;
    return RetentionConfig.of(options.policy(), kept, CHUNK_TOKENS);
  }

  /// Begins to run changes that take long.
  public void start() {
    lane.start();
    scrubber.start();
    regret.start();
  }

  /// What comes before each change.
  private void begin() {
    blocks.begin();
    retention.begin();
    visits.tell();
    tenancy.begin();
    made.clear();
    clears = null;
    if (demotion != null) {
      demotion.takeRemovals();
    }
  }

  /// What is done about what clients ask for.
  private final class Asked implements Visits.Listener {
    @Override
    public void asked(PathGuess.Connection connection, long timeNs, long id) {
      connection.asked(timeNs, id);
      tenancy.used(id);
      if (demotion != null) {
        demotion.recall(connection::stored, timeNs, id);
      }
    }

    @Override
    public void named(long timeNs, long[] ids, int blockTokens, Hint hint) {
      if (!(hint instanceof Hint.None)) {
        retention.hint(timeNs, ids, ids.length, hint);
        return;
      }
      retention.askedBlocks(timeNs, ids, blockTokens);
      tenancy.used(ids);
      blocks.used(timeNs, ids);
      for (long id : ids) {
        recall(timeNs, id);
      }
    }
  }

  /// What is about to leave memory stays. Change.
  void recall(long timeNs, long id) {
    if (demotion != null) {
      demotion.recall(this::file, timeNs, id);
    }
  }

  private void file(long timeNs, long handle, long id, int bytes) {
    retention.stored(handle, id, bytes);
  }

  private void tick() {
    host.sweep(TESTED_A_TICK);
    tombstones.sweep(clock.nanoTime());
    paths.tick(clock.nanoTime());
    if (tier != null && demotion != null) {
      tier.tick(demotion);
    }
    blocks.tick();
    tenancy.tick();
  }

  private Fate giveUp(Family family) {
    return demotion == null ? Fate.of(host.evict(family)) : demotion.giveUp(family);
  }

  private Victims watched(Victims victims) {
    return new WatchedVictims(victims, blocks, tenancy, slot -> host().key(slot));
  }

  private HostStore host() {
    return host;
  }

  /// Begins to find the blocks that are on disk, if nobody has since the start.
  ///
  /// @return whether all are found
  boolean findBlocks() {
    return finder == null || finder.start();
  }

  /// Runs a change at once, if nobody else has one to run and it does not take long.
  ///
  /// @return whether it was made
  public boolean now(Change change) {
    return visits.waiting() <= Visits.FEW && lane.now(change);
  }

  /// Hands a change to the store's thread, which calls [Change#made] in the end.
  public void later(Change change) {
    lane.later(change);
  }

  /// Runs something as a change, soon.
  void background(Runnable task) {
    lane.later(Change.quietly(task));
  }

  /// Runs something that reads files, on a thread that may block. Without a disk, at once.
  public void offload(Runnable task) {
    if (promotion == null) {
      task.run();
    } else {
      promotion.offload(task);
    }
  }

  /// When all that the change in hand did is as durable as it has to be. Change, at its end.
  ///
  /// @return with what to tell whoever asked if that failed, else empty
  public CompletableFuture<String> settled() {
    var removals =
        demotion == null ? List.<CompletableFuture<Outcome>>of() : demotion.takeRemovals();
    if (clears != null) {
      return clears.thenApply(DiskTier::refusalOfClear);
    }
    var announced = blocks.announced();
    if (removals.isEmpty() && made.isEmpty()) {
      return announced.map(told -> told.thenApply(_ -> "")).orElse(SETTLED);
    }
    var all = new ArrayList<>(removals);
    var copies = List.copyOf(made);
    all.addAll(copies);
    var whole = new ArrayList<CompletableFuture<?>>(all);
    announced.ifPresent(whole::add);
    return CompletableFuture.allOf(whole.toArray(CompletableFuture[]::new))
        .thenApply(
            _ -> {
              owed.add(removals.stream().filter(DiskTier::isOwed).count());
              return DiskTier.refusal(copies);
            });
  }

  /// The clock that expiries are told by.
  public Clock clock() {
    return clock;
  }

  /// The family of a key.
  public KeyFamily family(byte[] key) {
    return KeyFamily.of(key, seed);
  }

  /// One client, whose requests in a row are guessed to be for one prompt. For one thread.
  public final class Visitor {
    private final PathGuess.Connection connection = paths.open();
    private final Promises promises = new Promises();

    private Visitor() {}

    /// Pins the value of a key to read it, if it is in memory, and counts a hit or a miss.
    public Optional<Pin> read(byte[] key) {
      return read(key, name(key));
    }

    private Optional<Pin> read(byte[] key, KeyHash name) {
      var pin = pin(key, name);
      boolean there = pin.isPresent() || isOnDisk(name);
      (there ? hits : misses).increment();
      if (!there && promises.isBroken(tombstone(name), clock.nanoTime())) {
        broken.increment();
      }
      visits.asked(connection, clock.nanoTime(), name.high());
      return pin;
    }

    /// Pins a part of a block to read it, if it is in memory, and counts a hit or a miss. Who asks
    /// has [asked][Store#asked] for its path. One on disk stays there until it is read, whatever
    /// those before it push out of memory.
    public Optional<Pin> readPart(byte[] key) {
      var name = name(key);
      var pin = pin(key, name);
      boolean below = pin.isEmpty() && isOnDisk(name);
      if (below && tier != null) {
        tier.tenants.lease(name, options.readLease().toNanos());
      }
      (pin.isPresent() || below ? hits : misses).increment();
      return pin;
    }

    /// Counts a miss: a block is not there.
    public void missed() {
      misses.increment();
    }

    /// Brings the value of a key into memory that [#read] did not find there.
    ///
    /// @param wake called by any thread, when the arrival is done
    /// @return none if the key has no value
    public Optional<Arrival> bring(byte[] key, Runnable wake) {
      return promotion != null && isOnDisk(name(key))
          ? Optional.of(promotion.bring(connection, key, wake))
          : Optional.empty();
    }

    /// Whether a key has a value, which is then kept for a while: who asks will read it.
    public boolean exists(byte[] key) {
      var name = name(key);
      var pin = read(key, name);
      long leaseNs = options.readLease().toNanos();
      if (pin.isPresent()) {
        try (var found = pin.get()) {
          found.lease(leaseNs);
        }
      } else if (tier != null && isOnDisk(name)) {
        tier.tenants.lease(name, leaseNs);
      } else {
        return false;
      }
      promises.give(tombstone(name), clock.nanoTime() + leaseNs);
      return true;
    }

    /// The client is gone.
    public void leave() {
      visits.left(connection, clock.nanoTime());
    }
  }

  /// Somebody asked for the blocks of a prompt.
  ///
  /// @param ids of the blocks from the root, there or not; not changed from here on
  /// @param blockTokens of each
  public void asked(long[] ids, int blockTokens) {
    visits.named(clock.nanoTime(), ids, blockTokens, Hint.NONE);
  }

  void hinted(long[] ids, Hint hint) {
    visits.named(clock.nanoTime(), ids, 0, hint);
  }

  /// Says which quotas namespaces have, before the store starts.
  ///
  /// @param redis the namespace that the keys of Redis are
  public void quotas(Quotas quotas, String redis) {
    tenancy.quotas(quotas, redis);
  }

  Tenancy tenancy() {
    return tenancy;
  }

  /// The blocks in this store.
  public Blocks blocks() {
    return blocks;
  }

  /// The name of the policy that says what is kept.
  public String policy() {
    return options.policy().toString();
  }

  Retention retention() {
    return retention;
  }

  /// Whether what leaves memory goes to disk. Change.
  boolean keepsBelow() {
    return demotion != null && demotion.isOpen();
  }

  /// Somebody brings a value that is there: what is on disk only counts as read. Change.
  void touch(byte[] key) {
    if (tier != null && !isHeld(key)) {
      tier.disk.touch(name(key));
    }
  }

  /// Whether a key has a value in memory. Change.
  boolean isHeld(byte[] key) {
    return host.handle(key) != Handle.NONE;
  }

  /// Loses the value of a key in both tiers, and nothing else: a test's bad sector. Change.
  void lose(byte[] key) {
    if (tier != null && demotion != null && isOnDisk(name(key))) {
      demotion.remove(name(key));
    }
    host.remove(key);
  }

  /// Whether a key has a value on disk, or nobody knows yet.
  boolean mayBeOnDisk(byte[] key) {
    return tier != null && (tier.disk.isRecovering() || isOnDisk(name(key)));
  }

  boolean isOnDisk(byte[] key) {
    return tier != null && isOnDisk(name(key));
  }

  /// A client that comes.
  public Visitor visitor() {
    return new Visitor();
  }

  private boolean isOnDisk(KeyHash name) {
    return tier != null && tier.has(name);
  }

  /// Pins the value of a key to look at it, if it is in memory.
  public Optional<Pin> look(byte[] key) {
    return tier == null ? host.pin(key) : pin(key, name(key));
  }

  /// Pins the value of a key, if it is in memory. One that is in neither tier may have gone up just
  /// between the two looks, so memory has the last word.
  private Optional<Pin> pin(byte[] key, KeyHash name) {
    var pin = host.pin(key);
    return pin.isEmpty() && tier != null && !isOnDisk(name) ? host.pin(key) : pin;
  }

  /// Whether a key has a value in memory.
  public boolean isInMemory(byte[] key) {
    try (var pin = host.pin(key).orElse(null)) {
      return pin != null;
    }
  }

  /// What is known of the value of a key, wherever it is.
  public Optional<Found> find(byte[] key) {
    var pin = look(key);
    if (pin.isPresent()) {
      try (var found = pin.get()) {
        return Optional.of(
            new Found(found.length(), found.expiryNs(), found.memoryBytes(), found.handle()));
      }
    }
    return tier == null ? Optional.empty() : tier.find(name(key));
  }

  /// Bytes a second that reading from disk gave of late; 0 if nothing was read yet.
  public long diskBytesPerSecond() {
    return tier == null ? 0 : tier.disk.snapshot().readBytesPerSecond();
  }

  /// Whether a value is to be checked before it is sent.
  public boolean isStale(Pin pin) {
    return clock.nanoTime() - pin.checkedNs() >= options.verifyAge().toNanos();
  }

  /// Whether a [#scan] from a cursor reads files, and so is to be [offloaded][#offload].
  public boolean blocks(long cursor) {
    return (cursor & ON_DISK) != 0;
  }

  /// Hands out keys that have a value: a key that has one all the time once at least, and twice at
  /// most unless values move between memory and disk meanwhile.
  ///
  /// @param cursor 0 to begin, or what the call before returned
  /// @param count about as many keys, if there are
  /// @return where to go on, or 0 at the end
  public long scan(long cursor, int count, Consumer<byte[]> keys) {
    if (tier != null && blocks(cursor)) {
      long next = tier.disk.scan(cursor & ~ON_DISK, count, keys);
      return next == 0 ? 0 : next | ON_DISK;
    }
    long next = host.scan(cursor, count, keys);
    return next == 0 && tier != null && tier.disk.count() > 0 ? ON_DISK : next;
  }

  /// Room for a value. Change.
  ///
  /// @param patience whether room may be made for it
  /// @return empty if there is none; [#isRoomComing] says whether to try again
  public Optional<Reservation> reserve(byte[] key, int length, Patience patience) {
    if (!tenancy.refusal(key, length).isEmpty()) {
      return Optional.empty();
    }
    var place = isRoomComing(patience) ? host.reserveFree(key, length) : host.reserve(key, length);
    return place.isEmpty() && !isRoomComing(patience) && tenancy.makeRoom(key, length)
        ? host.reserve(key, length)
        : place;
  }

  /// Whether a change that found no room is to be run again. Change.
  public boolean isRoomComing(Patience patience) {
    boolean comes = retention.isPassing() || (demotion != null && demotion.makesRoom());
    return patience == Patience.NONE || (comes && patience == Patience.SOME);
  }

  /// What to tell whoever finds no room.
  public String noRoom(byte[] key, long bytes) {
    var quota = tenancy.refusal(key, bytes);
    return quota.isEmpty()
        ? ("OOM the store has no room for %d bytes: what it holds is pinned, leased or unfinished"
                + " (store.host-limit: %d)")
            .formatted(bytes, host.totalBytes())
        : quota;
  }

  /// Lets a key have a value that is complete. Change.
  ///
  /// @param visitor whose it is
  /// @param expiryNs when it is gone, by the clock; [#NEVER], or [#KEEP]
  /// @return whether the key has it, or one that it had before and that is as good; if not, the
  ///     value was given up for lack of time, and the key is as it was
  public boolean commit(Visitor visitor, byte[] key, Reservation value, long expiryNs) {
    return commit(visitor.connection::stored, key, value, expiryNs);
  }

  /// Whether [#commitPart] would find all bytes there. Change.
  boolean isReady(Reservation value) {
    return host.isReady(value);
  }

  /// Lets a key have a part of a block, which [#isReady] and whose path the retention knows.
  /// Change.
  void commitPart(byte[] key, Reservation value) {
    if (!commit(this::file, key, value, NEVER)) {
      throw new IllegalStateException("a part is not ready");
    }
  }

  private boolean commit(Demotion.Filing filing, byte[] key, Reservation value, long expiryNs) {
    var family = family(key);
    long expiry = expiryNs == KEEP ? find(key).map(Found::expiryNs).orElse(NEVER) : expiryNs;
    var conflict = family.content() ? Conflict.KEEP : Conflict.REPLACE;
    boolean replaces = host.handle(key) != Handle.NONE;
    boolean copies = options.durability() == Durability.DISK && expiry == NEVER;
    if (demotion != null) {
      // A copy of the new value hides the old one, which is there until then.
      demotion.keepsReplaced(copies);
    }
    long handle = host.commit(value, conflict, expiry);
    if (handle == Handle.NONE) {
      return false;
    }
    if (handle != value.handle()) {
      kept.increment();
      if (demotion != null && copies && host.expiryNs(Handle.slot(handle)) == NEVER) {
        made.add(demotion.copy(Handle.slot(handle)));
      }
      return true;
    }
    if (demotion != null) {
      // Relatives that are about to leave stay with it.
      demotion.recall(filing, clock.nanoTime(), family.id());
    }
    filing.stored(clock.nanoTime(), handle, family.id(), value.length());
    tombstones.take(tombstone(name(key)), clock.nanoTime());
    if (tier != null && demotion != null) {
      settle(tier, demotion, key, handle, replaces, copies);
    }
    return true;
  }

  /// Sees that disk has of a key what memory has, or nothing.
  private void settle(
      DiskTier below, Demotion leaving, byte[] key, long handle, boolean replaces, boolean copies) {
    var name = name(key);
    if (copies) {
      made.add(leaving.copy(Handle.slot(handle)));
    } else if (!replaces && (below.has(name) || below.disk.isRecovering())) {
      leaving.remove(name);
    }
    leaving.ahead(Demotion.FAMILIES_A_CHANGE);
  }

  /// Gives room up. Change.
  public void abort(Reservation value) {
    host.abort(value);
  }

  /// Removes a key and all of its family. Change.
  ///
  /// @return whether it had a value; or was removed for a relative's sake within the last
  ///     week, and is removed for the first time
  public boolean remove(byte[] key) {
    long nowNs = clock.nanoTime();
    var name = name(key);
    boolean buried = tombstones.take(tombstone(name), nowNs);
    boolean inMemory = host.handle(key) != Handle.NONE;
    if (!inMemory && !isOnDisk(name)) {
      if (tier != null && demotion != null && tier.disk.isRecovering()) {
        // It may be in a file that is not scanned yet.
        demotion.remove(name);
      }
      return host.remove(key) || buried;
    }
    for (var relative : relatives(family(key))) {
      if (!Arrays.equals(key, relative) && host.remove(relative)) {
        tombstones.bury(tombstone(name(relative)), nowNs);
      }
    }
    host.remove(key);
    if (tier != null && demotion != null) {
      removeBelow(tier, demotion, name, nowNs);
    }
    return true;
  }

  private void removeBelow(DiskTier below, Demotion leaving, KeyHash name, long nowNs) {
    retention.left(name.high(), Reason.REMOVED);
    for (var relative : below.disk.family(name)) {
      if (planted == TierFault.FORGET_REMOVED
          || (planted == TierFault.FORGET_RELATIVES && !relative.equals(name))) {
        continue;
      }
      leaving.remove(relative);
      if (!relative.equals(name)) {
        tombstones.bury(tombstone(relative), nowNs);
      }
    }
  }

  /// The keys of a family that have a value in memory.
  private List<byte[]> relatives(KeyFamily family) {
    if (!family.known()) {
      return List.of();
    }
    var members = new Family();
    if (demotion == null) {
      retention.members(family.id(), members);
    } else {
      demotion.members(family.id(), members);
    }
    var keys = new ArrayList<byte[]>();
    for (int i = 0; i < members.size(); i++) {
      keys.add(host.key(members.slot(i)));
    }
    return keys;
  }

  private KeyHash name(byte[] key) {
    return KeyFamily.name(seed, key);
  }

  private static long tombstone(KeyHash name) {
    return Hash64.chain(name.high(), name.low());
  }

  /// Lets the value of a key that is in memory expire, or not. Change.
  ///
  /// @param atNs by the clock, or [#NEVER]
  /// @return whether it has one
  public boolean expire(byte[] key, long atNs) {
    long handle = host.handle(key);
    if (demotion != null && handle != Handle.NONE && atNs != NEVER) {
      demotion.expires(Handle.slot(handle));
    }
    return host.expire(key, atNs);
  }

  /// Removes everything. Change.
  public void clear() {
    blocks.clear();
    if (demotion != null) {
      clears = demotion.clear();
    }
    host.clear();
    regret.clear();
  }

  /// Keys that have a value.
  public long keys() {
    long inMemory = host.snapshot().values();
    return tier == null || demotion == null
        ? inMemory
        : Math.max(inMemory, inMemory + tier.disk.count() - demotion.inBoth());
  }

  /// Keys whose value expires.
  public long expiring() {
    return host.snapshot().expiring();
  }

  /// How other processes read the memory, if they may.
  public Optional<Shared> shared() {
    return host.path().map(path -> new Shared(path, options.readLease().toMillis()));
  }

  /// Bytes of the pool.
  public long totalBytes() {
    return host.totalBytes();
  }

  /// Bytes of the pool that are taken.
  public long usedBytes() {
    return host.usedBytes();
  }

  /// Sizes and counters, each of some moment.
  public List<Stat> stats() {
    var now = host.snapshot();
    var all = new ArrayList<Stat>();
    all.addAll(
        List.of(
            Stat.gauge("store-keys", now.values()),
            Stat.gauge("store-bytes", now.usedBytes()),
            Stat.gauge("store-limit-bytes", now.totalBytes()),
            Stat.gauge("store-value-bytes", now.valueBytes()),
            Stat.gauge("store-quarantined-bytes", now.quarantinedBytes()),
            Stat.gauge("store-metadata-bytes", now.metadataBytes()),
            Stat.gauge("store-metadata-limit-bytes", options.metadataBytes()),
            Stat.gauge("store-puts-open", now.reservations()),
            Stat.gauge("store-pressure", 100 * now.usedBytes() / now.totalBytes()),
            Stat.counter("store-hits", hits.sum()),
            Stat.counter("store-misses", misses.sum()),
            Stat.counter("store-missed-after-exists", broken.sum()),
            Stat.counter("store-removals-owed", owed.sum()),
            Stat.counter("store-puts-kept", kept.sum()),
            Stat.counter("store-evicted", now.evicted()),
            Stat.counter("store-expired", now.expired()),
            Stat.counter("store-abandoned", now.abandoned()),
            Stat.counter("store-moved", now.moved()),
            Stat.counter("store-corrupt", now.corrupt()),
            Stat.counter("store-refusals", now.refusals()),
            Stat.counter("store-visits-dropped", visits.dropped()),
            Stat.counter("store-changes-failed", lane.failures())));
    all.addAll(regret.stats());
    all.addAll(scrubber.stats());
    all.addAll(blocks.stats());
    all.addAll(tenancy.stats());
    all.add(Stat.gauge("store-blocks-finding", finder != null && finder.isFinding() ? 1 : 0));
    if (tier != null && demotion != null && promotion != null) {
      all.addAll(demotion.stats());
      all.addAll(promotion.stats());
      all.addAll(tier.stats());
    }
    return all;
  }

  /// Runs no more changes that take long, and writes to disk what is in memory only.
  ///
  /// @param most how long that may take
  public void stop(Duration most) throws InterruptedException {
    scrubber.stop();
    if (finder != null) {
      finder.stop();
    }
    regret.stop();
    if (promotion != null) {
      promotion.stop();
    }
    lane.stop();
    if (tier != null && demotion != null) {
      tier.flush(demotion, most);
    }
  }

  /// Gives memory and files back; nobody may have anything of it any more.
  @Override
  public void close() throws IOException {
    try {
      if (tier != null) {
        tier.disk.close();
      }
    } finally {
      host.close();
    }
  }
}
