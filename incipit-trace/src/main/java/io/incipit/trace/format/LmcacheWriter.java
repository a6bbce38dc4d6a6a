// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.format;

import io.incipit.block.Hash64;
import io.incipit.trace.LineSource;
import io.incipit.trace.PackedLines;
import io.incipit.trace.TraceRequest;
import io.incipit.trace.TraceTarget;
import io.incipit.trace.TraceWriter;
import io.incipit.trace.prompt.PromptTree;
import java.io.IOException;

/// Writes [LmcacheFormat] with made-up text: four letters a token. A block has text of its own, the
/// same wherever it stands, that differs from its siblings' from the first token on; so prompts
/// have a beginning in common for exactly as many tokens as their blocks say, whatever the size of
/// blocks that it is cut into again.
final class LmcacheWriter implements TraceWriter {
  private static final String LETTERS =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  private static final int LETTER_BITS = 6;
  private static final int TOKEN_BITS = LETTER_BITS * LmcacheFormat.TOKEN_BYTES;
  private static final int TOKENS_PER_HASH = Long.SIZE / TOKEN_BITS;
  private static final long NANOS_PER_MICRO = 1_000;
  private static final int OTHER_BYTES = 200;
  private static final long TOKENS_MAX =
      (LineSource.LINE_BYTES_MAX - OTHER_BYTES) / LmcacheFormat.TOKEN_BYTES;

  private final PackedLines lines;
  private final int blockTokens;
  private final PromptTree tree = new PromptTree();
  private long requests;

  LmcacheWriter(TraceTarget target) throws IOException {
    this.lines = PackedLines.create(target);
    this.blockTokens = target.blockTokens();
  }

  @Override
  public void write(TraceRequest request) throws IOException {
    int input = request.inputTokens();
    long tokens = (long) input + request.outputTokens();
    if (input < 1 || tokens > TOKENS_MAX) {
      throw new IOException(
          "tokens: %d of the prompt, %d of the answer (expected: at least 1, and %d together)"
              .formatted(input, request.outputTokens(), TOKENS_MAX));
    }
    int length = Math.ceilDiv(input, blockTokens);
    var path = tree.path(tree.add(request.ids(), length), length);
    var line = lines.line();
    line.append("{\"timestamp\": ").append(request.timeNs() / NANOS_PER_MICRO);
    line.append(", \"input\": \"");
    for (int i = 0; i < length; i++) {
      appendBlock(line, path[i], Math.min(blockTokens, input - i * blockTokens));
    }
    line.append("\", \"output\": \"");
    appendTokens(line, Hash64.chain(-1, requests), request.outputTokens());
    boolean alone = request.session() == TraceRequest.NO_SESSION;
    line.append("\", \"session_id\": \"").append(alone ? "request-" : "session-");
    line.append(alone ? requests : request.session()).append("\"}\n");
    lines.write();
    requests++;
  }

  private void appendBlock(StringBuilder line, int block, int tokens) throws IOException {
    int rank = tree.rank(block);
    if (rank >= 1 << TOKEN_BITS) {
      throw new IOException(
          "blocks behind the same block: more (expected: at most %d)".formatted(1 << TOKEN_BITS));
    }
    appendToken(line, rank);
    appendTokens(line, Hash64.chain(0, block), tokens - 1);
  }

  private static void appendTokens(StringBuilder line, long seed, int tokens) {
    long hash = 0;
    for (int i = 0; i < tokens; i++) {
      hash = i % TOKENS_PER_HASH == 0 ? Hash64.chain(seed, i) : hash >>> TOKEN_BITS;
      appendToken(line, hash);
    }
  }

  private static void appendToken(StringBuilder line, long bits) {
    for (int i = 0; i < LmcacheFormat.TOKEN_BYTES; i++) {
      line.append(LETTERS.charAt((int) (bits >>> (i * LETTER_BITS)) & (LETTERS.length() - 1)));
    }
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
