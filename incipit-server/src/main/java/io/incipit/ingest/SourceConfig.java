// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest;

import io.incipit.ingest.chain.Naming;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/// One engine's stream of events, and what it is about.
///
/// @param worker name of the running engine that holds the blocks
/// @param rank data-parallel rank in it, from 0
/// @param endpoint where events come from, such as `tcp://10.0.0.5:5557`
/// @param binds whether the engine connects to us there, instead of we to it
/// @param replay where the engine repeats messages, if it does
/// @param namespace in which its blocks are published
/// @param model name of the model
/// @param blockTokens tokens of a block
/// @param countsCopies whether the engine removes a block as often as it announced it
/// @param naming how blocks are named in the namespace
/// @param capacity blocks for which the rank's GPU has room; empty if that is not known
public record SourceConfig(
    String worker,
    int rank,
    String endpoint,
    boolean binds,
    Optional<String> replay,
    String namespace,
    String model,
    int blockTokens,
    boolean countsCopies,
    Naming naming,
    OptionalInt capacity)
    implements EngineSpec {
  /// One whose blocks are named by our own chain, and whose capacity is not known.
  public SourceConfig(
      String worker,
      int rank,
      String endpoint,
      boolean binds,
      Optional<String> replay,
      String namespace,
      String model,
      int blockTokens,
      boolean countsCopies) {
    this(
        worker,
        rank,
        endpoint,
        binds,
        replay,
        namespace,
        model,
        blockTokens,
        countsCopies,
        Naming.OWN,
        OptionalInt.empty());
  }

  /// The owner as which it publishes: the worker, and behind `#` its rank if that is not 0.
  public String owner() {
    return rank == 0 ? worker : worker + "#" + rank;
  }

  @Override
  public List<String> addresses() {
    return Stream.concat(Stream.of(endpoint), replay.stream()).toList();
  }
}
