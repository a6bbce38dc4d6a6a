// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.log;

import io.incipit.trace.BadLineException;
import io.incipit.trace.TextReading;
import io.incipit.trace.TraceFile;
import io.incipit.trace.TraceNotes;
import io.incipit.trace.TraceRequest;
import io.incipit.trace.UnpackedInput;
import io.incipit.trace.prompt.JsonMembers;
import io.incipit.trace.prompt.JsonValues;
import io.incipit.trace.prompt.PrefixIds;
import io.incipit.trace.prompt.PromptFacts;
import io.incipit.trace.prompt.PromptReader;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// Reads a log of prompts. For one thread.
///
/// If requests have times, all are kept until the end, since the first may stand in the last
/// line: 8 B a block of each prompt. Otherwise a conversation is kept until its last turn is
/// given. Beside that, what [PrefixIds] keeps, 100 B a session, and an object of the file at a
/// time.
final class PromptLogReader extends PromptReader {
  private final TraceFile file;
  private final TextReading reading;
  private final JsonValues values;
  private final KnownTexts texts;
  private final LogRemarks remarks;
  private final Map<String, Long> scopes = new HashMap<>();
  private final Map<String, Long> sessions = new HashMap<>();
  private final Map<Long, Integer> turns = new HashMap<>();
  private Optional<Boolean> timed = Optional.empty();
  private long earliestNs = Long.MAX_VALUE;
  private long rows;
  private long sessionCount;

  PromptLogReader(TraceFile file) throws IOException {
    super(file, file.text().blockTokens());
    this.file = file;
    this.reading = file.text();
    this.texts = new KnownTexts(reading.tokenizer());
    this.remarks = new LogRemarks(file);
    this.values = JsonValues.rows(UnpackedInput.open(file));
  }

  @Override
  protected boolean readOn() throws IOException {
    Optional<JsonNode> value;
    try {
      value = values.next();
    } catch (JacksonException broken) {
      var reason = "not JSON, %s (expected: objects)".formatted(JsonMembers.reason(broken));
      refuse(values.line(), new BadLineException(reason));
      return values.passBroken();
    }
    if (value.isEmpty()) {
      return false;
    }
    try {
      read(LogRow.of(value.get()));
    } catch (BadLineException bad) {
      refuse(values.line(), bad);
    }
    return true;
  }

  private void read(LogRow row) throws BadLineException {
    long startNs = startNs(row);
    var conversation = row.asked(LogNames.CONVERSATIONS);
    var chat = row.asked(LogNames.MESSAGES);
    var prompts = row.asked(LogNames.PROMPTS);
    if (conversation.isPresent()) {
      var messages = Message.list(conversation.get().name(), conversation.get().value());
      readTurns(row, messages, startNs);
    } else if (chat.isPresent()) {
      var messages = Message.list("messages", chat.get().value());
      boolean answered = !messages.isEmpty() && messages.getLast().isAnswer();
      if (answered && !row.isRequest()) {
        readTurns(row, messages, startNs);
      } else {
        readChat(row, messages, startNs);
      }
    } else if (prompts.isPresent()) {
      readPrompts(row, prompts.get(), startNs);
    } else {
      throw new BadLineException(
          "prompt: missing (expected: prompt, messages or conversations, also in request or body)");
    }
    rows++;
  }

  /// When the row's first request comes; decides with the first row whether the log has times.
  private long startNs(LogRow row) throws BadLineException {
    var time = row.time();
    long startNs = time.isPresent() ? LogTime.ns(time.get()) : 0;
    if (timed.isEmpty()) {
      timed = Optional.of(time.isPresent());
      time.ifPresent(found -> remarks.timesAre(found.name()));
    }
    if (!timed.get()) {
      return file.startNs(rows);
    }
    if (time.isEmpty()) {
      throw new BadLineException("time: missing (expected: one, as the first object has)");
    }
    earliestNs = Math.min(earliestNs, startNs);
    return startNs;
  }

  private void readTurns(LogRow row, List<Message> messages, long startNs) {
    var chat = new Chat(texts, reading);
    chat.begin(row);
    long session = session(row).orElseGet(() -> sessionCount++);
    long stepNs = file.startNs(1);
    int turn = 0;
    for (int i = 0; i < messages.size(); i++) {
      var message = messages.get(i);
      boolean answer = message.isAnswer() && i > 0;
      boolean last = i == messages.size() - 1;
      if (answer) {
        chat.openAnswer();
        add(row, chat.prompt(), startNs + turn * stepNs, session, chat.tokens(message));
        chat.fill(message);
        turn++;
      } else {
        chat.add(message);
        if (last && !message.isAnswer()) {
          chat.openAnswer();
          remarks.answerUnknown();
          add(row, chat.prompt(), startNs + turn * stepNs, session, 0);
          turn++;
        }
      }
    }
    remarks.conversation(turn);
    remarks.others(chat.others());
  }

  private void readChat(LogRow row, List<Message> messages, long startNs) throws BadLineException {
    boolean answered = messages.size() > 1 && messages.getLast().isAnswer();
    var asked = answered ? messages.subList(0, messages.size() - 1) : messages;
    if (asked.isEmpty()) {
      throw new BadLineException("messages: none (expected: at least one)");
    }
    var chat = new Chat(texts, reading);
    chat.begin(row);
    asked.forEach(chat::add);
    chat.openAnswer();
    var answer = answered ? Optional.of(messages.getLast().node()) : row.answer();
    long session = session(row).orElse(TraceRequest.NO_SESSION);
    remarks.chat(chat.messages());
    remarks.others(chat.others());
    recorded(row, chat.prompt().length());
    add(row, chat.prompt(), startNs, session, outputTokens(row, answer));
  }

  private void readPrompts(LogRow row, LogRow.Found found, long startNs) throws BadLineException {
    var prompts = Prompts.of(found, reading, texts);
    long session = session(row).orElse(TraceRequest.NO_SESSION);
    int output = outputTokens(row, row.answer());
    if (prompts.size() == 1) {
      recorded(row, prompts.getFirst().length());
    }
    for (var prompt : prompts) {
      add(row, prompt, startNs, session, output / prompts.size());
    }
  }

  private void add(LogRow row, PromptTokens prompt, long timeNs, long session, int output) {
    var scope = row.scope();
    long root =
        scope.isBlank()
            ? PrefixIds.SHARED_ROOT
            : PrefixIds.root(scopes.computeIfAbsent(scope, _ -> (long) scopes.size()));
    int turn = session == TraceRequest.NO_SESSION ? 0 : turns.merge(session, 1, Integer::sum) - 1;
    remarks.request();
    add(new PromptFacts(timeNs, session, turn, prompt.length(), output), root, prompt.names());
  }

  private Optional<Long> session(LogRow row) {
    var name = row.session();
    return name.isEmpty()
        ? Optional.empty()
        : Optional.of(sessions.computeIfAbsent(name, _ -> sessionCount++));
  }

  private int outputTokens(LogRow row, Optional<JsonNode> answer) {
    var recorded = row.outputTokens();
    if (recorded.isPresent()) {
      return (int) recorded.getAsLong();
    }
    if (answer.isEmpty()) {
      remarks.answerUnknown();
      return 0;
    }
    var message = Message.of(Message.ASSISTANT, answer.get());
    return new Chat(texts, reading).tokens(message);
  }

  private void recorded(LogRow row, int counted) {
    row.promptTokens().ifPresent(tokens -> remarks.recorded(tokens, counted));
  }

  @Override
  protected long noneBeforeNs() {
    return timed.orElse(true) ? Long.MIN_VALUE : file.startNs(rows);
  }

  @Override
  protected long zeroNs() {
    return timed.orElse(false) ? earliestNs : 0;
  }

  @Override
  public double progress() {
    return values.progress();
  }

  @Override
  public TraceNotes notes() {
    return remarks.notes();
  }

  @Override
  public void close() throws IOException {
    values.close();
  }
}
