// SPDX-License-Identifier: Apache-2.0
package io.incipit.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.env.RawDisk;
import io.incipit.store.disk.DiskConfig;
import io.incipit.store.disk.DiskStore;
import io.incipit.store.disk.record.Fingerprint;
import io.incipit.store.memory.Handle;
import io.incipit.store.memory.HostMemory;
import io.incipit.store.memory.HostStore;
import io.incipit.store.memory.ManualClock;
import io.incipit.store.memory.Payload;
import io.incipit.store.memory.StoreConfig;
import io.incipit.store.retain.KeepPolicy;
import io.incipit.store.retain.Retention;
import io.incipit.store.retain.RetentionConfig;
import io.incipit.store.tenant.Tenancy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What leaves memory while disk gives values up, with nobody between who tells one of the other.
class DemotionTest {
  private static final int KIB = 1 << 10;
  private static final int MIB = 1 << 20;
  private static final int VALUE_BYTES = 32 << 10;
  private static final int DISK_BYTES = 8 * MIB;
  private static final long HOUR_NS = 3_600_000_000_000L;

  @TempDir private Path directory;

  private final ManualClock clock = new ManualClock();
  private final Retention retention =
      new Retention(RetentionConfig.of(KeepPolicy.LEAF_LRU, 2 * MIB, 16), clock);
  private final Tenancy tenancy =
      new Tenancy(_ -> 0, (_, length) -> length, retention, _ -> Tenancy.Fate.KEPT);
  private final LinkedBlockingQueue<Runnable> later = new LinkedBlockingQueue<>();
  private DiskTenants tenants;
  private DiskStore disk;
  private Demotion demotion;
  private HostStore host;

  @BeforeEach
  void open() throws IOException {
    tenants = new DiskTenants(clock);
    var config = new DiskConfig(directory, DISK_BYTES, MIB / 2, MIB, 4, false);
    disk = DiskStore.open(config, RawDisk.system(), clock, tenants, KeyFamily::name);
    demotion = new Demotion(disk, retention, later::add, _ -> {}, tenancy, TierFault.NONE);
    var limits = new StoreConfig(MIB, HOUR_NS, HOUR_NS, 7);
    host = new HostStore(limits, new HostMemory(2 * MIB, false), demotion, clock);
    demotion.host(host);
  }

  @AfterEach
  void close() throws IOException {
    host.close();
    disk.close();
  }

  /// Puts a value.
  ///
  /// @return its handle
  private long put(int number) {
    var key = Payload.key(number);
    var value = host.reserve(key, VALUE_BYTES).orElseThrow();
    try (var part = value.part(0, VALUE_BYTES)) {
      part.write(Payload.bytes(number, 1, 0, VALUE_BYTES));
    }
    long handle = host.commit(value, HostStore.Conflict.REPLACE);
    retention.stored(handle, disk.hash(key).high(), VALUE_BYTES);
    return handle;
  }

  @Test
  void ahead_copyThatDiskHasGivenUp_isMadeAgain() throws InterruptedException {
    var first = disk.hash(Payload.key(0));
    long handle = put(0);
    long other = put(1);
    demotion.copy(Handle.slot(handle)).join();
    later.take().run();
    assertThat(disk.length(first)).isPresent();
    for (int i = 0; disk.length(first).isPresent(); i++) {
      assertThat(i).as("values until disk gives the first up").isLessThan(DISK_BYTES / KIB);
      var source = new PinSource(host.pin(other).orElseThrow());
      disk.put(Payload.key(1_000 + i), 1, Fingerprint.NONE, source).join();
    }

    for (int number = 2; host.usedBytes() <= Demotion.limit(host.totalBytes()); number++) {
      put(number);
    }
    demotion.ahead(1);
    while (host.has(handle)) {
      later.take().run();
    }
    assertThat(disk.length(first)).as("here and there").isPresent();
  }
}
