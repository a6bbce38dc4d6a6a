// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.mooncake;

import io.incipit.trace.BadTraceException;
import io.incipit.trace.LineSource;
import io.incipit.trace.TraceFile;
import io.incipit.trace.TraceFormat;
import io.incipit.trace.TraceHead;
import io.incipit.trace.TraceReader;
import io.incipit.trace.TraceTarget;
import io.incipit.trace.TraceWriter;
import java.io.IOException;
import java.util.Set;

/// The JSON lines that Mooncake publishes its traces in (FAST 2025): one request a line, with
/// `timestamp` in ms, `input_length` in tokens, `output_length` or nothing, and `hash_ids`, one for
/// each block of 512 tokens, the last of which may be partial. Ids may be any, as in a part of a
/// trace. A line may have a `hint` ([io.incipit.trace.JsonHints]), which is ours. Members of other
/// names are ignored.
///
/// Lines with `block_size`, as some simulators write, have blocks of so many tokens, the same in
/// all lines, and may lack the partial block.
public final class MooncakeFormat implements TraceFormat {
  /// Tokens a block where the trace does not say.
  public static final int BLOCK_TOKENS = 512;

  private static final Set<String> MEMBERS = Set.of("timestamp", "input_length", "hash_ids");
  private static final Set<String> OTHERS =
      Set.of("session_id", "delay", "text_input", "chat_id", "messages");

  /// Makes the format.
  public MooncakeFormat() {}

  @Override
  public String name() {
    return "mooncake";
  }

  @Override
  public boolean recognises(TraceHead head) {
    return head.names().containsAll(MEMBERS) && head.names().stream().noneMatch(OTHERS::contains);
  }

  @Override
  public TraceReader open(TraceFile file) throws IOException {
    var blockSize = TraceHead.of(file).text("block_size");
    return new MooncakeReader(file, LineSource.open(file), blockTokens(file, blockSize));
  }

  private static int blockTokens(TraceFile file, String text) throws BadTraceException {
    if (text.isEmpty()) {
      return BLOCK_TOKENS;
    }
    int tokens = text.matches("[0-9]{1,7}(\\.0*)?") ? (int) Double.parseDouble(text) : 0;
    if (tokens < 1 || tokens > TraceHead.BLOCK_TOKENS_MAX) {
      throw new BadTraceException(
          file.path(),
          1,
          "block_size: %s (expected: 1 to %d)".formatted(text, TraceHead.BLOCK_TOKENS_MAX));
    }
    return tokens;
  }

  @Override
  public boolean isWritable() {
    return true;
  }

  @Override
  public boolean keepsHints() {
    return true;
  }

  @Override
  public TraceWriter create(TraceTarget target) throws IOException {
    return new MooncakeWriter(target);
  }
}
