// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.log;

import io.incipit.trace.TraceFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What a log does not say and was taken for granted, counted while it is read.
final class LogRemarks {
  private final TraceFile file;
  private String times = "";
  private long requests;
  private long conversations;
  private long withoutRequest;
  private long messages;
  private long others;
  private long unanswered;
  private long recorded;
  private long counted;

  LogRemarks(TraceFile file) {
    this.file = file;
  }

  /// Times are in a member of this name.
  void timesAre(String name) {
    times = name;
  }

  void request() {
    requests++;
  }

  /// A conversation was read, of so many requests.
  void conversation(int its) {
    conversations++;
    withoutRequest += its == 0 ? 1 : 0;
  }

  void chat(int its) {
    messages += its;
  }

  /// So many parts of messages are no text.
  void others(long its) {
    others += its;
  }

  /// How long an answer was is not recorded.
  void answerUnknown() {
    unanswered++;
  }

  /// The log has a number of tokens for a prompt.
  void recorded(long tokens, int ours) {
    recorded += tokens;
    counted += ours;
  }

  /// A sentence for each.
  List<String> sentences() {
    var sentences = new ArrayList<String>();
    sentences.add("Tokens of text: %s.".formatted(file.text().tokenizer().said()));
    if (recorded > 0) {
      sentences.add(
          "Tokens of prompts: %,d counted where the log has %,d (%+.1f%%)."
              .formatted(counted, recorded, 100.0 * (counted - recorded) / recorded));
    }
    if (messages > 0 || conversations > 0) {
      sentences.add("Chat template: an approximation, 3 tokens and the role around each message.");
    }
    if (conversations > 0) {
      sentences.add(
          "Conversations: %,d; each answer in one ends a request%s."
              .formatted(
                  conversations,
                  withoutRequest == 0 ? "" : "; %,d have none".formatted(withoutRequest)));
    }
    sentences.add(times());
    if (others > 0) {
      sentences.add("Images, sounds and files: %,d, a token each.".formatted(others));
    }
    if (unanswered > 0) {
      sentences.add(
          "Answers: not recorded for %,d of %,d requests, and taken for empty."
              .formatted(unanswered, requests));
    }
    return sentences;
  }

  private String times() {
    var step = String.format(Locale.ROOT, "%s s", seconds(file.startSeconds()));
    if (!times.isEmpty()) {
      var turns =
          conversations == 0 ? "" : "; turns of a conversation are %s apart".formatted(step);
      return "Times: of %s%s.".formatted(times, turns);
    }
    if (conversations == 0) {
      return "Times: none recorded, so every %s a request comes (--session-starts)."
          .formatted(step);
    }
    return "Times: none recorded, so every %s a conversation begins, and goes on (--session-starts)."
        .formatted(step);
  }

  private static String seconds(double value) {
    return value == Math.rint(value) ? "%.0f".formatted(value) : String.valueOf(value);
  }
}
