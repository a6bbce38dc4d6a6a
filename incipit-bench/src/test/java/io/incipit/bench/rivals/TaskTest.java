// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.rivals;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.incipit.bench.load.Prompts;
import io.incipit.env.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TaskTest {
  @TempDir private Path folder;

  private static Task task() throws IOException {
    return Task.of(Prompts.standIn(1).first(50), 2, 3, 7);
  }

  @Test
  void write_thenRead_givesTheSame() throws IOException {
    var written = task();
    var file = folder.resolve("workload.bin");
    written.write(file);
    var read = Task.read(file);
    assertThat(read.workers()).isEqualTo(3);
    assertThat(read.count()).isEqualTo(50);
    assertThat(read.hashes()).isEqualTo(written.hashes());
    assertThat(read.distinct()).isEqualTo(written.distinct());
    for (int i = 0; i < 50; i++) {
      assertThat(read.worker(i)).isEqualTo(written.worker(i));
      assertThat(read.length(i)).isEqualTo(written.length(i));
      assertThat(read.storedFrom(i)).isEqualTo(written.storedFrom(i));
      assertThat(read.known(i)).isEqualTo(written.known(i));
    }
  }

  @Test
  void write_isAsDocumented() throws IOException {
    var task = task();
    var file = folder.resolve("workload.bin");
    task.write(file);
    byte[] all;
    try (var in = Disk.system().openRead(file)) {
      all = in.readAllBytes();
    }
    var bytes = ByteBuffer.wrap(all);
    var magic = new byte[8];
    bytes.get(magic);
    assertThat(new String(magic, StandardCharsets.US_ASCII)).isEqualTo("INCRIV01");
    assertThat(bytes.getInt()).isEqualTo(3);
    assertThat(bytes.getInt()).isEqualTo(50);
    assertThat(bytes.getInt()).isEqualTo(task.worker(0));
    assertThat(bytes.getInt()).isEqualTo(task.length(0));
    assertThat(bytes.getInt()).isZero();
    assertThat(bytes.getInt()).isZero();
    int blocks = IntStream.range(0, 50).map(task::length).sum();
    assertThat(all).hasSize(8 + 8 + 50 * 16 + 8 * blocks);
  }

  @Test
  void known_isWhatWasStoredBefore() throws IOException {
    var task = task();
    Set<Long> anybody = new HashSet<>();
    for (int i = 0; i < task.count(); i++) {
      var hashes = ByteBuffer.wrap(task.hashes(), task.start(i), task.length(i) * Long.BYTES);
      int known = 0;
      for (int block = 0; block < task.length(i); block++) {
        known += anybody.add(hashes.getLong()) ? 0 : 1;
      }
      assertThat(task.known(i)).as("prompt %d", i).isEqualTo(known);
      assertThat(task.storedFrom(i)).isLessThanOrEqualTo(known);
    }
    assertThat(task.distinct()).isEqualTo(anybody.size());
  }

  @Test
  void arrivalHashes_behindWhatWasKnown_areComplements() throws IOException {
    var task = task();
    var full = ByteBuffer.wrap(task.hashes());
    var arrival = ByteBuffer.wrap(task.arrivalHashes());
    for (int i = 0; i < task.count(); i++) {
      for (int block = 0; block < task.length(i); block++) {
        int at = task.start(i) + block * Long.BYTES;
        long hash = full.getLong(at);
        assertThat(arrival.getLong(at)).isEqualTo(block < task.known(i) ? hash : ~hash);
      }
    }
  }

  @Test
  void read_ofSomethingElse_isRefused() throws IOException {
    var file = folder.resolve("other");
    Disk.system().writeText(file, "INCRIV00 and so on");
    assertThatThrownBy(() -> Task.read(file)).hasMessageContaining("no workload of version 1");
  }
}
