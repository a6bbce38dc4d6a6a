// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.runpool;

import io.incipit.bench.pool.TraceIds;
import io.incipit.block.Hash64;
import io.incipit.trace.generate.ConversationTrace;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;

/// The prompts of a trace as chains of hashes, each block expanded to some.
record Chains(List<int[]> ids, int expansion) {
  private static final long SALT = Hash64.mix(1 + Hash64.GOLDEN);

  static boolean hasTrace() {
    return Files.exists(TraceIds.CONVERSATION);
  }

  static Chains trace(int expansion) throws IOException {
    return new Chains(withBlocks(TraceIds.conversation()), expansion);
  }

  /// Made-up prompts of about the shape of the conversation trace.
  static Chains madeUp(int requests, int expansion) throws IOException {
    try (var reader = new ConversationTrace(requests, 1)) {
      return new Chains(withBlocks(TraceIds.of(reader)), expansion);
    }
  }

  private static List<int[]> withBlocks(List<int[]> prompts) {
    return prompts.stream().filter(prompt -> prompt.length > 0).toList();
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
