// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.runpool;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.bench.pool.CostModel;
import io.incipit.bench.pool.MemoryPool;
import io.incipit.bench.pool.PoolClient;
import io.incipit.bench.pool.Transport;
import io.incipit.block.Hash64;
import java.util.ArrayList;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// That what protects look-ups is needed: for each fault a small scene in which one client is cut
/// short after each line that it moves, while another does something whole. Without the fault all
/// answers are true, with it one is not.
final class RunPoolFaultTest {
  private static final int CUTS = 60;
  private static final int HOLDERS = 16 * 6;
  private static final int BLOCKS = 8;
  private static final int KEPT = 4;

  /// Does something once after so many lines, or after each.
  private static final class Cut implements Transport {
    private int left = -1;
    private boolean each;
    private boolean inside;
    private Runnable change = () -> {};

    @Override
    public void copy(byte[] memory, int from, byte[] target, int to, int length) {
      move(memory, from, target, to, length, from);
    }

    @Override
    public void write(byte[] source, int from, byte[] memory, int to, int length) {
      move(source, from, memory, to, length, to);
    }

    private void move(byte[] source, int from, byte[] target, int to, int length, int address) {
      int done = 0;
      while (done < length) {
        step();
        int line = Math.min(length - done, LINE - (address + done) % LINE);
        System.arraycopy(source, from + done, target, to + done, line);
        done += line;
      }
      step();
    }

    private void step() {
      if (!inside && (each || left-- == 0)) {
        inside = true;
        change.run();
        inside = false;
      }
    }

    @Override
    public void beforeAtomic() {}
  }

  /// An index with a writer, a reader, and the truth.
  private static final class Stage {
    final Cut ofReader = new Cut();
    final Cut ofOwner = new Cut();
    final Oracle oracle = new Oracle();
    private final PoolAnswer answer = new PoolAnswer();
    final MemoryPool pool = new MemoryPool(CostModel.DEFAULT);
    final RunPool index;
    final RunPoolClient writer;
    final RunPoolClient reader;
    String complaint = "";

    Stage(Fault fault, long directory) {
      this(Writing.OWNER, 2, fault, directory);
    }

    Stage(Writing writing, int buckets, Fault fault, long directory) {
      var config = new RunPoolConfig(false, writing, buckets, RunPoolConfig.LEASE_NS);
      index = RunPool.create(pool, config, ofOwner, fault);
      writer = index.open(new PoolClient(pool), 0);
      reader = index.open(new PoolClient(pool, ofReader, 1), directory);
    }

    void put(long[] hashes, int from, int owner) {
      put(writer, hashes, from, owner);
    }

    void put(RunPoolClient client, long[] hashes, int from, int owner) {
      oracle.now();
      for (int i = from; i < hashes.length; i++) {
        oracle.putBegins(hashes[i], Oracle.holder(owner, 0), 0);
      }
      client.put(hashes, from, hashes.length, owner, 0, new long[0]);
      oracle.now();
      for (int i = from; i < hashes.length; i++) {
        oracle.putEnds(hashes[i], Oracle.holder(owner, 0), 0);
      }
    }

    void remove(long[] hashes, int from, int owner) {
      oracle.now();
      for (int i = from; i < hashes.length; i++) {
        oracle.removeBegins(hashes[i], Oracle.holder(owner, 0));
      }
      writer.remove(hashes, from, hashes.length, owner, 0);
      oracle.now();
      for (int i = from; i < hashes.length; i++) {
        oracle.removeEnds(hashes[i], Oracle.holder(owner, 0));
      }
    }

    void look(long[] hashes) {
      int from = oracle.now();
      reader.match(hashes, hashes.length, answer);
      var wrong =
          oracle.complaint(hashes, hashes.length, answer, HOLDERS, false, from, oracle.now());
      complaint = complaint.isEmpty() ? wrong : complaint;
    }
  }

  /// A chain that has its first blocks in common with all of its root.
  private static long[] chain(int root, int branch, int blocks) {
    var hashes = new long[blocks];
    for (int i = 0; i < blocks; i++) {
      hashes[i] = Hash64.mix(root * 1_000_003L + i + (i < KEPT ? 0 : branch * 10_007L));
    }
    return hashes;
  }

  /// The end of a run is cut off, and others' blocks are written in its place, while a look-up for
  /// these or those is under way.
  private static String regrown(Fault fault, long directory) {
    var old = chain(1, 1, BLOCKS);
    var young = chain(1, 2, BLOCKS);
    for (int cut = 0; cut < CUTS; cut++) {
      var stage = new Stage(fault, directory);
      for (int owner : new int[] {4, 1, 3}) {
        stage.put(old, 0, owner);
      }
      stage.look(old);
      stage.ofReader.left = cut;
      stage.ofReader.change =
          () -> {
            stage.remove(old, 0, 4);
            stage.remove(old, KEPT, 1);
            stage.remove(old, KEPT, 3);
            stage.put(young, KEPT, 2);
          };
      stage.look(cut % 2 == 0 ? old : young);
      stage.ofReader.left = cut / 2;
      stage.look(old);
      if (!stage.complaint.isEmpty()) {
        return stage.complaint;
      }
    }
    return "";
  }

  /// Runs with anchors inside are put until the table has grown some times; after each line that
  /// the owner writes, all that is there by then is looked for.
  ///
  /// @param looked first blocks of each chain that are looked for
  private static String filled(Fault fault, int blocks, int looked, int runs) {
    var stage = new Stage(fault, 0);
    int[] there = {0};
    stage.ofOwner.each = true;
    stage.ofOwner.change =
        () -> {
          for (int i = 1; i <= there[0] && stage.complaint.isEmpty(); i++) {
            stage.look(chain(i, 0, looked));
          }
        };
    for (int root = 1; root <= runs && stage.complaint.isEmpty(); root++) {
      stage.put(chain(root, 0, blocks), 0, 1);
      there[0] = root;
    }
    stage.ofOwner.change.run();
    return stage.complaint;
  }

  /// Holders of a run change places between the header's READ and theirs: one that has the blocks
  /// all the time is the only one at first, then the second of two.
  private static String reordered(Fault fault) {
    var longer = chain(1, 1, BLOCKS + KEPT);
    var hashes = Arrays.copyOf(longer, BLOCKS);
    for (int cut = 0; cut < CUTS; cut++) {
      var stage = new Stage(fault, 20_000);
      stage.put(hashes, 0, 1);
      stage.look(hashes);
      stage.ofReader.left = cut;
      stage.ofReader.change =
          () -> {
            stage.put(hashes, 0, 2);
            stage.put(longer, BLOCKS, 1);
          };
      stage.look(hashes);
      if (!stage.complaint.isEmpty()) {
        return stage.complaint;
      }
    }
    return "";
  }

  /// A run is freed, and another that begins with the same block put, between the READ of the one's
  /// column and that of the other's header, if that is in the same place.
  private static String reused(Fault fault) {
    var old = chain(1, 1, BLOCKS);
    for (int cut = 0; cut < CUTS; cut++) {
      var stage = new Stage(fault, 0);
      stage.put(old, 0, 1);
      stage.ofReader.left = cut;
      stage.ofReader.change =
          () -> {
            stage.remove(old, 0, 1);
            stage.put(chain(1, 2, BLOCKS), 0, 2);
          };
      stage.look(old);
      if (!stage.complaint.isEmpty()) {
        return stage.complaint;
      }
    }
    return "";
  }

  /// A client that knows a table stands still while the table is replaced, twice, and then looks
  /// for what came meanwhile; or does so between two lines of a look-up.
  private static String replaced(Fault fault) {
    for (int cut = -1; cut < CUTS; cut++) {
      var stage = new Stage(fault, 20_000);
      stage.put(chain(1, 0, BLOCKS), 0, 1);
      stage.look(chain(1, 0, BLOCKS));
      stage.ofReader.change =
          () -> {
            for (int root = 2; root < 2 + 8 * Layout.BUCKET_SLOTS; root++) {
              stage.put(chain(root, 0, BLOCKS), 0, 1);
            }
          };
      if (cut < 0) {
        stage.ofReader.change.run();
      }
      stage.ofReader.left = cut;
      for (int root = 1; root < 2 + 8 * Layout.BUCKET_SLOTS; root++) {
        stage.look(chain(root, 0, BLOCKS));
      }
      if (!stage.complaint.isEmpty()) {
        return stage.complaint;
      }
    }
    return "";
  }

  /// Two clients put chains at once: one of them does it whole between two lines of the other, or
  /// after that, if it meets a lock.
  ///
  /// @param there what is there before
  private static String together(Fault fault, long[] there, long[] one, long[] other) {
    for (int cut = 0; cut < CUTS; cut++) {
      var stage = new Stage(Writing.CLIENTS, 64, fault, 0);
      var late = new ArrayList<Runnable>();
      if (there.length > 0) {
        stage.put(there, 0, 3);
      }
      stage.ofReader.change =
          () -> {
            try {
              stage.put(other, 0, 2);
            } catch (IllegalStateException locked) {
              late.add(() -> stage.put(other, 0, 2));
            }
          };
      stage.ofReader.left = cut;
      stage.put(stage.reader, one, 0, 1);
      late.forEach(Runnable::run);
      stage.ofReader.left = -1;
      stage.look(one);
      stage.look(other);
      if (!stage.complaint.isEmpty()) {
        return stage.complaint;
      }
    }
    return "";
  }

  /// The same root, the same run below another, an append to the same run, a split of what another
  /// appends to.
  private static String together(Fault fault) {
    var none = new long[0];
    var root = chain(1, 0, KEPT);
    var whole = chain(1, 1, BLOCKS);
    var parted = chain(1, 1, BLOCKS);
    parted[BLOCKS - 1]++;
    var complaint = together(fault, none, whole, whole);
    if (complaint.isEmpty()) {
      complaint = together(fault, none, whole, parted);
    }
    if (complaint.isEmpty()) {
      complaint = together(fault, root, whole, parted);
    }
    if (complaint.isEmpty()) {
      complaint = together(fault, root, whole, chain(1, 2, BLOCKS));
    }
    if (complaint.isEmpty()) {
      complaint = together(fault, chain(1, 2, BLOCKS), whole, whole);
    }
    return complaint;
  }

  @ParameterizedTest
  @EnumSource(names = {"LOCK_IGNORED", "ANCHOR_FIRST", "UNLOCKED_EARLY", "DUPLICATE_NOT_RESOLVED"})
  void fault_ofClientsThatWrite_isCaught_andOnlyTheFault(Fault fault) {
    assertThat(together(Fault.NONE)).isEmpty();
    assertThat(together(fault)).isNotEmpty();
  }

  private static String scene(Fault scene, Fault fault) {
    return switch (scene) {
      case GENERATION_NOT_CHECKED, GENERATION_KEPT, HEADER_FIRST -> regrown(fault, 20_000);
      case REGROWN_NOT_SAID -> regrown(fault, 0);
      case ANCHOR_MOVED_LATE -> filled(fault, 1, 1, 60);
      case ANCHOR_FIRST -> filled(fault, 100, BLOCKS, 30);
      case VERSION_NOT_CHECKED -> reordered(fault);
      case NO_QUARANTINE -> reused(fault);
      case TABLE_NOT_MARKED -> replaced(fault);
      default ->
          throw new IllegalArgumentException(scene + " (expected: a fault that has a scene)");
    };
  }

  @ParameterizedTest
  @EnumSource(
      names = {
        "GENERATION_NOT_CHECKED",
        "HEADER_FIRST",
        "GENERATION_KEPT",
        "REGROWN_NOT_SAID",
        "ANCHOR_MOVED_LATE",
        "ANCHOR_FIRST",
        "VERSION_NOT_CHECKED",
        "NO_QUARANTINE",
        "TABLE_NOT_MARKED"
      })
  void fault_isCaught_andOnlyTheFault(Fault fault) {
    assertThat(scene(fault, Fault.NONE)).isEmpty();
    assertThat(scene(fault, fault)).isNotEmpty();
  }
}
