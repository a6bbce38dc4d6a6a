// SPDX-License-Identifier: Apache-2.0
package io.incipit.block;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// One operation, whatever it came by. RESP, HTTP, the command line and engine events all become
/// this, and all get a [Reply].
public sealed interface Op {
  /// Makes a namespace. Done again with the same contract it changes nothing; with another one it
  /// is refused with `CONTRACT`.
  record CreateNamespace(Namespace namespace) implements Op {}

  /// Names namespaces, sorted.
  ///
  /// @param from the name after which the list begins; all are after the empty one
  /// @param limit most names listed
  /// @param shown whether a name is listed, what is not is as if it did not exist; all are if empty
  record ListNamespaces(String from, int limit, Optional<Predicate<String>> shown) implements Op {
    /// Lists all.
    public ListNamespaces(String from, int limit) {
      this(from, limit, Optional.empty());
    }
  }

  /// The contract and size of one namespace.
  record DescribeNamespace(String namespace) implements Op {}

  /// Forgets a namespace and all its owners.
  record DropNamespace(String namespace) implements Op {}

  /// A stretch of an owner's stream; one without changes asks for the last number applied, and
  /// changes nothing.
  ///
  /// @param incarnation one life of the owner, from start to restart; larger is later
  /// @param seq number of this publish in the incarnation, from 1
  record Publish(String namespace, String owner, long incarnation, long seq, List<Change> changes)
      implements Op {
    public Publish {
      changes = List.copyOf(changes);
    }

    /// Whether it begins with `CLEAR *`, so that it needs nothing that came before.
    public boolean isRebase() {
      return !changes.isEmpty()
          && changes.getFirst() instanceof Change.Clear(var tier)
          && tier.isEmpty();
    }
  }

  /// The longest prefix that is readable from eligible holders.
  ///
  /// @param hashes the chain, or what follows `from`
  /// @param owners names of the eligible owners; all if empty
  /// @param tierMask bits of the eligible tiers
  /// @param limit most intervals in the reply
  record Match(
      String namespace,
      BlockChain hashes,
      Cursor from,
      List<String> owners,
      int tierMask,
      int limit)
      implements Op {
    public Match {
      owners = List.copyOf(owners);
    }
  }

  /// How many leading blocks each owner holds.
  ///
  /// @param owners names of the owners that are listed or counted in the base; all if empty
  /// @param tierMask bits of the tiers that count
  /// @param limit most owners listed in the reply
  /// @param names whether the reply names the owners that it lists
  /// @param all whether all that hold something are listed, so that the base is 0
  record Score(
      String namespace,
      BlockChain hashes,
      Cursor from,
      List<String> owners,
      int tierMask,
      int limit,
      boolean names,
      boolean all)
      implements Op {
    public Score {
      owners = List.copyOf(owners);
    }

    /// Leaves out those that have what most have.
    public Score(
        String namespace,
        BlockChain hashes,
        Cursor from,
        List<String> owners,
        int tierMask,
        int limit,
        boolean names) {
      this(namespace, hashes, from, owners, tierMask, limit, names, false);
    }

    /// Asks for all owners and tiers, by number.
    public Score(String namespace, BlockChain hashes, Cursor from, int limit) {
      this(namespace, hashes, from, List.of(), Tier.ALL_MASK, limit, false);
    }
  }

  /// The blocks that follow `hash` as far as prompts do not part: a range read.
  ///
  /// @param from how many of the following blocks are left out, to go on where another reply ended
  /// @param count most blocks in the reply
  record Run(String namespace, BlockChain hash, int from, int count) implements Op {
    /// Begins with the block after `hash`.
    public Run(String namespace, BlockChain hash, int count) {
      this(namespace, hash, 0, count);
    }
  }

  /// The holders of single blocks: random gets.
  record Locate(String namespace, BlockChain hashes) implements Op {}

  /// Somebody who knows says what becomes of a prompt that was asked for.
  ///
  /// @param path its blocks from the root
  record Foretell(String namespace, Hint hint, BlockChain path) implements Op {}

  /// The owners of a namespace, or the one that is named.
  ///
  /// @param from number of the first owner listed, unsigned
  /// @param limit most owners listed
  record Owners(String namespace, Optional<String> owner, int from, int limit) implements Op {}

  /// The engines that are followed, by namespace and owner.
  ///
  /// @param from how many are left out
  /// @param limit most engines listed
  record Engines(int from, int limit) implements Op {}

  /// Counters of one namespace, or of the process.
  record Stats(Optional<String> namespace) implements Op {}

  /// The blocks from `hash` on, for people.
  ///
  /// @param from how many of them are left out, `hash` itself being the first
  /// @param count most blocks shown
  record Inspect(String namespace, BlockChain hash, int from, int count) implements Op {
    /// Begins with `hash` itself.
    public Inspect(String namespace, BlockChain hash, int count) {
      this(namespace, hash, 0, count);
    }
  }
}
