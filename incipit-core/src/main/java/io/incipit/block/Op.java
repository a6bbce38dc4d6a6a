// SPDX-License-Identifier: Apache-2.0
package io.incipit.block;

import java.util.List;
import java.util.Optional;

/// One operation, whatever it came by. RESP, HTTP, the command line and engine events all become
/// this, and all get a [Reply].
public sealed interface Op {
  /// Makes a namespace. Done again with the same contract it changes nothing; with another one it
  /// is refused with `CONTRACT`.
  record CreateNamespace(Namespace namespace) implements Op {}

  /// Names all namespaces.
  record ListNamespaces() implements Op {}

  /// The contract and size of one namespace.
  record DescribeNamespace(String namespace) implements Op {}

  /// Forgets a namespace and all its owners.
  record DropNamespace(String namespace) implements Op {}

  /// A stretch of an owner's stream.
  ///
  /// @param incarnation one life of the owner, from start to restart; larger is later
  /// @param seq number of this publish in the incarnation, from 1
  record Publish(String namespace, String owner, long incarnation, long seq, List<Change> changes)
      implements Op {
    public Publish {
      changes = List.copyOf(changes);
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
  /// @param limit most owners listed in the reply
  record Score(String namespace, BlockChain hashes, Cursor from, int limit) implements Op {}

  /// The blocks that follow `hash` in the same run: a range read.
  record Run(String namespace, BlockChain hash, int count) implements Op {}

  /// The holders of single blocks: random gets.
  record Locate(String namespace, BlockChain hashes) implements Op {}

  /// The owners of a namespace, or the one that is named.
  ///
  /// @param from number of the first owner listed
  /// @param limit most owners listed
  record Owners(String namespace, Optional<String> owner, int from, int limit) implements Op {}

  /// Counters of one namespace, or of the process.
  record Stats(Optional<String> namespace) implements Op {}

  /// The tree around one block, for people.
  ///
  /// @param count most blocks shown
  record Inspect(String namespace, BlockChain hash, int count) implements Op {}
}
