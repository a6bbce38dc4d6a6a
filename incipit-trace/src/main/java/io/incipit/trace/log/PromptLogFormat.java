// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.log;

import io.incipit.trace.TraceFile;
import io.incipit.trace.TraceFormat;
import io.incipit.trace.TraceHead;
import io.incipit.trace.TraceReader;
import java.io.IOException;
import java.util.List;

/// Prompts as text, one JSON object each: one after the other, in any layout, or in one array.
///
/// - `prompt` (or `inputs`): a text, an array of token numbers, or an array of either.
/// - `messages`: a chat with what is to be answered. If its last message is an answer, and nothing
///   says that it was one request (a model, a time, a usage), it is a conversation.
/// - `conversations` (or `conversation`): a conversation, as ShareGPT has it. Each of its answers
///   ends a request, whose prompt is all before it; so does the end, if nobody answers there.
///
/// They may stand in what wraps a request, such as `body` or `request`, itself an object or text.
public final class PromptLogFormat implements TraceFormat {
  /// Members of other formats, which have text beside blocks of their own.
  private static final List<String> OTHERS = List.of("hash_ids", "text_input", "chat_id");

  /// Makes the format.
  public PromptLogFormat() {}

  @Override
  public String name() {
    return "prompts";
  }

  @Override
  public boolean recognises(TraceHead head) {
    boolean other = OTHERS.stream().allMatch(name -> !head.names().contains(name));
    return other && LogHead.hasPrompts(head.bytes());
  }

  @Override
  public boolean isText() {
    return true;
  }

  @Override
  public TraceReader open(TraceFile file) throws IOException {
    return new PromptLogReader(file);
  }
}
