// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.runpool;

import io.incipit.block.Hash64;
import io.incipit.env.Disk;
import io.incipit.trace.TraceFile;
import io.incipit.trace.TraceReader;
import io.incipit.trace.TraceRequest;
import io.incipit.trace.generate.ConversationTrace;
import io.incipit.trace.mooncake.MooncakeFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The prompts of a trace as chains of hashes, each block expanded to some.
record Chains(List<int[]> ids, int expansion) {
  private static final Path TRACE =
      Path.of(System.getProperty("incipit.root", ".."), "../shared/traces/conversation_trace.jsonl")
          .normalize();
  private static final long SALT = Hash64.mix(1 + Hash64.GOLDEN);

  static boolean hasTrace() {
    return Files.exists(TRACE);
  }

  static Chains trace(int expansion) throws IOException {
    var file = new TraceFile(Disk.system(), TRACE, false);
    try (var reader = new MooncakeFormat().open(file)) {
      return new Chains(read(reader), expansion);
    }
  }

  /// Made-up prompts of about the shape of the conversation trace.
  static Chains madeUp(int requests, int expansion) throws IOException {
    try (var reader = new ConversationTrace(requests, 1)) {
      return new Chains(read(reader), expansion);
    }
  }

  private static List<int[]> read(TraceReader reader) throws IOException {
    var all = new ArrayList<int[]>();
    for (Optional<TraceRequest> next = reader.next(); next.isPresent(); next = reader.next()) {
      var blocks = next.get().ids();
      var prompt = new int[blocks.length()];
      for (int i = 0; i < prompt.length; i++) {
        prompt[i] = Math.toIntExact(blocks.id(i));
      }
      if (prompt.length > 0) {
        all.add(prompt);
      }
    }
    return all;
  }

  int count() {
    return ids.size();
  }

  int longest() {
    return expansion * ids.stream().mapToInt(prompt -> prompt.length).max().orElse(0);
  }

  int length(int request) {
    return ids.get(request).length * expansion;
  }

  /// Blocks that differ.
  long distinct() {
    return expansion * ids.stream().flatMapToInt(java.util.Arrays::stream).distinct().count();
  }

  void fill(int request, long[] hashes) {
    var prompt = ids.get(request);
    for (int i = 0; i < prompt.length; i++) {
      for (int k = 0; k < expansion; k++) {
        hashes[i * expansion + k] =
            Hash64.mix((long) prompt[i] * expansion + k + SALT + Hash64.GOLDEN);
      }
    }
  }
}
