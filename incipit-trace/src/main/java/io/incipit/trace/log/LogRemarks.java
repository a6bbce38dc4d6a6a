// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.log;

import io.incipit.trace.TraceFile;
import io.incipit.trace.TraceNotes;
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

  TraceNotes notes() {
    return TraceNotes.ofAssumed(times.isEmpty(), sentences());
  }

  /// A sentence for each.
  private List<String> sentences() {
    var sentences = new ArrayList<String>();
    sentences.add(
        String.format(Locale.ROOT, "Tokens of text: %s.", file.text().tokenizer().said()));
    if (recorded > 0) {
      double more = 100.0 * (counted - recorded) / recorded;
      sentences.add(
          String.format(
              Locale.ROOT,
              "Tokens of prompts: %,d counted where the log has %,d (%+.1f%%).",
              counted,
              recorded,
              more));
    }
    if (messages > 0 || conversations > 0) {
      sentences.add("Chat template: an approximation, 3 tokens and the role around each message.");
    }
    if (conversations > 0) {
      var none =
          withoutRequest == 0 ? "" : String.format(Locale.ROOT, "; %,d have none", withoutRequest);
      sentences.add(
          String.format(
              Locale.ROOT,
              "Conversations: %,d; each answer in one ends a request%s.",
              conversations,
              none));
    }
    sentences.add(times());
    if (others > 0) {
      sentences.add(
          String.format(Locale.ROOT, "Images, sounds and files: %,d, a token each.", others));
    }
    if (unanswered > 0) {
      sentences.add(
          String.format(
              Locale.ROOT,
              "Answers: not recorded for %,d of %,d requests, and taken for empty.",
              unanswered,
              requests));
    }
    return sentences;
  }

  private String times() {
    double seconds = file.startSeconds();
    var step =
        String.format(Locale.ROOT, seconds == Math.rint(seconds) ? "%.0f s" : "%s s", seconds);
    if (!times.isEmpty()) {
      var turns = conversations == 0 ? "" : "; turns of a conversation are " + step + " apart";
      return String.format(Locale.ROOT, "Times: of %s%s.", times, turns);
    }
    var what = conversations == 0 ? "a request comes" : "a conversation begins, and goes on";
    return String.format(Locale.ROOT, "Every %s %s (--session-starts).", step, what);
  }
}
