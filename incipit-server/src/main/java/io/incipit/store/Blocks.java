// SPDX-License-Identifier: Apache-2.0
package io.incipit.store;

import io.incipit.block.BlockChain;
import io.incipit.block.ContractField;
import io.incipit.block.Hint;
import io.incipit.block.Namespace;
import io.incipit.block.Stat;
import io.incipit.block.Tier;
import io.incipit.env.Clock;
import io.incipit.store.block.Block;
import io.incipit.store.block.BlockKey;
import io.incipit.store.block.BlockTable;
import io.incipit.store.block.Contract;
import io.incipit.store.block.Explanation;
import io.incipit.store.block.HotRun;
import io.incipit.store.block.HotRuns;
import io.incipit.store.block.OwnerStream;
import io.incipit.store.block.Space;
import io.incipit.store.block.SpaceStreams;
import io.incipit.store.block.StagedPut;
import io.incipit.store.block.StagedPuts;
import io.incipit.store.memory.Reservation;
import io.incipit.store.retain.Departures.Reason;
import io.incipit.store.salt.Salts;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// Blocks in a store: put in parts, seen when all parts are there, and told to the index as what an
/// owner holds. A part is a value of the store under a [BlockKey], and the parts of a block are a
/// family of keys; this is what is known of them beyond that.
///
/// Methods that say *change* are for changes of the store; others are for any thread.
public final class Blocks {
  private static final Logger LOG = System.getLogger(Blocks.class.getName());
  private static final int FEW_PARTS = 32;
  private static final int REMOVED_A_CHANGE = 256;

  /// Of the memory that unfinished puts may have: it cannot be made free for others.
  private static final int STAGED_PART = 4;

  /// All parts of that but one may be one space's.
  private static final int SPACE_PARTS = 4;

  private static final int DROPPED_MAX = 65_536;

  /// What moves is told so often at most.
  private static final long SETTLE_NS = 10_000_000;

  /// What came of an attachment.
  ///
  /// @param space where blocks may be put and read
  /// @param refusal why not; empty if they may
  public record Attached(Optional<Space> space, String refusal) {}

  /// What came of a commit.
  ///
  /// @param made blocks that everybody sees now
  /// @param had blocks that were there before, and stay as they are
  /// @param declined blocks that the policy would give up at once
  /// @param refusal why nothing was changed; empty if it was
  public record Committed(int made, int had, int declined, String refusal) {
    static Committed refused(String why) {
      return new Committed(0, 0, 0, why);
    }
  }

  /// What a namespace has, under all contracts that it had.
  ///
  /// @param blocks in memory or below
  /// @param keys parts of them that have a value in memory
  /// @param bytes of those values
  public record Held(String namespace, long blocks, long keys, long bytes) {
    private Held plus(Held more) {
      return new Held(namespace, blocks + more.blocks, keys + more.keys, bytes + more.bytes);
    }
  }

  private BlockFault planted = BlockFault.NONE;
  private final Store store;
  private final long seed;
  private final Clock clock;
  private final BlockTable table = new BlockTable();
  private final StagedPuts puts;

  /// By name; of namespaces, those that are attached to.
  private final Map<String, Space> spaces = new ConcurrentHashMap<>();

  /// By namespace. Guarded by this.
  private final Map<String, Contract> contracts = new HashMap<>();

  private final SpaceStreams streams;

  /// Numbers of blocks of which something may have changed. The writer's.
  private final Set<Long> touched = new LinkedHashSet<>();

  private final Set<Space> alarmed = new HashSet<>();

  /// Where the change in hand has committed blocks, if it has.
  private @Nullable Space committed;

  private final HotRuns hot;
  private final Salts salts;
  private long settledNs;

  /// Namespaces that were dropped before all that is on disk was found.
  private final Set<String> dropped = ConcurrentHashMap.newKeySet();

  private final LongAdder made = new LongAdder();
  private final LongAdder kept = new LongAdder();
  private final LongAdder declined = new LongAdder();
  private final LongAdder abandoned = new LongAdder();
  private final LongAdder halves = new LongAdder();

  Blocks(Store store, long seed, Clock clock, long putTimeoutNs) {
    this.store = store;
    this.seed = seed;
    this.clock = clock;
    this.hot = new HotRuns(clock.nanoTime());
    this.puts = new StagedPuts(clock, putTimeoutNs);
    this.streams = new SpaceStreams(table, clock, store::background);
    this.salts = new Salts(seed);
  }

  /// Plants a bug, before anything is attached to.
  void plant(BlockFault fault) {
    planted = fault;
  }

  /// Says who is told of blocks, and the name under which, before anything is attached to.
  public void feed(OwnerStream.Feed to, String name) {
    streams.feed(to, name);
  }

  /// Attaches somebody to a namespace, whose blocks' bytes are from now on of one contract.
  ///
  /// @param said of the contract
  public synchronized Attached attach(Namespace namespace, Map<ContractField, String> said) {
    var wanted = Contract.of(namespace, said);
    var current = contracts.get(namespace.name());
    var against = current == null ? wanted : current;
    var differs = against.difference(said).or(() -> against.difference(wanted));
    if (differs.isPresent()) {
      return new Attached(Optional.empty(), refusal(namespace, differs.get(), said, against));
    }
    var name = BlockKey.space(namespace.name(), fingerprint(against));
    var space = space(name, namespace.hashBytes() > Long.BYTES);
    if (space.isLeaving()) {
      return new Attached(
          Optional.empty(),
          "BUSY %s: the blocks that it had before it was dropped are being removed; send it again"
              .formatted(namespace.name()));
    }
    contracts.put(namespace.name(), against);
    if (!space.isOpen()) {
      space.salt(against.get(ContractField.SALT));
      space.open(true);
      store.findBlocks();
      store.background(() -> follow(space));
    }
    return new Attached(Optional.of(space), "");
  }

  private long fingerprint(Contract contract) {
    return planted == BlockFault.IGNORE_CONTRACT ? 0 : contract.fingerprint();
  }

  private static String refusal(
      Namespace namespace, ContractField field, Map<ContractField, String> said, Contract against) {
    return "CONTRACT %s %s: '%s' (expected: '%s', as those before said)"
        .formatted(
            namespace.name(),
            field,
            Objects.requireNonNullElse(said.get(field), ""),
            against.get(field));
  }

  private Space space(String name, boolean wide) {
    return spaces.computeIfAbsent(name, _ -> new Space(name, wide, seed));
  }

  /// Tells the index of what is held of a space. Change.
  private void follow(Space space) {
    salts.settle(space);
    if (space.isOpen()) {
      streams.follow(space);
    }
  }

  /// A namespace is gone, and so are its blocks.
  public synchronized void drop(String namespace) {
    contracts.remove(namespace);
    if (!store.findBlocks() && dropped.size() < DROPPED_MAX) {
      dropped.add(namespace);
    }
    for (var space : spaces.values()) {
      if (space.namespace().equals(namespace)) {
        space.open(false);
        space.leaving(true);
        store.background(() -> drop(space));
      }
    }
  }

  private void drop(Space space) {
    streams.forget(space);
    puts.takeAll(space).forEach(this::abort);
    var gone = new ArrayList<Block>();
    table.forEach(space, gone::add);
    drop(space, gone, 0);
  }

  private void drop(Space space, List<Block> gone, int from) {
    int next = from;
    for (int parts = 0; next < gone.size() && parts < REMOVED_A_CHANGE; next++) {
      hot.forget(gone.get(next).id());
      removeValues(gone.get(next));
      store.retention().left(gone.get(next).id(), Reason.DROPPED);
      parts += gone.get(next).parts();
    }
    int rest = next;
    if (rest < gone.size()) {
      store.background(() -> drop(space, gone, rest));
    } else {
      settle();
      space.leaving(false);
    }
  }

  /// Removes all parts of a block; that it is gone is told with whatever else is.
  private void removeValues(Block block) {
    touched.add(block.id());
    var key = block.key();
    for (int part = 0; part < block.parts(); part++) {
      removeIfThere(key.bytes(part));
    }
  }

  private void removeIfThere(byte[] key) {
    if (store.isHeld(key) || store.mayBeOnDisk(key)) {
      var _ = store.remove(key);
    }
  }

  /// Whether this store is an owner of that name in a namespace, so that nobody else may be.
  public boolean tells(String namespace, String name) {
    return name.equals(streams.owner()) && space(namespace).isPresent();
  }

  /// The space of a namespace that is attached to.
  public Optional<Space> space(String namespace) {
    Contract contract;
    synchronized (this) {
      contract = contracts.get(namespace);
    }
    return Optional.ofNullable(contract)
        .map(there -> spaces.get(BlockKey.space(namespace, fingerprint(there))));
  }

  /// A block of which all parts are there.
  public Optional<Block> find(Space space, long high, long low) {
    return table.find(space.id(high, low)).filter(block -> isSame(block, space, high, low));
  }

  /// Of a prompt, the blocks up to the first that is not there.
  public List<Block> leading(Space space, BlockChain chain) {
    var leading = new ArrayList<Block>();
    for (int i = 0; i < chain.length(); i++) {
      var block = find(space, chain.high(i), chain.low(i));
      if (block.isEmpty()) {
        break;
      }
      leading.add(block.get());
    }
    return leading;
  }

  private static boolean isSame(Block block, Space space, long high, long low) {
    return block.high() == high && block.low() == low && block.space().equals(space);
  }

  /// Why blocks of a namespace are here or not, one answer for each hash, in their order. Change.
  ///
  /// @return answers of which all know nothing if nobody is attached to the namespace
  public List<Explanation> explain(String namespace, BlockChain hashes) {
    settle();
    return space(namespace)
        .map(space -> reasons().explain(space, others(space), hashes))
        .orElseGet(() -> Collections.nCopies(hashes.length(), Explanation.NOTHING));
  }

  /// Blocks of prompts were asked for: those that lead and are here were used. Change.
  void used(long timeNs, long[] ids) {
    int run = 0;
    int end = 0;
    while (end < ids.length && table.use(ids[end])) {
      if (end > run && store.retention().beginsRun(ids[end])) {
        hot.used(timeNs, ids[run], run, end - run);
        run = end;
      }
      end++;
    }
    if (end > run) {
      hot.used(timeNs, ids[run], run, end - run);
    }
  }

  /// The runs of a namespace that are read most and are here, the hottest first. Change.
  public List<HotRun> hot(String namespace, int most) {
    var space = space(namespace);
    return hot.all(clock.nanoTime()).stream()
        .flatMap(run -> table.find(run.id()).map(first -> new HotRun(first, run)).stream())
        .filter(run -> space.filter(run.first().space()::equals).isPresent())
        .limit(most)
        .toList();
  }

  /// What blocks may be pinned by. Change.
  public BlockPins pins() {
    return new BlockPins(store, this);
  }

  private BlockReasons reasons() {
    return new BlockReasons(table, puts, store.retention(), clock);
  }

  private List<Space> others(Space space) {
    return spaces.values().stream()
        .filter(other -> !other.equals(space) && other.namespace().equals(space.namespace()))
        .toList();
  }

  /// Somebody who knows says what becomes of a prompt.
  ///
  /// @param path a view that is valid during the call only
  public void hint(String namespace, BlockChain path, Hint hint) {
    space(namespace).ifPresent(space -> store.hinted(ids(space, path), hint));
  }

  /// The numbers of blocks, whether they are there or not.
  public static long[] ids(Space space, BlockChain path) {
    var ids = new long[path.length()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = space.id(path.high(i), path.low(i));
    }
    return ids;
  }

  /// Whether a part of a block is worth taking; asked right before room is made for it. With a disk
  /// all are: what the policy would give up at once goes there. Change.
  public boolean admits(Block block) {
    return store.keepsBelow()
        || store.tenancy().isBelowFloor(block.space().namespace())
        || store.retention().admits(block.id());
  }

  /// Notes that a part was brought of a block that is there: it was computed again since one before
  /// it was missing, and is wanted where it lies. Change.
  public void wanted(Block block, int part) {
    store.touch(block.key().bytes(part));
  }

  /// Adds a part to a put. Change.
  ///
  /// @return what to tell whoever asked if it was not taken, else empty
  public String stage(StagedPuts.Name put, Block block, int part, Reservation value) {
    if (planted == BlockFault.TELL_STAGED && !table.has(block.id())) {
      table.add(block);
    }
    if (!put.space().isOpen() || !store.isReady(value)) {
      return "BUSY part: not complete within store.put-timeout, or its namespace was dropped";
    }
    return puts.add(name(put), block, part, value, store::abort);
  }

  private StagedPuts.Name name(StagedPuts.Name given) {
    return planted == BlockFault.MIX_PUTS ? new StagedPuts.Name(given.space(), "") : given;
  }

  /// Notes that a part was not taken, since its block is not [worth it][#admits]. Change.
  ///
  /// @return as [#stage]
  public String decline(StagedPuts.Name put, long id) {
    store.retention().left(id, Reason.DECLINED);
    return puts.decline(put, id);
  }

  /// Notes that a part was not taken, since its block is there. Change.
  ///
  /// @return as [#stage]
  public String have(StagedPuts.Name put, long id) {
    return puts.have(put, id);
  }

  /// Whether puts that are under way may have so many bytes more: those of one namespace a part of
  /// what there is for all. Change.
  public boolean hasRoom(Space space, int bytes) {
    long all = store.totalBytes() / STAGED_PART;
    return puts.bytes() + bytes <= Math.max(bytes, all)
        && puts.bytes(space) + bytes <= Math.max(bytes, all / SPACE_PARTS * (SPACE_PARTS - 1));
  }

  /// What to tell whoever finds none.
  public String noRoom() {
    return ("BUSY put: %d bytes wait to be committed (expected: at most a quarter of %d, and three"
            + " quarters of that in one namespace)")
        .formatted(puts.bytes(), store.totalBytes());
  }

  /// Whether ending a put does not take long. Change.
  public boolean isSmall(StagedPuts.Name name) {
    return puts.find(name).map(StagedPut::parts).orElse(0) <= FEW_PARTS;
  }

  /// Gives a put up. Change.
  ///
  /// @return parts that were given up
  public int abort(StagedPuts.Name name) {
    var put = puts.take(name);
    put.ifPresent(this::abort);
    return put.map(StagedPut::parts).orElse(0);
  }

  private void abort(StagedPut put) {
    if (planted != BlockFault.LEAK_ABORTED) {
      put.blocks().forEach(staged -> staged.parts().values().forEach(store::abort));
    }
  }

  /// Lets everybody see the blocks of a put: all of them, or none. Change.
  public Committed commit(StagedPuts.Name given) {
    var name = name(given);
    var put = puts.find(name);
    if (put.isEmpty() || !name.space().isOpen()) {
      return Committed.refused(
          "NOPUT %s (expected: one that is under way, and not for longer than store.put-timeout)"
              .formatted(name.name()));
    }
    var fresh = new ArrayList<StagedPut.Staged>();
    int had = put.get().hadAlone();
    int refused = put.get().declinedAlone();
    for (var staged : put.get().blocks()) {
      if (table.has(staged.block().id()) || put.get().isHad(staged.block().id())) {
        had++;
      } else if (put.get().isDeclined(staged.block().id())) {
        refused++;
      } else if (!staged.isWhole() && planted != BlockFault.COMMIT_UNFINISHED) {
        return Committed.refused(missing(staged));
      } else if (staged.parts().values().stream().allMatch(store::isReady)) {
        fresh.add(staged);
      } else {
        var _ = abort(name);
        return Committed.refused(
            "NOPUT %s: parts were given up after store.put-timeout; nothing was changed"
                .formatted(name.name()));
      }
    }
    follow(name.space());
    makeAll(fresh, name.space());
    puts.take(name);
    abort(put.get());
    made.add(fresh.size());
    kept.add(had);
    declined.add(refused);
    return new Committed(fresh.size(), had, refused, "");
  }

  private static String missing(StagedPut.Staged staged) {
    return "PARTS block %s: %d of %d parts are there (expected: all); nothing was changed"
        .formatted(staged.block().key().hash(), staged.parts().size(), staged.block().parts());
  }

  private void makeAll(List<StagedPut.Staged> fresh, Space space) {
    var here = new HashMap<Long, Block>();
    fresh.forEach(staged -> here.put(staged.block().id(), staged.block()));
    var parents = new HashSet<Long>();
    fresh.stream()
        .filter(staged -> !staged.block().root())
        .forEach(staged -> parents.add(staged.block().parentId()));
    var walked = new HashSet<Long>();
    for (var staged : fresh) {
      if (!parents.contains(staged.block().id())) {
        tellPath(staged.block(), here, walked);
      }
    }
    try {
      fresh.forEach(this::make);
    } catch (RuntimeException | Error failure) {
      fresh.forEach(staged -> removeValues(staged.block()));
      throw failure;
    }
    space.committed(fresh.size());
    committed = space;
  }

  /// Tells the retention the path of a block as far up as it does not know it, unless it knows all:
  /// somebody asked for it before.
  ///
  /// @param walked blocks whose paths were told
  private void tellPath(Block last, Map<Long, Block> here, Set<Long> walked) {
    var path = new ArrayList<Long>();
    boolean known = false;
    for (var block = last; block != null && !known; block = above(block, here)) {
      path.add(block.id());
      known = !walked.add(block.id()) || store.retention().isKnown(block.id());
    }
    if (path.size() > 1 || !known) {
      var ids = path.reversed().stream().mapToLong(Long::longValue).toArray();
      store.retention().asked(clock.nanoTime(), ids, ids.length);
    }
  }

  private @Nullable Block above(Block block, Map<Long, Block> here) {
    if (block.root()) {
      return null;
    }
    var staged = here.get(block.parentId());
    return staged != null ? staged : table.find(block.parentId()).orElse(null);
  }

  private void make(StagedPut.Staged staged) {
    var key = staged.block().key();
    // What is there of a block that is not known is left of another commit.
    for (int part = 0; part < staged.block().parts(); part++) {
      removeIfThere(key.bytes(part));
    }
    staged.parts().forEach((part, value) -> store.commitPart(key.bytes(part), value));
    table.add(staged.block());
    touched.add(staged.block().id());
  }

  /// Something of a family has come, gone or moved. Change.
  void touch(long id) {
    if (table.has(id) && planted != BlockFault.FORGET_MOVED) {
      touched.add(id);
    }
  }

  /// A key has a value in memory. Change.
  void came(byte[] key, int slot, int bytes) {
    try {
      if (BlockKey.isReserved(key)) {
        BlockKey.parse(key).ifPresent(name -> salts.came(space(name.space(), name.wide()), bytes));
      } else {
        KeyFamily.salt(key).ifPresent(salt -> salts.came(slot, salt, bytes));
      }
    } catch (OutOfMemoryError noHeap) {
      // The value is there, whether it is counted or not.
      salts.missed();
    }
  }

  /// The value of a key is no more in memory. Change.
  void gone(byte[] key, int slot, int bytes) {
    if (!BlockKey.isReserved(key)) {
      salts.gone(slot, bytes);
      return;
    }
    var name = BlockKey.parse(key).orElse(null);
    if (name != null) {
      salts.gone(space(name.space(), name.wide()), bytes);
      if (planted != BlockFault.FORGET_GONE) {
        touch(name.id(seed));
      }
    }
  }

  /// What salts have in memory. Any thread.
  public Salts salts() {
    return salts;
  }

  /// What namespaces have, those with most bytes in memory first. Any thread.
  ///
  /// @param most that are named
  public List<Held> held(int most) {
    var held = new HashMap<String, Held>();
    for (var space : spaces.values()) {
      held.merge(
          space.namespace(),
          new Held(space.namespace(), space.blocks(), space.keys(), space.bytes()),
          Held::plus);
    }
    return held.values().stream()
        .filter(one -> one.blocks() > 0 || one.keys() > 0)
        .sorted(Comparator.comparingLong(Held::bytes).reversed().thenComparing(Held::namespace))
        .limit(most)
        .toList();
  }

  /// A value was found on disk. Change.
  void found(byte[] key) {
    var name = BlockKey.parse(key).orElse(null);
    if (name == null || planted == BlockFault.FIND_NOTHING) {
      return;
    }
    var space = space(name.space(), name.wide());
    long id = space.id(name.high(), name.low());
    if (table.has(id)) {
      touched.add(id);
      return;
    }
    if (dropped.contains(space.namespace())) {
      removeIfThere(key);
      return;
    }
    var block =
        new Block(
            space,
            name.high(),
            name.low(),
            name.root(),
            name.parentHigh(),
            name.parentLow(),
            name.parts(),
            0);
    if (tiers(block) != 0) {
      table.add(block);
      touched.add(id);
    } else {
      halves.increment();
      removeValues(block);
      store.retention().left(id, Reason.HALVED);
    }
  }

  /// All that was on disk was found, so the index may be told in order. Change.
  void foundAll() {
    dropped.clear();
    settle();
    streams.restart();
    streams.catchUp();
  }

  /// All values are gone. Change.
  void clear() {
    table.clear();
    touched.clear();
    hot.clear();
    store.retention().unpinAll();
    if (planted == BlockFault.FORGET_CLEAR) {
      return;
    }
    streams.restart();
  }

  /// Tells what has become of blocks since the last time. Change.
  void settle() {
    settledNs = clock.nanoTime();
    while (!touched.isEmpty()) {
      var ids = List.copyOf(touched);
      touched.clear();
      ids.forEach(id -> table.find(id).ifPresent(this::settleOrSayAllAgain));
    }
  }

  private void settleOrSayAllAgain(Block block) {
    try {
      settle(block);
    } catch (RuntimeException | Error failure) {
      LOG.log(Level.ERROR, "fail-settle-block", failure);
      streams.restart(block.space());
    }
  }

  private void settle(Block block) {
    int now = tiers(block);
    if (now == block.tiers() && now != 0) {
      return;
    }
    streams.moved(block, now);
    if (now != 0) {
      table.tell(block.id(), now);
    } else {
      removeHalf(block);
    }
  }

  /// In which tiers a block is: as slow as its slowest part.
  private int tiers(Block block) {
    boolean host = true;
    boolean disk = true;
    var key = block.key();
    for (int part = 0; part < block.parts(); part++) {
      var bytes = key.bytes(part);
      boolean here = store.isHeld(bytes);
      boolean below = store.isOnDisk(bytes);
      if (!here && !below) {
        return 0;
      }
      host &= here;
      disk &= below;
    }
    int tiers = host ? Tier.HOST.mask() : 0;
    return disk || !host ? tiers | Tier.DISK.mask() : tiers;
  }

  private void removeHalf(Block block) {
    var key = block.key();
    boolean half = false;
    for (int part = 0; part < block.parts(); part++) {
      var bytes = key.bytes(part);
      half |= store.isHeld(bytes) || store.isOnDisk(bytes);
    }
    if (half && planted != BlockFault.KEEP_HALF) {
      halves.increment();
      removeValues(block);
      store.retention().left(block.id(), Reason.HALVED);
    }
    table.remove(block.id());
    store.retention().unpin(block.id());
  }

  /// When the index knows the blocks that the change in hand has committed. Change, at its end.
  Optional<CompletableFuture<Void>> announced() {
    var space = committed;
    committed = null;
    if (space == null) {
      return Optional.empty();
    }
    settle();
    return streams.flush(space);
  }

  /// What comes before each change.
  void begin() {
    committed = null;
    if (!touched.isEmpty() && clock.nanoTime() - settledNs >= SETTLE_NS) {
      settle();
    }
  }

  /// What is done every now and then. Change.
  void tick() {
    for (var late : puts.expired()) {
      abandoned.increment();
      abort(late);
    }
    settle();
    streams.tick();
    alarm();
  }

  private void alarm() {
    for (var space : streams.spaces()) {
      if (!space.isFutile()) {
        alarmed.remove(space);
      } else if (alarmed.add(space)) {
        LOG.log(
            Level.WARNING,
            () ->
                "futile-puts namespace=%s: blocks land, and none is found"
                    .formatted(space.namespace()));
      }
    }
  }

  List<Stat> stats() {
    long futile = spaces.values().stream().filter(Space::isFutile).count();
    var all = new ArrayList<>(salts.stats());
    all.addAll(
        List.of(
            Stat.gauge("store-blocks", table.size()),
            Stat.gauge("store-blocks-table-bytes", table.heapBytes()),
            Stat.gauge("store-block-puts-open", puts.size()),
            Stat.gauge("store-pins", store.retention().pins().size()),
            Stat.gauge("store-pinned-hard-bytes", store.retention().pins().hardBytes()),
            Stat.gauge("store-namespaces-futile", futile),
            Stat.counter("store-blocks-made", made.sum()),
            Stat.counter("store-blocks-kept", kept.sum()),
            Stat.counter("store-blocks-declined", declined.sum()),
            Stat.counter("store-blocks-halved", halves.sum()),
            Stat.counter("store-block-puts-abandoned", abandoned.sum())));
    return all;
  }
}
