// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest;

import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import java.util.Arrays;

/// What the last messages of an engine said, by their digests: to tell a message that comes again
/// from one of another life. For one thread.
final class SeenMessages {
  /// What a message is to the one of its number.
  enum Comparison {
    SAME,
    OTHER,
    FORGOTTEN
  }

  private static final int KEPT = 4_096;
  private static final Hasher64 DIGEST = Hashing.xxh3_64(0x696e_6369_7069_74L);

  private final long[] seqs = new long[KEPT];
  private final long[] digests = new long[KEPT];

  SeenMessages() {
    clear();
  }

  void note(long seq, byte[] payload) {
    int i = (int) (seq % KEPT);
    seqs[i] = seq;
    digests[i] = DIGEST.hashBytesToLong(payload);
  }

  Comparison compare(long seq, byte[] payload) {
    int i = (int) (seq % KEPT);
    if (seqs[i] != seq) {
      return Comparison.FORGOTTEN;
    }
    return digests[i] == DIGEST.hashBytesToLong(payload) ? Comparison.SAME : Comparison.OTHER;
  }

  void clear() {
    Arrays.fill(seqs, -1);
  }
}
