// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.incipit.env.RandomSource;
import io.incipit.store.disk.DiskStore.Outcome;
import io.incipit.store.disk.FaultDisk.Loss;
import io.incipit.store.disk.record.Fingerprint;
import io.incipit.store.disk.record.Footer;
import io.incipit.store.disk.record.KeyHash;
import io.incipit.store.disk.record.Place;
import io.incipit.store.disk.record.RecordHeader;
import io.incipit.store.disk.record.RecordHeader.Verdict;
import io.incipit.store.memory.ManualClock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/// What a store left on its disk, with a map of it, to be damaged bit by bit.
final class DiskImage {
  /// What bytes of a file are.
  enum Region {
    IDENTITY,
    LOCK,
    HEADER,
    KEY,
    CHECKSUMS,
    PAYLOAD,
    PADDING,
    FOOTER,
    TRAILER
  }

  /// @param tail whether a crash may have been the damage: it is in what was written last to a file
  ///     without a footer, of which no later header says that it was durable
  private record Range(String file, int from, int to, boolean tail) {}

  private static final int KEYS = 12;

  private static final int PUTS = 40;

  private final RandomGenerator random;
  private final DiskConfig config;
  private final DiskRig rig;
  private final FaultDisk disk;
  private final Map<Region, List<Range>> ranges = new EnumMap<>(Region.class);

  /// Flips by region, and values that they cost.
  final Map<Region, Integer> flips = new EnumMap<>(Region.class);

  long missed;

  /// Values that came back since the tail of an unfinished file was damaged.
  long stale;

  DiskImage(long seed, boolean clean) throws IOException {
    this.random = RandomSource.seeded(seed);
    this.config = new DiskConfig(DiskRig.DIRECTORY, 2 << 20, 128 << 10, 1 << 20, 4, false);
    this.rig = new DiskRig(new FaultDisk(seed, false), config, KEYS, DiskFault.NONE, () -> true);
    rig.scanAll();
    for (int i = 0; i < PUTS; i++) {
      if (random.nextInt(4) == 0) {
        rig.remove(random.nextInt(KEYS));
      } else {
        double log = random.nextInt(10) == 0 ? 17.1 : 13;
        rig.put(random.nextInt(KEYS), (int) Math.pow(2, log * random.nextDouble()) - 1, false);
      }
      if (random.nextBoolean()) {
        rig.turns();
      }
    }
    rig.turns();
    if (clean) {
      rig.store.close();
    }
    this.disk = rig.disk.crash(Loss.NOTHING);
    map();
  }

  private void map() {
    add(Region.IDENTITY, "store", 0, Place.UNIT, false);
    add(Region.LOCK, "lock", 0, 1, false);
    disk.replace("lock", new byte[1]);
    for (var name : disk.names(DiskRig.DIRECTORY)) {
      if (name.endsWith(".extent")) {
        map(name, Long.parseLong(name.substring(0, name.indexOf('.'))));
      }
    }
  }

  private void map(String name, long number) {
    var bytes = ByteBuffer.wrap(disk.bytes(name)).order(ByteOrder.LITTLE_ENDIAN);
    int last = 0;
    int at = 0;
    while (at < bytes.limit() && judge(bytes, number, at) == Verdict.GOOD) {
      last = at;
      at += RecordHeader.read(bytes.position(at)).recordBytes();
    }
    boolean complete = at < bytes.limit();
    long synced = 0;
    for (int from = 0; from <= last; ) {
      var header = RecordHeader.read(bytes.position(from));
      synced = Math.max(synced, header.stamp().synced());
      from += header.recordBytes();
    }
    for (int from = 0; from <= last; ) {
      var header = RecordHeader.read(bytes.position(from));
      boolean tail = !complete && from >>> Place.UNIT_LOG >= synced;
      int key = from + 128;
      int table = key + ((header.key().length + 3) & -4);
      int payload = from + header.payloadAt();
      int end = from + header.recordBytes();
      add(Region.HEADER, name, from, key, tail);
      add(Region.KEY, name, key, table, tail);
      add(Region.CHECKSUMS, name, table, from + header.bytes(), tail);
      add(Region.PAYLOAD, name, payload, payload + header.stamp().length(), tail);
      add(Region.PADDING, name, payload + header.stamp().length(), end, tail);
      from = end;
    }
    if (complete) {
      add(Region.FOOTER, name, at, bytes.limit() - Footer.TRAILER_BYTES, false);
      add(Region.TRAILER, name, bytes.limit() - Footer.TRAILER_BYTES, bytes.limit(), false);
    }
  }

  private Verdict judge(ByteBuffer bytes, long number, int at) {
    return RecordHeader.judge(
        bytes.position(at), rig.store.parts.store(), Place.of(number, at >>> Place.UNIT_LOG));
  }

  private void add(Region region, String file, int from, int to, boolean tail) {
    if (from < to) {
      ranges.computeIfAbsent(region, _ -> new ArrayList<>()).add(new Range(file, from, to, tail));
    }
  }

  /// Flips a bit of each region so often, and reads all with each.
  void flip(int times, DiskFault planted) throws IOException {
    for (int i = 0; i < times; i++) {
      for (var region : ranges.keySet()) {
        var among = ranges.get(region);
        flip(region, among.get(random.nextInt(among.size())), planted);
      }
    }
  }

  private void flip(Region region, Range range, DiskFault planted) throws IOException {
    flips.merge(region, 1, Integer::sum);
    var damaged = disk.copy();
    int at = range.from + random.nextInt(range.to - range.from);
    damaged.bytes(range.file)[at] ^= (byte) (1 << random.nextInt(Byte.SIZE));
    var store = open(damaged, planted);
    check(store, range.tail);
    if (random.nextInt(16) == 0) {
      // What was found to be wrong stays away, and the store goes on.
      var done = store.put(new byte[] {1}, 1, Fingerprint.NONE, DiskRig.source(1, 1, 5000, false));
      while (store.turn()) {
        // Until nothing waits.
      }
      assertEquals(Outcome.DURABLE, done.join());
      check(open(damaged.crash(Loss.NOTHING), planted), range.tail);
    }
  }

  private DiskStore open(FaultDisk on, DiskFault planted) throws IOException {
    var store =
        DiskStore.open(
            config, on, new ManualClock(), DiskRig.NOBODY, KeyHash::of, Points.NONE, planted);
    while (store.scan()) {
      // Until all is scanned.
    }
    return store;
  }

  private void check(DiskStore store, boolean mayBeStale) {
    for (int key = 0; key < KEYS; key++) {
      long found = rig.find(store, key);
      long expected = rig.expected(key);
      if (found == DiskRig.ABSENT && expected != DiskRig.ABSENT) {
        missed++;
      } else if (found != expected) {
        assertTrue(mayBeStale, "key %d: %d instead of %d".formatted(key, found, expected));
        stale++;
      }
    }
  }
}
