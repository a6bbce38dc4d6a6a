// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.load;

import io.incipit.env.Disk;
import io.incipit.env.PipeDisk;
import io.incipit.trace.TraceFile;
import io.incipit.trace.TraceReader;
import io.incipit.trace.TraceRequest;
import io.incipit.trace.generate.ConversationTrace;
import io.incipit.trace.mooncake.MooncakeFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The prompts of a trace in their order, each as the ids of its blocks. An id stands for a block
/// and all blocks before it; ids are dense from 0, in the order of their first use.
public final class Prompts {
  private static final int STAND_IN_REQUESTS = 12_000;

  private final String source;
  private final List<int[]> ids;

  private Prompts(String source, List<int[]> ids) {
    this.source = source;
    this.ids = ids;
  }

  /// The prompts of a trace in Mooncake's format, from a file or a pipe.
  public static Prompts read(Path trace) throws IOException {
    var system = Disk.system();
    var disk = system.isReadOnce(trace) ? new PipeDisk(system, trace, false) : system;
    try (var reader = new MooncakeFormat().open(new TraceFile(disk, trace, false))) {
      return of("trace " + trace.getFileName(), reader);
    }
  }

  /// Made-up prompts of about the shape of the conversation trace, for where that is not at hand.
  public static Prompts standIn(long seed) throws IOException {
    try (var generator = new ConversationTrace(STAND_IN_REQUESTS, seed)) {
      return of("made-up stand-in for the conversation trace", generator);
    }
  }

  private static Prompts of(String source, TraceReader reader) throws IOException {
    var ids = new ArrayList<int[]>();
    for (Optional<TraceRequest> next = reader.next(); next.isPresent(); next = reader.next()) {
      var blocks = next.get().ids();
      var prompt = new int[blocks.length()];
      for (int i = 0; i < prompt.length; i++) {
        prompt[i] = Math.toIntExact(blocks.id(i));
      }
      ids.add(prompt);
    }
    if (ids.stream().allMatch(prompt -> prompt.length == 0)) {
      throw new IOException(source + ": no request with a block (expected: at least one)");
    }
    return new Prompts(source, ids);
  }

  /// Where they come from, in words.
  public String source() {
    return source;
  }

  /// Number of prompts.
  public int count() {
    return ids.size();
  }

  /// Blocks of prompt `i`.
  public int length(int i) {
    return ids.get(i).length;
  }

  /// Id of a block of prompt `i`.
  public int id(int i, int position) {
    return ids.get(i)[position];
  }

  /// All blocks of all prompts.
  int accesses() {
    return ids.stream().mapToInt(prompt -> prompt.length).sum();
  }

  /// The largest id, plus one.
  public int idsEnd() {
    int end = 0;
    for (var prompt : ids) {
      for (int id : prompt) {
        end = Math.max(end, id + 1);
      }
    }
    return end;
  }

  /// The prompts whose number is below `count`.
  public Prompts first(int count) {
    return new Prompts(source, ids.subList(0, Math.min(count, ids.size())));
  }
}
