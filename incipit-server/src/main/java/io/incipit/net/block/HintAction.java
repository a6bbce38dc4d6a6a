// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.block;

import io.incipit.block.BlockChain;

/// One action of an envelope of hints.
///
/// @param id how its sender calls it
/// @param kind what it says, as far as that is known here
/// @param hashes what it is about; without length where that was not understood
/// @param millis of [Kind#BACK] and [Kind#PIN]
/// @param hard of [Kind#PIN]
/// @param refusal why it is not followed; empty if it is
record HintAction(
    String id, Kind kind, BlockChain hashes, int millis, boolean hard, String refusal) {
  /// What is known of actions: type and version.
  enum Kind {
    /// These blocks will be asked for soon.
    FETCH("kv.fetch"),
    /// The session of a path has ended.
    DONE("incipit.done"),
    /// A path is back in a while.
    BACK("incipit.back"),
    /// Blocks are to stay for a while.
    PIN("incipit.pin"),
    /// Another type, or another version of one of these.
    UNKNOWN("");

    private static final String VERSION = "1.0";

    private final String type;

    Kind(String type) {
      this.type = type;
    }

    static Kind of(String type, String version) {
      for (var kind : values()) {
        if (kind != UNKNOWN && kind.type.equals(type) && version.equals(VERSION)) {
          return kind;
        }
      }
      return UNKNOWN;
    }
  }
}
