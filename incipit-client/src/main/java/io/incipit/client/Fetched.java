// SPDX-License-Identifier: Apache-2.0
package io.incipit.client;

import java.nio.ByteBuffer;
import java.util.List;

/// The values of leading keys, each compared with its checksums, and why there are no more.
///
/// @param blocks values of the first keys, in their order; read-only, and of the caller alone
/// @param end why the key behind them, at the position `blocks.size()`, has none here
public record Fetched(List<ByteBuffer> blocks, End end) {
  /// Why a fetch ends where it does.
  public enum End {
    /// All keys were delivered.
    ALL,
    /// The next key has no value.
    MISS,
    /// The value of the next key is not what was written: the server found it so, or this client.
    BAD,
    /// The next value would have come after the deadline.
    DEADLINE
  }

  public Fetched {
    blocks = List.copyOf(blocks);
  }
}
