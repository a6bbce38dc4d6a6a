// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.incipit.env.RandomSource;
import io.incipit.store.disk.DiskSnapshot.Mode;
import io.incipit.store.disk.FaultDisk.Failure;
import io.incipit.store.disk.FaultDisk.Loss;
import io.incipit.store.disk.FaultDisk.PowerOff;
import java.io.IOException;
import java.util.random.RandomGenerator;

/// A random program on a small store whose disk fails and whose power goes: what was said to be
/// durable is there afterwards with its bytes, what was removed is not, and what is read is right.
final class DiskProgram {
  private static final int KEYS = 24;
  private static final Failure[] FAILURES = Failure.values();
  private static final Loss[] LOSSES = Loss.values();

  private final RandomGenerator random;
  private final DiskRig rig;
  private long crashes;

  DiskProgram(long seed, DiskFault planted) throws IOException {
    this.random = RandomSource.seeded(seed);
    boolean direct = random.nextBoolean();
    long extent = (64L << 10) << random.nextInt(3);
    long capacity = extent * (4 + random.nextInt(4));
    var config = new DiskConfig(DiskRig.DIRECTORY, capacity, extent, 1 << 20, 4, direct);
    int kept = random.nextInt(4);
    this.rig =
        new DiskRig(
            new FaultDisk(random.nextLong(), direct),
            config,
            KEYS,
            planted,
            () -> random.nextInt(4) < kept);
  }

  /// Runs so many steps.
  ///
  /// @return crashes
  long run(int steps) throws IOException {
    for (int i = 0; i < steps; i++) {
      try {
        step();
      } catch (PowerOff _) {
        crash(LOSSES[random.nextInt(LOSSES.length)]);
      }
    }
    crash(LOSSES[random.nextInt(LOSSES.length)]);
    rig.checkAll();
    return crashes;
  }

  private void step() throws IOException {
    switch (random.nextInt(20)) {
      case 0, 1, 2, 3, 4, 5 -> rig.put(random.nextInt(KEYS), length(), random.nextInt(40) == 0);
      case 6, 7 -> rig.remove(random.nextInt(KEYS));
      case 8, 9, 10 -> rig.store.turn();
      case 11, 12 -> rig.check(random.nextInt(KEYS));
      case 13 -> rig.scan();
      case 14 -> {
        rig.turns();
        rig.checkAll();
      }
      case 15 -> rig.store.scrub(random.nextInt(1 << 18));
      case 16, 17 -> rig.disk.fail(FAILURES[random.nextInt(FAILURES.length)], random.nextInt(12));
      case 18 -> recover();
      default -> {
        if (random.nextInt(3) == 0) {
          restart();
        }
      }
    }
  }

  private int length() {
    double log = random.nextInt(8) == 0 ? 18.2 : random.nextInt(3) == 0 ? 15 : 13.5;
    return (int) Math.pow(2, log - random.nextInt(4) * random.nextDouble() * 3) - 1;
  }

  /// Room is made on the disk, and the store has a look.
  private void recover() {
    rig.disk.full(false);
    rig.disk.fail(Failure.POWER_OFF, 0);
    rig.store.tick();
    rig.turns();
    if (rig.store.snapshot().mode() == Mode.DISK_FULL) {
      throw new AssertionError("still full");
    }
  }

  private void restart() throws IOException {
    if (random.nextBoolean()) {
      crash(LOSSES[random.nextInt(LOSSES.length)]);
    } else {
      rig.disk.fail(Failure.POWER_OFF, 0);
      rig.turns();
      rig.store.close();
      rig.reopen(rig.disk.crash(random.nextBoolean() ? Loss.ALL : Loss.NOTHING));
      rig.settle();
    }
  }

  /// The power goes and comes back, perhaps several times while the store recovers.
  private void crash(Loss loss) throws IOException {
    crashes++;
    var disk = rig.disk.crash(loss);
    while (true) {
      try {
        if (random.nextInt(3) == 0) {
          disk.fail(Failure.POWER_OFF, 1 + random.nextInt(30));
        }
        rig.reopen(disk);
        for (int i = random.nextInt(4); i > 0 && !rig.scanned; i--) {
          rig.scan();
          if (!rig.scanned) {
            rig.check(random.nextInt(KEYS));
          }
        }
        rig.scanAll();
        disk.fail(Failure.POWER_OFF, 0);
        rig.settle();
        assertEquals(Mode.WRITABLE, rig.store.snapshot().mode());
        return;
      } catch (PowerOff _) {
        disk = disk.crash(LOSSES[random.nextInt(LOSSES.length)]);
      }
    }
  }
}
