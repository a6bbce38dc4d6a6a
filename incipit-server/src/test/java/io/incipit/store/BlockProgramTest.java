// SPDX-License-Identifier: Apache-2.0
package io.incipit.store;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.ValueSource;

/// Random programs on blocks: what is read is of one commit, all parts or none, and in the end the
/// index says of every block what the store has of it.
class BlockProgramTest {
  private static final int SEEDS = 6;
  private static final int PLANTED_SEEDS = 24;
  private static final int STEPS = 400;
  private static final int COMPARED_EACH = 100;

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void programs_readOneCommitOrNothing_andTheIndexKnows(boolean disk) throws IOException {
    for (int seed = 0; seed < SEEDS; seed++) {
      run(seed, disk, BlockFault.NONE);
    }
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
  void programs_findEveryPlantedBug(BlockFault planted) {
    assertThatThrownBy(
            () -> {
              for (int seed = 0; seed < PLANTED_SEEDS; seed++) {
                run(seed, true, planted);
              }
            })
        .isInstanceOfAny(AssertionError.class, IllegalStateException.class);
  }

  private void run(int seed, boolean disk, BlockFault planted) throws IOException {
    var random = new Random(seed);
    var name = "%s-%d-%s".formatted(planted, seed, disk);
    try (var rig = new BlockRig(directory.resolve(name), disk, planted)) {
      rig.attach();
      for (int step = 0; step < STEPS; step++) {
        step(rig, random);
        if (step % COMPARED_EACH == COMPARED_EACH - 1) {
          rig.compare();
          if (random.nextInt(2) == 0) {
            rig.restart(disk, random.nextInt(3) == 0);
          }
        }
      }
      rig.endPuts();
      rig.compare();
    } catch (AssertionError failure) {
      throw new AssertionError("seed %d, disk %s".formatted(seed, disk), failure);
    }
  }

  private static void step(BlockRig rig, Random random) {
    int number = 1 + random.nextInt(BlockRig.BLOCKS);
    var put = "put-" + random.nextInt(3);
    switch (random.nextInt(16)) {
      case 0, 1, 2, 3 -> {
        // A put of its own, as of one rank after the other.
        var own = "own-" + random.nextInt();
        for (int part = 0; part < BlockRig.parts(number); part++) {
          rig.stage(own, number, part);
        }
        rig.commit(own);
      }
      case 4, 5 -> rig.stage(put, number, random.nextInt(BlockRig.parts(number)));
      case 6 -> rig.commit(put);
      case 7 -> rig.abort(put);
      case 8 -> rig.remove(number);
      case 9 -> {
        if (random.nextInt(4) == 0) {
          rig.lose(number);
        }
      }
      case 10 -> {
        switch (random.nextInt(24)) {
          case 0 -> rig.clear();
          case 1 -> rig.drop();
          default -> rig.read(number);
        }
      }
      default -> rig.read(number);
    }
  }
}
