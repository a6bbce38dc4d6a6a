// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.format;

import io.incipit.block.Hash64;
import java.util.ArrayList;
import java.util.List;

/// The tokens of a conversation so far, as pieces of known origin, cut into blocks wherever pieces
/// end: two conversations name a block alike if they have the same pieces up to its end.
final class Transcript {
  private final List<Piece> pieces = new ArrayList<>();
  private int tokens;

  /// Tokens of one origin; the same origin is the same tokens.
  private record Piece(long origin, int tokens) {}

  void append(long origin, int count) {
    if (count > 0) {
      pieces.add(new Piece(origin, count));
      tokens += count;
    }
  }

  void append(Transcript other) {
    pieces.addAll(other.pieces);
    tokens += other.tokens;
  }

  int tokens() {
    return tokens;
  }

  /// Names of the blocks, the partial one at the end included.
  long[] names(int blockTokens) {
    var names = new long[Math.ceilDiv(tokens, blockTokens)];
    long hash = 0;
    int position = 0;
    for (var piece : pieces) {
      int done = 0;
      while (done < piece.tokens()) {
        int block = position / blockTokens;
        int room = (block + 1) * blockTokens - position;
        int taken = Math.min(room, piece.tokens() - done);
        hash = Hash64.chain(Hash64.chain(Hash64.chain(hash, piece.origin()), done), taken);
        names[block] = hash;
        done += taken;
        position += taken;
      }
    }
    return names;
  }
}
