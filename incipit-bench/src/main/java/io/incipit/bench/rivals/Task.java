// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.rivals;

import io.incipit.bench.load.Prompts;
import io.incipit.block.Hash64;
import io.incipit.env.Disk;
import io.incipit.env.RandomSource;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/// What all rivals are given: prompts in their order, which worker each goes to and stores its
/// blocks, and what was known of it when it came in.
///
/// As a file, big-endian:
///
/// ```
/// 8 bytes   INCRIV01
/// int       workers
/// int       prompts
/// each prompt:
///   int     worker, from 0
///   int     blocks
///   int     blocks that this worker has stored before
///   int     blocks that some worker has stored before
/// 8 bytes a block: hashes of the first prompt, then of the second, ...
/// ```
///
/// A hash covers its block and all before it. The question *full* is a prompt as it stands;
/// *arrival* has, behind what was known, the complements of its hashes, which nobody stores.
final class Task {
  private static final byte[] MAGIC = "INCRIV01".getBytes(StandardCharsets.US_ASCII);
  private static final int SPLIT_MAX = 64;

  private final int workers;
  private final int[] owners;
  private final int[] lengths;
  private final int[] storedFrom;
  private final int[] known;
  private final int[] starts;
  private final byte[] hashes;

  private Task(int workers, int[] owners, int[] lengths, int[] storedFrom, int[] known)
      throws IOException {
    this.workers = workers;
    this.owners = owners;
    this.lengths = lengths;
    this.storedFrom = storedFrom;
    this.known = known;
    this.starts = new int[lengths.length];
    long at = 0;
    for (int i = 0; i < lengths.length; i++) {
      if (lengths[i] < 0 || storedFrom[i] > known[i] || known[i] > lengths[i]) {
        throw new IOException(
            "prompt %d: stored %d, known %d of %d blocks"
                .formatted(i, storedFrom[i], known[i], lengths[i]));
      }
      starts[i] = Math.toIntExact(at);
      at += (long) lengths[i] * Long.BYTES;
    }
    this.hashes = new byte[Math.toIntExact(at)];
  }

  /// Prompts, each block cut into `split` smaller ones; each prompt goes to one of the workers,
  /// chosen by chance.
  static Task of(Prompts prompts, int split, int workers, long seed) throws IOException {
    int count = prompts.count();
    var random = RandomSource.seeded(seed);
    var owners = new int[count];
    Arrays.setAll(owners, _ -> random.nextInt(workers));
    var lengths = new int[count];
    Arrays.setAll(lengths, i -> prompts.length(i) * split);
    var storedFrom = before(prompts, owners, workers);
    var known = before(prompts, new int[count], 1);
    for (int i = 0; i < count; i++) {
      storedFrom[i] *= split;
      known[i] *= split;
    }
    var task = new Task(workers, owners, lengths, storedFrom, known);
    long salt = Hash64.mix(seed + Hash64.GOLDEN);
    for (int i = 0; i < count; i++) {
      for (int block = 0; block < lengths[i]; block++) {
        long number = (long) prompts.id(i, block / split) * SPLIT_MAX + block % split;
        task.set(i, block, Hash64.mix(number + salt + Hash64.GOLDEN));
      }
    }
    return task;
  }

  /// How many leading blocks of each prompt its owner has stored before.
  private static int[] before(Prompts prompts, int[] owners, int ownersEnd) {
    int words = (ownersEnd + Long.SIZE - 1) / Long.SIZE;
    var held = new long[prompts.idsEnd() * words];
    var before = new int[prompts.count()];
    for (int i = 0; i < before.length; i++) {
      int word = owners[i] / Long.SIZE;
      long bit = 1L << owners[i];
      int common = 0;
      while (common < prompts.length(i)
          && (held[prompts.id(i, common) * words + word] & bit) != 0) {
        common++;
      }
      for (int block = common; block < prompts.length(i); block++) {
        held[prompts.id(i, block) * words + word] |= bit;
      }
      before[i] = common;
    }
    return before;
  }

  /// Reads a file that [#write] wrote.
  static Task read(Path file) throws IOException {
    try (var in = new DataInputStream(Disk.system().openRead(file))) {
      var bytes = in.readAllBytes();
      return read(new DataInputStream(new ByteArrayInputStream(bytes)), file);
    }
  }

  private static Task read(DataInputStream in, Path file) throws IOException {
    if (!Arrays.equals(in.readNBytes(MAGIC.length), MAGIC)) {
      throw new IOException(file + ": no workload of version 1");
    }
    int workers = in.readInt();
    int count = in.readInt();
    if (workers < 1 || count < 0 || (long) count * 4 * Integer.BYTES > in.available()) {
      throw new IOException("%s: %d workers, %d prompts".formatted(file, workers, count));
    }
    var owners = new int[count];
    var lengths = new int[count];
    var storedFrom = new int[count];
    var known = new int[count];
    for (int i = 0; i < count; i++) {
      owners[i] = in.readInt();
      lengths[i] = in.readInt();
      storedFrom[i] = in.readInt();
      known[i] = in.readInt();
    }
    var task = new Task(workers, owners, lengths, storedFrom, known);
    in.readFully(task.hashes);
    return task;
  }

  /// Writes it to a file.
  void write(Path file) throws IOException {
    try (var draft = Disk.system().draft(file)) {
      var out = new DataOutputStream(new BufferedOutputStream(draft.out(), 1 << 20));
      out.write(MAGIC);
      out.writeInt(workers);
      out.writeInt(owners.length);
      for (int i = 0; i < owners.length; i++) {
        out.writeInt(owners[i]);
        out.writeInt(lengths[i]);
        out.writeInt(storedFrom[i]);
        out.writeInt(known[i]);
      }
      out.write(hashes);
      out.flush();
      draft.keep();
    }
  }

  private void set(int i, int block, long hash) {
    ByteBuffer.wrap(hashes).putLong(starts[i] + block * Long.BYTES, hash);
  }

  /// Workers, numbered from 0.
  int workers() {
    return workers;
  }

  /// Number of prompts.
  int count() {
    return owners.length;
  }

  /// Where prompt `i` goes.
  int worker(int i) {
    return owners[i];
  }

  /// Blocks of prompt `i`.
  int length(int i) {
    return lengths[i];
  }

  /// Blocks of prompt `i` that its worker has when it comes in.
  int storedFrom(int i) {
    return storedFrom[i];
  }

  /// Blocks of prompt `i` that somebody has when it comes in.
  int known(int i) {
    return known[i];
  }

  /// Different blocks, all together.
  long distinct() {
    long sum = 0;
    for (int i = 0; i < lengths.length; i++) {
      sum += lengths[i] - known[i];
    }
    return sum;
  }

  /// All hashes as they stand in the file; prompt `i` begins at [#start].
  byte[] hashes() {
    return hashes;
  }

  /// Byte at which the hashes of prompt `i` begin.
  int start(int i) {
    return starts[i];
  }

  /// The hashes of the question *arrival*, laid out as [#hashes].
  byte[] arrivalHashes() {
    var arrival = hashes.clone();
    for (int i = 0; i < lengths.length; i++) {
      int end = starts[i] + lengths[i] * Long.BYTES;
      for (int at = starts[i] + known[i] * Long.BYTES; at < end; at++) {
        arrival[at] = (byte) ~arrival[at];
      }
    }
    return arrival;
  }
}
