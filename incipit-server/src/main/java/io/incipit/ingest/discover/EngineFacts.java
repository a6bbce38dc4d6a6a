// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest.discover;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// What is to be known of an engine before it can be followed.
///
/// @param streams one for each data-parallel rank, by rank; at least one
/// @param model its name
/// @param blockTokens tokens of a block
/// @param capacity blocks for which the GPU of a rank has room, if that is known
public record EngineFacts(
    List<Stream> streams, String model, int blockTokens, OptionalInt capacity) {
  public EngineFacts {
    streams = List.copyOf(streams);
  }

  /// Where one rank says what it stores.
  ///
  /// @param endpoint where its events come from, `tcp://host:port`
  /// @param replay where it repeats them, if it does
  public record Stream(int rank, String endpoint, Optional<String> replay) {}
}
