// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.rivals;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.bench.load.Prompts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IncipitRivalTest {
  private static final int WORKERS = 5;

  @TempDir private Path folder;
  private Path file = Path.of("");
  private final Task task = task();

  private static Task task() {
    try {
      return Task.of(Prompts.standIn(1).first(700), 1, WORKERS, 3);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  @BeforeEach
  void write() throws IOException {
    file = folder.resolve("workload.bin");
    task.write(file);
  }

  /// What everybody has, block by block.
  private List<Set<Long>> held(int prompts) {
    List<Set<Long>> held = new ArrayList<>();
    for (int worker = 0; worker < WORKERS; worker++) {
      held.add(new HashSet<>());
    }
    for (int i = 0; i < prompts; i++) {
      var hashes = ByteBuffer.wrap(task.hashes());
      for (int block = 0; block < task.length(i); block++) {
        held.get(task.worker(i)).add(hashes.getLong(task.start(i) + block * Long.BYTES));
      }
    }
    return held;
  }

  private String digest(List<Set<Long>> held, byte[] questions, boolean percent) {
    var hashes = ByteBuffer.wrap(questions);
    long digest = 0;
    for (int i = 0; i < task.count(); i++) {
      for (int worker = 0; worker < WORKERS; worker++) {
        int blocks = 0;
        while (blocks < task.length(i)
            && held.get(worker).contains(hashes.getLong(task.start(i) + blocks * Long.BYTES))) {
          blocks++;
        }
        int said = percent ? 100 * blocks / Math.max(1, task.length(i)) : blocks;
        digest += said == 0 ? 0 : IncipitRival.digestOf(i, worker, said);
      }
    }
    return "checked %016x %d".formatted(digest, task.count());
  }

  @ParameterizedTest
  @CsvSource({"true,false", "true,true", "false,false"})
  void check_afterStoreAndRemove_isThatOfASetAWorker(boolean byHash, boolean listing)
      throws IOException {
    var rival = new IncipitRival(byHash, listing);
    assertThat(rival.answer("load", file.toString())).isEqualTo("loaded 700");
    assertThat(rival.answer("store")).startsWith("stored ");
    var everything = held(task.count());
    var full = task.hashes();
    var arrival = task.arrivalHashes();
    assertThat(rival.answer("check", "full")).isEqualTo(digest(everything, full, false));
    assertThat(rival.answer("check", "arrival")).isEqualTo(digest(everything, arrival, false));
    assertThat(rival.answer("check", "full", "percent")).isEqualTo(digest(everything, full, true));
    assertThat(rival.answer("remove")).startsWith("removed ");
    var half = held(task.count() / 2);
    assertThat(rival.answer("check", "full")).isEqualTo(digest(half, full, false));
  }

  @Test
  void store_andRemove_countBlocks() throws IOException {
    var rival = new IncipitRival(true, false);
    rival.answer("load", file.toString());
    long stored = 0;
    long removed = 0;
    for (int i = 0; i < task.count(); i++) {
      stored += task.length(i) - task.storedFrom(i);
      removed += i < task.count() / 2 ? 0 : task.length(i) - task.storedFrom(i);
    }
    assertThat(rival.answer("store")).endsWith(" " + stored);
    assertThat(rival.answer("remove")).endsWith(" " + removed);
  }

  @Test
  void ask_twice_givesTheSameSum() throws IOException {
    var rival = new IncipitRival(true, false);
    rival.answer("load", file.toString());
    rival.answer("store");
    var sum = rival.answer("ask", "full").split(" ", -1)[3];
    assertThat(Long.parseLong(sum)).isPositive();
    assertThat(rival.answer("ask", "full").split(" ", -1)[3]).isEqualTo(sum);
  }

  /// The programs in Rust and Go make the same number.
  @Test
  void digestOf_isThatOfAllRivals() {
    assertThat(IncipitRival.digestOf(0, 0, 1)).isEqualTo(0x6c57_95e1_4b3b_7e33L);
  }
}
