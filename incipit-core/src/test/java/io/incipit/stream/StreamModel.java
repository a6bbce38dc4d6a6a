// SPDX-License-Identifier: Apache-2.0
package io.incipit.stream;

import io.incipit.block.BlockChain;
import io.incipit.block.Change;
import io.incipit.block.ErrorCode;
import io.incipit.block.Holders;
import io.incipit.block.Op;
import io.incipit.block.Tier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What owners' streams mean, as plain sets: which owner holds which block in which tier. Knows of
/// no tree and parks nothing: while the chaining of hashes is not contradicted, an answer about
/// leading blocks depends on these sets alone.
final class StreamModel {
  /// A block in a tier.
  record Held(BlockChain block, Tier tier) {}

  /// One owner's stream.
  static final class Stream {
    long incarnation;
    long seq;
    boolean partial;

    /// Whether it is partial until it clears all.
    boolean lossy;

    final Set<Held> held = new HashSet<>();
  }

  final Map<String, Stream> streams = new HashMap<>();

  /// Applies a publish.
  ///
  /// @return the first two words of the reply: `OK` and the last seq, or a code and its number
  String publish(Op.Publish op) {
    var stream = streams.computeIfAbsent(op.owner(), _ -> new Stream());
    if (op.incarnation() < stream.incarnation) {
      return ErrorCode.FENCED + " " + stream.incarnation;
    }
    if (op.incarnation() > stream.incarnation) {
      stream.incarnation = op.incarnation();
      stream.seq = 0;
      stream.partial = false;
      stream.lossy = false;
      stream.held.clear();
    }
    if (op.seq() > stream.seq + 1) {
      stream.partial = true;
      if (op.changes().isEmpty() || !op.changes().getFirst().equals(Talk.clearAll())) {
        return ErrorCode.GAP + " " + (stream.seq + 1);
      }
    }
    if (op.seq() > stream.seq) {
      stream.seq = op.seq();
      op.changes().forEach(change -> apply(stream, change));
    }
    return "OK " + stream.seq;
  }

  /// The server lost its index: every owner has to send all again.
  void restart() {
    for (var stream : streams.values()) {
      if (stream.seq > 0) {
        stream.seq = 0;
        stream.partial = true;
        stream.lossy = true;
      }
      stream.held.clear();
    }
  }

  private static void apply(Stream stream, Change change) {
    switch (change) {
      case Change.Store(var tier, _, var hashes, int skip) ->
          blocks(hashes.slice(skip, hashes.length()))
              .forEach(block -> stream.held.add(new Held(block, tier)));
      case Change.Remove(var tier, var hashes) ->
          blocks(hashes).forEach(block -> stream.held.remove(new Held(block, tier)));
      case Change.Clear(Optional<Tier> tier) -> {
        stream.held.removeIf(held -> tier.isEmpty() || held.tier == tier.get());
        stream.lossy &= tier.isPresent();
      }
      case Change.Synced() -> stream.partial = stream.lossy;
    }
  }

  static List<BlockChain> blocks(BlockChain chain) {
    var blocks = new ArrayList<BlockChain>();
    for (int i = 0; i < chain.length(); i++) {
      blocks.add(chain.slice(i, i + 1));
    }
    return blocks;
  }

  private boolean holds(String owner, BlockChain block, int tierMask) {
    var stream = streams.get(owner);
    return stream != null
        && stream.held.stream()
            .anyMatch(held -> (held.tier.mask() & tierMask) != 0 && held.block.equals(block));
  }

  /// Leading blocks of a chain that some of `owners` have between them.
  int matched(BlockChain chain, Iterable<String> owners, int tierMask) {
    int blocks = 0;
    for (var block : blocks(chain)) {
      boolean any = false;
      for (var owner : owners) {
        any |= holds(owner, block, tierMask);
      }
      if (!any) {
        break;
      }
      blocks++;
    }
    return blocks;
  }

  /// The holders of a chain, as intervals.
  Holders holders(BlockChain chain, Map<String, Integer> numbers, int tierMask) {
    var found = new ArrayList<int[]>();
    numbers.forEach(
        (owner, number) -> {
          for (int code = 0; code < Tier.COUNT; code++) {
            int mask = tierMask & 1 << code;
            for (int from = 0, to; from < chain.length(); from = to + 1) {
              to = from;
              while (to < chain.length() && holds(owner, chain.slice(to, to + 1), mask)) {
                to++;
              }
              if (from < to) {
                found.add(new int[] {from, to, number, code});
              }
            }
          }
        });
    found.sort((a, b) -> a[0] != b[0] ? a[0] - b[0] : a[2] != b[2] ? a[2] - b[2] : a[3] - b[3]);
    return Holders.of(found.stream().flatMapToInt(Arrays::stream).toArray(), found.size());
  }
}
