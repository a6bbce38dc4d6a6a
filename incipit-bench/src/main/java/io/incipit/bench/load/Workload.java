// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.load;

import io.incipit.bench.target.Chains;
import io.incipit.env.RandomSource;
import java.util.Arrays;

/// A set of chains to store and the chains to ask for afterwards.
///
/// @param name the word for it in names of results
/// @param source where it comes from, in words
/// @param feed what is stored, by one owner
/// @param full the chains asked for, all of them stored
/// @param arrival the same as each was when it came in: the part that was stored by then, and
///     blocks that nobody knows after it
public record Workload(String name, String source, Feed feed, Chains full, Chains arrival) {
  private static final int SPLIT_MAX = 64;

  /// Prompts, each block cut into `split` smaller ones.
  public static Workload of(String name, Prompts prompts, int split, long seed) {
    var blockHashes = new BlockHashes(seed);
    int hashes = Math.multiplyExact(prompts.accesses(), split);
    var known = knownOfAnybody(prompts, split);
    var full = new Chains.Builder(prompts.count(), hashes);
    var arrival = new Chains.Builder(prompts.count(), hashes);
    long unseen = BlockHashes.UNSEEN;
    for (int i = 0; i < prompts.count(); i++) {
      full.begin();
      arrival.begin();
      for (int position = 0; position < prompts.length(i) * split; position++) {
        long number = (long) prompts.id(i, position / split) * SPLIT_MAX + position % split;
        long hash = blockHashes.hash(number);
        full.add(hash);
        arrival.add(position < known[i] ? hash : blockHashes.hash(unseen++));
      }
    }
    var chains = full.build();
    var feed = new Feed(chains, known, new int[known.length]);
    return new Workload(name, prompts.source(), feed, chains, arrival.build());
  }

  /// The same with hashes of 16 bytes; its name ends in `.wide`.
  public Workload wide() {
    return new Workload(name + ".wide", source, feed.wide(), full.wide(), arrival.wide());
  }

  private static int[] knownOfAnybody(Prompts prompts, int split) {
    return known(prompts, split, new int[prompts.count()], 1);
  }

  /// How many leading blocks of each prompt its owner has stored before.
  private static int[] known(Prompts prompts, int split, int[] owners, int ownersEnd) {
    int words = (ownersEnd + Long.SIZE - 1) / Long.SIZE;
    var held = new long[prompts.idsEnd() * words];
    var known = new int[prompts.count()];
    for (int i = 0; i < known.length; i++) {
      int word = owners[i] / Long.SIZE;
      long bit = 1L << owners[i];
      int length = prompts.length(i);
      int common = 0;
      while (common < length && (held[prompts.id(i, common) * words + word] & bit) != 0) {
        common++;
      }
      for (int position = common; position < length; position++) {
        held[prompts.id(i, position) * words + word] |= bit;
      }
      known[i] = common * split;
    }
    return known;
  }

  /// The same chains, stored by many owners: each prompt goes to one of them, chosen by chance.
  static Feed feedOf(Workload workload, Prompts prompts, int ownersEnd, long seed) {
    var random = RandomSource.seeded(seed);
    var owners = new int[prompts.count()];
    Arrays.setAll(owners, _ -> random.nextInt(ownersEnd));
    int split = workload.full().length(0) / prompts.length(0);
    return new Feed(workload.full(), known(prompts, split, owners, ownersEnd), owners);
  }

  /// About ten million blocks: sessions of one to eight turns, each below one of a thousand prompts
  /// of Zipf's popularity, stored turn by turn, many sessions at a time. Asked for is a session,
  /// each as likely as any other, with one more turn: the worst case for caches.
  public static Workload sessions(String name, int blocks, int queries, long seed) {
    return new Sessions(blocks, seed).workload(name, queries);
  }
}
