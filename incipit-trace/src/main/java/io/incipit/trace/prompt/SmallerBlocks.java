// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.prompt;

import io.incipit.trace.BlockIds;
import io.incipit.trace.BlockNumbers;
import io.incipit.trace.TraceRequest;
import io.incipit.trace.TraceTarget;
import java.io.IOException;

/// Cuts the blocks of a trace to the size that a format has. Parts of equal blocks are equal, so as
/// many tokens are shared as before. For one thread.
public final class SmallerBlocks {
  private final int tokens;
  private final int parts;
  private final BlockNumbers numbers = new BlockNumbers();

  private SmallerBlocks(int tokens, int parts) {
    this.tokens = tokens;
    this.parts = parts;
  }

  /// Cuts to blocks of `tokens`.
  ///
  /// @throws IOException if the target's blocks are not made of whole ones
  public static SmallerBlocks of(TraceTarget target, int tokens, String format) throws IOException {
    if (target.blockTokens() % tokens != 0) {
      throw new IOException(
          "%s: blocks of %d tokens (expected: %d or a multiple, since %s has blocks of %d)"
              .formatted(target.path(), target.blockTokens(), tokens, format, tokens));
    }
    return new SmallerBlocks(tokens, target.blockTokens() / tokens);
  }

  /// The blocks that a request lists, cut.
  public BlockIds of(TraceRequest request) {
    var ids = request.ids();
    if (parts == 1) {
      return ids;
    }
    long left = request.inputTokens();
    var cut = new long[Math.multiplyExact(ids.length(), parts)];
    int length = 0;
    for (int i = 0; i < ids.length() && left > 0; i++) {
      long first = (long) numbers.number(ids.id(i)) * parts;
      long covered = Math.min(left, request.blockTokens());
      for (int j = 0; j < Math.ceilDiv(covered, (long) tokens); j++) {
        cut[length] = first + j;
        length++;
      }
      left -= covered;
    }
    return BlockIds.of(cut, length);
  }
}
