// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.load;

import io.incipit.env.Disk;
import io.incipit.env.RandomSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

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

  /// The prompts of a trace in Mooncake's format, one JSON object a line.
  public static Prompts read(Path trace) throws IOException {
    var json = JsonMapper.shared();
    var ids = new ArrayList<int[]>();
    try (var lines = Disk.system().openText(trace)) {
      for (var line = lines.readLine(); line != null; line = lines.readLine()) {
        var array = json.readTree(line).get("hash_ids");
        if (array != null && !array.isEmpty()) {
          var prompt = new int[array.size()];
          for (int i = 0; i < prompt.length; i++) {
            prompt[i] = array.get(i).asInt();
          }
          ids.add(prompt);
        }
      }
    }
    return new Prompts("trace " + trace.getFileName(), ids);
  }

  /// Made-up prompts of about the shape of the conversation trace, for where that is not at hand:
  /// one shared first block, sessions of a few turns, some of them long.
  public static Prompts standIn(long seed) {
    var random = RandomSource.seeded(seed);
    var ids = new ArrayList<int[]>();
    var open = new ArrayList<int[]>();
    int next = 1;
    while (ids.size() < STAND_IN_REQUESTS) {
      boolean more = !open.isEmpty() && random.nextDouble() < 0.5;
      int of = more ? random.nextInt(open.size()) : -1;
      var before = more ? open.get(of) : new int[] {0};
      double median = more ? 4 : 9;
      int added = (int) Math.clamp(median * Math.exp(1.3 * random.nextGaussian()), 1, 240);
      var prompt = new int[before.length + added];
      System.arraycopy(before, 0, prompt, 0, before.length);
      for (int i = before.length; i < prompt.length; i++) {
        prompt[i] = next++;
      }
      ids.add(prompt);
      if (more) {
        open.remove(of);
      }
      if (random.nextDouble() < 0.75) {
        open.add(prompt);
      }
    }
    return new Prompts("made-up stand-in for the conversation trace", ids);
  }

  /// Where they come from, in words.
  public String source() {
    return source;
  }

  /// Number of prompts.
  public int count() {
    return ids.size();
  }

  int length(int i) {
    return ids.get(i).length;
  }

  int id(int i, int position) {
    return ids.get(i)[position];
  }

  /// All blocks of all prompts.
  int accesses() {
    return ids.stream().mapToInt(prompt -> prompt.length).sum();
  }

  /// The largest id, plus one.
  int idsEnd() {
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
