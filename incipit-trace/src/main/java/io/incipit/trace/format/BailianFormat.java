// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.format;

import io.incipit.trace.BadLineException;
import io.incipit.trace.PackedLines;
import io.incipit.trace.TraceFile;
import io.incipit.trace.TraceFormat;
import io.incipit.trace.TraceHead;
import io.incipit.trace.TraceReader;
import io.incipit.trace.TraceRequest;
import io.incipit.trace.TraceTarget;
import io.incipit.trace.TraceWriter;
import io.incipit.trace.prompt.JsonMembers;
import io.incipit.trace.prompt.PrefixIds;
import io.incipit.trace.prompt.PromptFacts;
import io.incipit.trace.prompt.PromptLinesReader;
import io.incipit.trace.prompt.PromptTree;
import io.incipit.trace.prompt.SmallerBlocks;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/// The JSON lines of the Bailian (Qwen) usage traces: one request a line, with `chat_id`,
/// `parent_chat_id` (-1 for none), `timestamp` in seconds, `input_length`, `output_length`, `turn`
/// from 1, and `hash_ids`, one for each block of 16 tokens.
///
/// There a block is hashed alone, so an id may stand behind different prefixes. Reading gives each
/// pair of prefix and id an id of its own.
public final class BailianFormat implements TraceFormat {
  /// Tokens a block.
  public static final int BLOCK_TOKENS = 16;

  private static final double NANOS_PER_SECOND = 1e9;

  /// Makes the format.
  public BailianFormat() {}

  @Override
  public String name() {
    return "bailian";
  }

  @Override
  public boolean recognises(TraceHead head) {
    return head.names().contains("chat_id") && head.names().contains("input_length");
  }

  @Override
  public TraceReader open(TraceFile file) throws IOException {
    return new Reader(file);
  }

  @Override
  public boolean isWritable() {
    return true;
  }

  @Override
  public TraceWriter create(TraceTarget target) throws IOException {
    var blocks = SmallerBlocks.of(target, BLOCK_TOKENS, "bailian");
    return new Writer(PackedLines.create(target), blocks);
  }

  /// Keeps 50 B or so for each chat, and what [PrefixIds] keeps.
  private static final class Reader extends PromptLinesReader {
    private final Map<Long, Long> sessions = new HashMap<>();
    private long lastNs;

    Reader(TraceFile file) throws IOException {
      super(file, BLOCK_TOKENS);
    }

    @Override
    protected void read(JsonMembers line) throws BadLineException {
      long timeNs = line.timeNs("timestamp", NANOS_PER_SECOND);
      if (timeNs < lastNs) {
        throw new BadLineException(
            "timestamp: %s s after %s s (expected: sorted by time)"
                .formatted(timeNs / NANOS_PER_SECOND, lastNs / NANOS_PER_SECOND));
      }
      long chat = line.integer("chat_id", 0, Long.MAX_VALUE);
      long parent =
          line.has("parent_chat_id") ? line.integer("parent_chat_id", -1, Long.MAX_VALUE) : -1;
      int turn = line.has("turn") ? (int) line.integer("turn", 0, Integer.MAX_VALUE) : 1;
      int input = line.tokens("input_length", 1);
      int output = line.has("output_length") ? line.tokens("output_length", 0) : 0;
      var names = line.ids("hash_ids");
      if (names.length != input / BLOCK_TOKENS
          && names.length != Math.ceilDiv(input, BLOCK_TOKENS)) {
        throw new BadLineException(
            "hash_ids: %d ids (expected: %d, for input_length %d and %d tokens a block)"
                .formatted(names.length, Math.ceilDiv(input, BLOCK_TOKENS), input, BLOCK_TOKENS));
      }
      lastNs = timeNs;
      long session = parent < 0 ? chat : sessions.getOrDefault(parent, parent);
      sessions.put(chat, session);
      add(
          new PromptFacts(timeNs, session, Math.max(0, turn - 1), input, output),
          PrefixIds.SHARED_ROOT,
          names);
    }

    @Override
    protected long noneBeforeNs() {
      return lastNs;
    }
  }

  private static final class Writer implements TraceWriter {
    private final PackedLines lines;
    private final SmallerBlocks blocks;
    private final PromptTree tree = new PromptTree();
    private final Map<Long, Long> lastChats = new HashMap<>();
    private long chats;

    Writer(PackedLines lines, SmallerBlocks blocks) {
      this.lines = lines;
      this.blocks = blocks;
    }

    @Override
    public void write(TraceRequest request) throws IOException {
      if (request.inputTokens() < 1) {
        throw new IOException(
            "input: 0 tokens at %s s (expected: at least 1)"
                .formatted(request.timeNs() / NANOS_PER_SECOND));
      }
      long parent = -1;
      if (request.session() != TraceRequest.NO_SESSION) {
        var last = lastChats.put(request.session(), chats);
        parent = last == null ? -1 : last;
      }
      var line = lines.line();
      line.append("{\"chat_id\": ").append(chats);
      line.append(", \"parent_chat_id\": ").append(parent);
      line.append(", \"timestamp\": ").append(request.timeNs() / NANOS_PER_SECOND);
      line.append(", \"input_length\": ").append(request.inputTokens());
      line.append(", \"output_length\": ").append(request.outputTokens());
      line.append(", \"type\": \"text\", \"turn\": ").append(request.turn() + 1);
      line.append(", \"hash_ids\": [");
      var ids = blocks.of(request);
      int length = Math.max(ids.length(), request.inputTokens() / BLOCK_TOKENS);
      var path = tree.path(tree.add(ids, length), length);
      for (int i = 0; i < length; i++) {
        line.append(i == 0 ? "" : ", ").append(path[i]);
      }
      line.append("]}\n");
      lines.write();
      chats++;
    }

    @Override
    public void close() throws IOException {
      lines.close();
    }
  }
}
