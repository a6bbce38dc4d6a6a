// SPDX-License-Identifier: Apache-2.0
package io.incipit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.incipit.block.BlockChain;
import io.incipit.block.ContractField;
import io.incipit.block.Namespace;
import io.incipit.block.Op;
import io.incipit.block.Reply;
import io.incipit.block.Tier;
import io.incipit.env.RawDisk;
import io.incipit.service.Service;
import io.incipit.service.ServiceConfig;
import io.incipit.store.block.Block;
import io.incipit.store.block.OwnerStream;
import io.incipit.store.block.Space;
import io.incipit.store.block.StagedPuts;
import io.incipit.store.disk.DiskConfig;
import io.incipit.store.memory.HostMemory;
import io.incipit.store.memory.ManualClock;
import io.incipit.store.memory.Payload;
import io.incipit.store.memory.Pin;
import io.incipit.store.retain.KeepPolicy;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// A store with blocks, an index that it tells of them, and what may be read of each. For one
/// thread.
final class BlockRig implements AutoCloseable {
  static final int BLOCKS = 60;
  private static final Namespace CHAT = Namespace.of("chat", 16, 8);
  private static final long TICK_NS = 60_000_000;
  private static final int MIB = 1 << 20;

  final ManualClock clock = new ManualClock();
  private final StoreOptions options;
  private final BlockFault planted;

  /// How long the index may take; less where it is expected to be wrong for good.
  private final long patienceSeconds;

  private final Service service;

  /// By block, versions of the contract's that a read may give; each part is of the same.
  private final Map<Integer, Set<Long>> allowed = new HashMap<>();

  /// Versions in puts that are under way, by put, block and part.
  private final Map<String, Map<Integer, Map<Integer, Long>>> staged = new HashMap<>();

  private String engine = "1";
  private long version;
  private Store store;
  private Store.Visitor visitor;
  private @Nullable Space space;

  BlockRig(Path directory, boolean disk, BlockFault planted) throws IOException {
    this.planted = planted;
    this.patienceSeconds = planted == BlockFault.NONE ? 60 : 4;
    this.options =
        new StoreOptions(
            2 * MIB,
            8 << 20,
            KeepPolicy.LEAF_LRU,
            Duration.ofSeconds(1),
            Duration.ofSeconds(60),
            Duration.ofSeconds(60),
            MIB,
            disk
                ? Optional.of(new DiskConfig(directory, 8 * MIB, MIB / 2, 4 << 20, 8, false))
                : Optional.empty(),
            Durability.MEMORY,
            "store");
    this.service =
        new Service(
            new ServiceConfig(1, 1_024, 64 << 20, 100, 256L << 20, 16L << 20),
            new AtomicLong(1)::getAndIncrement);
    service.answer(new Op.CreateNamespace(CHAT));
    this.store = open();
    this.visitor = store.visitor();
  }

  private Store open() throws IOException {
    var memory = new HostMemory(options.hostBytes(), false);
    var opened = Store.open(options, memory, RawDisk.system(), clock, 1);
    opened.blocks().plant(planted);
    opened.blocks().feed(new OwnerStream.Feed(service::offer, service::whenRoom), "store");
    opened.start();
    return opened;
  }

  void attach() {
    var answer = store.blocks().attach(CHAT, Map.of(ContractField.ENGINE, engine));
    assertEquals("", answer.refusal());
    space = answer.space().orElseThrow();
  }

  private Space space() {
    return Objects.requireNonNull(space);
  }

  /// Two blocks follow each.
  private Block block(int number) {
    boolean root = number <= 2;
    return new Block(
        space(), 0, hash(number), root, 0, root ? 0 : hash((number - 1) / 2), parts(number), 0);
  }

  private static long hash(int number) {
    return 0x1111_0000_0000_0000L + number;
  }

  static int parts(int number) {
    return 1 + number % 3;
  }

  private static int length(int number, int part) {
    return 1 + (number * 7_919 + part * 104_729) % 70_000;
  }

  /// What a payload says that it is of.
  private int key(int number, int part) {
    return (Integer.parseInt(engine) * 1_000 + number) * 8 + part;
  }

  /// Brings a part of a block.
  void stage(String put, int number, int part) {
    long next = ++version;
    var block = block(number);
    int length = length(number, part);
    change(
        () -> {
          if (store.blocks().find(space(), 0, hash(number)).isPresent()
              && planted != BlockFault.TELL_STAGED) {
            return;
          }
          var place = store.reserve(block.key().bytes(part), length, Patience.LAST);
          if (place.isEmpty()) {
            return;
          }
          try (var whole = place.get().part(0, length)) {
            whole.write(Payload.bytes(key(number, part), next, 0, length));
          }
          var name = new StagedPuts.Name(space(), put);
          assertEquals("", store.blocks().stage(name, block, part, place.get()));
          staged
              .computeIfAbsent(put, _ -> new HashMap<>())
              .computeIfAbsent(number, _ -> new HashMap<>())
              .put(part, next);
        });
  }

  /// Commits a put; what it must refuse it has to refuse.
  void commit(String put) {
    var there = staged.getOrDefault(put, Map.of());
    change(
        () -> {
          boolean whole =
              there.entrySet().stream()
                  .allMatch(
                      one -> one.getValue().size() == parts(one.getKey()) || isFound(one.getKey()));
          var answer = store.blocks().commit(new StagedPuts.Name(space(), put));
          assertEquals(whole && !there.isEmpty(), answer.refusal().isEmpty(), answer.refusal());
          if (answer.refusal().isEmpty()) {
            assertEquals(there.size(), answer.made() + answer.had());
          }
        });
    boolean done = there.keySet().stream().allMatch(this::isFound);
    if (done) {
      there.forEach(this::mayRead);
      staged.remove(put);
    }
  }

  /// A commit was made, unless the block was there before.
  private void mayRead(int number, Map<Integer, Long> versions) {
    if (versions.size() == parts(number)) {
      var all = allowed.computeIfAbsent(number, _ -> new HashSet<>());
      all.add(versions.values().stream().mapToLong(Long::longValue).sum());
    }
  }

  private boolean isFound(int number) {
    return store.blocks().find(space(), 0, hash(number)).isPresent();
  }

  void abort(String put) {
    change(() -> store.blocks().abort(new StagedPuts.Name(space(), put)));
    staged.remove(put);
  }

  /// Reads all parts of a block: they are of one commit, or the block is not there.
  void read(int number) {
    var block = store.blocks().find(space(), 0, hash(number));
    store.asked(new long[] {block(number).id()}, 16);
    if (block.isEmpty()) {
      return;
    }
    long sum = 0;
    for (int part = 0; part < parts(number); part++) {
      var pin = pin(block.get().key().bytes(part));
      if (pin.isEmpty()) {
        return;
      }
      try (var value = pin.get()) {
        sum += version(number, part, value);
      }
    }
    var versions = allowed.getOrDefault(number, Set.of());
    assertTrue(versions.contains(sum), "block %d: %d, not of %s".formatted(number, sum, versions));
    allowed.put(number, new HashSet<>(Set.of(sum)));
  }

  private Optional<Pin> pin(byte[] key) {
    var pin = visitor.readPart(key);
    if (pin.isPresent()) {
      return pin;
    }
    var latch = new CountDownLatch(1);
    var arrival = visitor.bring(key, latch::countDown);
    if (arrival.isEmpty()) {
      return Optional.empty();
    }
    TierRig.await(latch);
    return arrival.get().take();
  }

  /// The version that a part is of, by its bytes.
  private long version(int number, int part, Pin value) {
    assertEquals(length(number, part), value.length());
    var bytes = value.bytes(0, value.length());
    for (long one = version; one > 0; one--) {
      if (Payload.wrongAt(bytes, key(number, part), one, 0) < 0) {
        return one;
      }
    }
    throw new AssertionError("block %d, part %d: bytes of nobody".formatted(number, part));
  }

  /// Removes a part, and so its block.
  void remove(int number) {
    change(() -> store.remove(block(number).key().bytes(parts(number) - 1)));
    allowed.remove(number);
    read(number);
  }

  void clear() {
    change(store::clear);
    allowed.clear();
  }

  /// Removes one part behind the back of the store, as a crash or a bad sector does.
  void lose(int number) {
    change(() -> store.lose(block(number).key().bytes(0)));
  }

  /// Drops the namespace, and comes back with another build of the engine.
  void drop() {
    service.answer(new Op.DropNamespace(CHAT.name()));
    store.blocks().drop(CHAT.name());
    change(() -> staged.keySet().forEach(this::abortNow));
    staged.clear();
    allowed.clear();
    engine = Integer.toString(Integer.parseInt(engine) + 1);
    service.answer(new Op.CreateNamespace(CHAT));
    attach();
    for (int number = 1; number <= BLOCKS; number++) {
      read(number);
    }
  }

  private void abortNow(String put) {
    store.blocks().abort(new StagedPuts.Name(space(), put));
  }

  /// Gives all puts up, and sees that nothing is taken for them.
  void endPuts() {
    Set.copyOf(staged.keySet()).forEach(this::abort);
    assertEquals(0, stat("store-puts-open"));
    assertEquals(0, stat("store-block-puts-open"));
  }

  /// Waits until the index says of every block what the store has of it.
  void compare() {
    try {
      awaitSame();
    } catch (AssertionError failure) {
      throw new AssertionError("told, there: " + differences(), failure);
    }
  }

  private void awaitSame() {
    TierRig.awaitThat(
        () -> {
          clock.advance(TICK_NS);
          change(() -> {});
          return differences().isEmpty();
        },
        patienceSeconds);
  }

  /// What is different, for people.
  private Set<String> differences() {
    var different = new HashSet<String>();
    for (int number = 1; number <= BLOCKS; number++) {
      int told = told(number);
      // Behind a block that is missing the index may know of nothing.
      if (told != there(number) && (told != 0 || isReachable(number))) {
        different.add("%d: %d, %d".formatted(number, told(number), there(number)));
      }
    }
    return different;
  }

  private boolean isReachable(int number) {
    int above = number;
    while (above > 2) {
      above = (above - 1) / 2;
      if (there(above) == 0) {
        return false;
      }
    }
    return true;
  }

  /// In which tiers the index says that a block is.
  private int told(int number) {
    var reply = service.answer(new Op.Locate(CHAT.name(), BlockChain.of(hash(number))));
    var holders = ((Reply.Located) reply).holders().getFirst();
    int tiers = 0;
    for (int i = 0; i < holders.count(); i++) {
      tiers |= holders.tier(i).mask();
    }
    return tiers;
  }

  /// In which tiers all parts of a block are, by the store's own tables of keys.
  private int there(int number) {
    var key = block(number).key();
    boolean host = true;
    boolean disk = true;
    boolean some = true;
    boolean any = false;
    for (int part = 0; part < parts(number); part++) {
      var bytes = key.bytes(part);
      boolean here = store.isInMemory(bytes);
      boolean below = store.isOnDisk(bytes);
      host &= here;
      disk &= below;
      some &= here || below;
      any |= here || below;
    }
    assertTrue(some || !any || isUnsettled(number), "half of block %d".formatted(number));
    int tiers = host ? Tier.HOST.mask() : 0;
    return some && (disk || !host) ? tiers | Tier.DISK.mask() : tiers;
  }

  /// Whether what was lost of a block may not be noticed yet.
  private boolean isUnsettled(int number) {
    return isFound(number);
  }

  /// Stops as a server does, and starts on the same directory.
  ///
  /// @param upgrades whether the engine comes back as another build
  void restart(boolean disk, boolean upgrades) throws IOException {
    endPuts();
    compare();
    var before = new HashSet<Integer>();
    for (int number = 1; number <= BLOCKS; number++) {
      if (isFound(number)) {
        before.add(number);
      }
    }
    stop();
    if (upgrades) {
      engine = Integer.toString(Integer.parseInt(engine) + 1);
      allowed.clear();
      before.clear();
    }
    store = open();
    visitor = store.visitor();
    attach();
    if (disk) {
      TierRig.awaitThat(() -> stat("disk-recovering") == 0);
    }
    int expected = disk ? before.size() : 0;
    TierRig.awaitThat(
        () -> {
          clock.advance(TICK_NS);
          change(() -> {});
          return stat("store-blocks") >= expected;
        },
        patienceSeconds);
    compare();
    for (int number = 1; number <= BLOCKS && upgrades; number++) {
      read(number);
    }
  }

  private void change(Runnable task) {
    var latch = new CountDownLatch(1);
    var failed = new AtomicReference<@Nullable Throwable>();
    store.later(
        new Change() {
          @Override
          public boolean run(Patience patience) {
            try {
              task.run();
            } catch (AssertionError | RuntimeException failure) {
              failed.set(failure);
            }
            var _ = store.settled().whenComplete((_, _) -> latch.countDown());
            return true;
          }

          @Override
          public void made(boolean wrong) {
            if (wrong) {
              latch.countDown();
            }
          }
        });
    TierRig.await(latch);
    var failure = failed.get();
    if (failure != null) {
      throw new AssertionError(failure);
    }
  }

  long stat(String name) {
    return store.stats().stream()
        .filter(stat -> stat.name().equals(name))
        .mapToLong(stat -> stat.value())
        .findFirst()
        .orElseThrow();
  }

  private void stop() throws IOException {
    try {
      store.stop(Duration.ofSeconds(60));
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException(interrupted);
    }
    store.close();
  }

  @Override
  public void close() throws IOException {
    stop();
    try {
      service.stop();
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException(interrupted);
    }
  }
}
