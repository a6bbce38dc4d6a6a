// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.mooncake;

import io.incipit.trace.BlockNumbers;
import io.incipit.trace.JsonHints;
import io.incipit.trace.PackedLines;
import io.incipit.trace.TraceRequest;
import io.incipit.trace.TraceTarget;
import io.incipit.trace.TraceWriter;
import java.io.IOException;

/// Writes [MooncakeFormat]: times to the millisecond, ids numbered as first seen. Sessions are not
/// part of the format.
final class MooncakeWriter implements TraceWriter {
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final PackedLines lines;
  private final int blockTokens;
  private final String blockSize;
  private final BlockNumbers numbers = new BlockNumbers();

  MooncakeWriter(TraceTarget target) throws IOException {
    this.lines = PackedLines.create(target);
    this.blockTokens = target.blockTokens();
    this.blockSize =
        target.blockTokens() == MooncakeFormat.BLOCK_TOKENS
            ? ""
            : "\"block_size\": %d, ".formatted(target.blockTokens());
  }

  @Override
  public void write(TraceRequest request) throws IOException {
    requireFits(request);
    var line = lines.line();
    line.append("{\"timestamp\": ").append(request.timeNs() / NANOS_PER_MILLI);
    line.append(", \"input_length\": ").append(request.inputTokens());
    line.append(", \"output_length\": ").append(request.outputTokens());
    line.append(", ").append(blockSize).append("\"hash_ids\": [");
    for (int i = 0; i < request.ids().length(); i++) {
      line.append(i == 0 ? "" : ", ").append(numbers.number(request.ids().id(i)));
    }
    line.append(']');
    if (request.hasHint()) {
      line.append(", \"")
          .append(JsonHints.NAME)
          .append("\": ")
          .append(JsonHints.text(request.hint()));
    }
    line.append("}\n");
    lines.write();
  }

  /// Refuses what could not be read again: only lines with a block size may lack a partial block.
  private void requireFits(TraceRequest request) throws IOException {
    int blocks = Math.ceilDiv(request.inputTokens(), blockTokens);
    int least = blockSize.isEmpty() ? blocks : request.inputTokens() / blockTokens;
    int length = request.ids().length();
    if (request.inputTokens() < 1 || length < least || length > blocks) {
      throw new IOException(
          "blocks: %d for %d tokens at %d ms (expected: 1 token or more, and %d blocks of %d)"
              .formatted(
                  length,
                  request.inputTokens(),
                  request.timeNs() / NANOS_PER_MILLI,
                  blocks,
                  blockTokens));
    }
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
