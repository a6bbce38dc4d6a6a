// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.incipit.trace.BadTraceException;
import io.incipit.trace.LeftOut;
import io.incipit.trace.MemoryDisk;
import io.incipit.trace.TextReading;
import io.incipit.trace.TraceFile;
import io.incipit.trace.TraceRequest;
import io.incipit.trace.format.TraceFormats;
import io.incipit.trace.token.Tokenizer;
import io.incipit.trace.token.Tokenizers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PromptLogFormatTest {
  private static final Path FILE = Path.of("log.jsonl");
  private static final long SECOND = 1_000_000_000;

  /// A token for each character.
  private static final Tokenizer LETTERS =
      new Tokenizer() {
        @Override
        public String said() {
          return "letters";
        }

        @Override
        public int[] tokens(String text) {
          return text.chars().toArray();
        }
      };

  private final MemoryDisk disk = new MemoryDisk();
  private LeftOut leftOut = LeftOut.NOTHING;

  @ParameterizedTest
  @ValueSource(
      strings = {
        """
        {"prompt": "hello"}
        """,
        """
        {"model": "m", "messages": [{"role": "user", "content": "hello"}]}
        """,
        """
        [{"id": "a", "conversations": [{"from": "human", "value": "hi"}]}]
        """,
        """
        {"custom_id": "a", "method": "POST", "body": {"model": "m", "messages": [{"role": "user",
        "content": [{"type": "text", "text": "hi"}]}]}}
        """,
        """
        {"request": {"body": {"prompt": ["a", "b"]}}}
        """,
        """
        {"log": 1, "body": "{\\"messages\\": [{\\"role\\": \\"user\\", \\"content\\": \\"x\\"}]}"}
        """,
        """
        {"session_id": "s", "timestamp": 1, "input": {"messages": [{"role": "user"}]}}
        """
      })
  void of_logsAsPeopleHaveThem_isPrompts(String text) throws IOException {
    disk.with(FILE, text);

    assertThat(TraceFormats.all().of(file(false, TextReading.USUAL)).name()).isEqualTo("prompts");
    assertThat(read()).isNotEmpty();
  }

  @Test
  void of_promptLongerThanTheHead_isPrompts() throws IOException {
    disk.with(FILE, "{\"prompt\": \"%s\"}\n".formatted("word ".repeat(20_000)));

    assertThat(read()).singleElement().matches(request -> request.inputTokens() == 25_000);
  }

  @Test
  void next_promptsWithOneBeginning_shareItsBlocks() throws IOException {
    disk.with(
        FILE,
        """
        {"prompt": "%1$sabc"}
        {"prompt": "%1$sdefgh"}
        {"prompt": "x%1$s"}
        """
            .formatted("0123456789".repeat(16)));

    var requests = read();

    assertThat(requests).extracting(TraceRequest::inputTokens).containsExactly(41, 42, 41);
    assertThat(shared(requests.get(0), requests.get(1))).isEqualTo(2);
    assertThat(shared(requests.get(0), requests.get(2))).isZero();
    assertThat(requests.get(0).fullBlocks()).isEqualTo(2);
  }

  @Test
  void next_modelsOrSaltsThatDiffer_shareNothing() throws IOException {
    disk.with(
        FILE,
        """
        {"model": "a", "prompt": "%1$s"}
        {"model": "b", "prompt": "%1$s"}
        {"model": "a", "prompt": "%1$s"}
        {"model": "a", "cache_salt": "s", "prompt": "%1$s"}
        """
            .formatted("0123456789".repeat(16)));

    var requests = read();

    assertThat(shared(requests.get(0), requests.get(1))).isZero();
    assertThat(shared(requests.get(0), requests.get(2))).isEqualTo(2);
    assertThat(shared(requests.get(0), requests.get(3))).isZero();
  }

  @Test
  void next_shareGptConversation_isItsTurns() throws IOException {
    disk.with(
        FILE,
        """
        [
          {"id": "a", "conversations": [
            {"from": "human", "value": "one"}, {"from": "gpt", "value": "first"},
            {"from": "human", "value": "two"}, {"from": "gpt", "value": "second"},
            {"from": "human", "value": "three"}]},
          {"id": "b", "conversations": []},
          {"id": "c", "conversations": [
            {"from": "gpt", "value": "hi"}, {"from": "human", "value": "one"},
            {"from": "gpt", "value": "answer"}]}
        ]
        """);

    var requests = read(new TextReading(LETTERS, 1, true, true));

    // Three marks around a message, its role and its text; then marks and role of the answer.
    int first = 3 + 4 + 3 + 2 + 9;
    int second = first + 5 + 1 + 3 + 4 + 3 + 2 + 9;
    int third = second + 6 + 1 + 3 + 4 + 5 + 2 + 9;
    assertThat(requests)
        .extracting(TraceRequest::timeNs)
        .containsExactly(0L, 20 * SECOND, 40 * SECOND, 40 * SECOND);
    assertThat(requests)
        .extracting(TraceRequest::inputTokens)
        .containsExactly(first, second, third, 3 + 9 + 2 + 3 + 4 + 3 + 2 + 9);
    assertThat(requests).extracting(TraceRequest::outputTokens).containsExactly(5, 6, 0, 6);
    assertThat(requests).extracting(TraceRequest::session).containsExactly(0L, 0L, 0L, 2L);
    assertThat(requests).extracting(TraceRequest::turn).containsExactly(0, 1, 2, 0);
    assertThat(shared(requests.get(0), requests.get(1))).isEqualTo(first);
    assertThat(shared(requests.get(1), requests.get(2))).isEqualTo(second);
    assertThat(leftOut.notes().assumed())
        .contains("Tokens of text: letters.")
        .contains("Conversations: 3; each answer in one ends a request; 1 have none.")
        .contains("Answers: not recorded for 1 of 4 requests, and taken for empty.")
        .anyMatch(remark -> remark.startsWith("Every 20 s"));
  }

  @Test
  void next_logOfMessages_continuesTheConversationItHas() throws IOException {
    disk.with(
        FILE,
        """
        {"created": 1700000010, "session_id": "s", "messages": [{"role": "user", "content": "one"},
        {"role": "assistant", "content": "first"}, {"role": "user", "content": "two"}],
        "usage": {"prompt_tokens": 50, "completion_tokens": 9}}
        {"created": 1700000000, "session_id": "s", "messages": [{"role": "user", "content": "one"}],
        "response": {"choices": [{"message": {"role": "assistant", "content": "first"}}]}}
        {"created": 1700000020.5, "messages": [{"role": "user", "content": "one"},
        {"role": "assistant", "content": "fir"}]}
        """);

    var requests = read(new TextReading(LETTERS, 1, true, true));

    assertThat(requests)
        .extracting(TraceRequest::timeNs)
        .containsExactly(0L, 10 * SECOND, 20 * SECOND + SECOND / 2);
    assertThat(requests).extracting(TraceRequest::outputTokens).containsExactly(5, 9, 3);
    assertThat(requests).extracting(TraceRequest::session).containsExactly(0L, 0L, -1L);
    assertThat(shared(requests.get(0), requests.get(1))).isEqualTo(requests.get(0).inputTokens());
    assertThat(requests.get(2).ids()).isEqualTo(requests.get(0).ids());
    assertThat(leftOut.notes().assumed())
        .contains("Times: of created.")
        .contains("Tokens of prompts: 48 counted where the log has 50 (-4.0%).");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          1700000000                        | 1700000012.5
          1700000000000                     | 1700000012500
          1700000000000000                  | 1700000012500000
          1700000000000000000               | 1700000012500000000
          0                                 | 12.5
          "1700000000"                      | "1700000012.5"
          "2023-11-14T22:13:20Z"            | "2023-11-14T22:13:32.500Z"
          "2023-11-14 22:13:20"             | "2023-11-14T23:13:32.5+01:00"
          "2023-11-14T22:13:20+00:00"       | "2023-11-14 22:13:32.5 UTC"
          {"$date": "2023-11-14T22:13:20Z"} | {"$date": 1700000012500}
          """)
  void next_timesOfAnySpelling_areCountedFromTheFirst(String first, String second)
      throws IOException {
    disk.with(
        FILE,
        """
        {"created_at": %s, "prompt": "a"}
        {"created_at": %s, "prompt": "b"}
        """
            .formatted(first, second));

    assertThat(read())
        .extracting(TraceRequest::timeNs)
        .containsExactly(0L, 12 * SECOND + SECOND / 2);
  }

  @Test
  void next_toolsPartsAndTokens_areReadForWhatTheyAre() throws IOException {
    disk.with(
        FILE,
        """
        {"tools": [1], "system": "s", "messages": [{"role": "user", "content": [
        {"type": "text", "text": "see"}, {"type": "image_url", "image_url": {"url": "data:AAAA"}}]},
        {"role": "assistant", "content": null, "tool_calls": [{"a": 1}]},
        {"role": "tool", "content": "ok"}]}
        {"prompt": [7, 8, 9]}
        {"prompt": ["ab", "cde"], "output_len": 10}
        {"prompt": [[1, 2], [1]]}
        """);

    var requests = read(new TextReading(LETTERS, 1, true, true));

    int system = 3 + 6 + 1;
    int tools = 3 + 5 + 3;
    int chat = 3 + 4 + 3 + 1 + 3 + 9 + 9 + 3 + 4 + 2 + 2 + 9;
    assertThat(requests)
        .extracting(TraceRequest::inputTokens)
        .containsExactly(system + tools + chat, 3, 2, 3, 2, 1);
    assertThat(requests).extracting(TraceRequest::outputTokens).containsExactly(0, 0, 5, 5, 0, 0);
    assertThat(leftOut.notes().assumed()).contains("Images, sounds and files: 1, a token each.");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"other": 1}                     | :2: prompt: missing (expected: prompt, messages or
          {"prompt": 7}                    | :2: prompt: NUMBER (expected: a text, an array of
          {"prompt": ""}                   | :2: prompt: empty (expected: at least a token)
          {"messages": []}                 | :2: messages: none (expected: at least one)
          {"messages": [{"content": "a"}]} | :2: messages[0].role: missing (expected: role and
          {"messages": "a"}                | :2: messages: STRING (expected: an array of messages)
          {"prompt": "a", "time": "late"}  | :2: time: "late" (expected: a number from 0 on, or a
          7                                | :2: NUMBER (expected: a JSON object)
          {"prompt": "a                    | :2: not JSON,
          """)
  void next_badRow_isNamedOrSkipped(String row, String reason) throws IOException {
    disk.with(FILE, "{\"prompt\": \"a\"}\n" + row + "\n{\"prompt\": \"b\"}\n");

    assertThatThrownBy(this::read)
        .isInstanceOf(BadTraceException.class)
        .hasMessageStartingWith("log.jsonl" + reason);
    assertThat(read(file(true, TextReading.USUAL))).hasSize(2);
    assertThat(leftOut.lines()).isEqualTo(1);
  }

  @Test
  void next_arrayCutOff_isBad() {
    disk.with(FILE, "[{\"prompt\": \"a\"},\n {\"prompt\": \"b\"},\n");

    assertThatThrownBy(this::read)
        .isInstanceOf(BadTraceException.class)
        .hasMessageStartingWith("log.jsonl:")
        .hasMessageContaining("not JSON");
  }

  @Test
  void next_timeInSomeRowsOnly_isBad() {
    disk.with(FILE, "{\"ts\": 1, \"prompt\": \"a\"}\n{\"prompt\": \"b\"}\n");

    assertThatThrownBy(this::read)
        .hasMessage("log.jsonl:2: time: missing (expected: one, as the first object has)");
  }

  private List<TraceRequest> read() throws IOException {
    return read(TextReading.USUAL);
  }

  private List<TraceRequest> read(TextReading text) throws IOException {
    return read(file(false, text));
  }

  private List<TraceRequest> read(TraceFile file) throws IOException {
    var requests = new ArrayList<TraceRequest>();
    try (var reader = TraceFormats.all().of(file).open(file)) {
      for (var next = reader.next(); next.isPresent(); next = reader.next()) {
        requests.add(next.get());
      }
      leftOut = LeftOut.of(reader);
    }
    return requests;
  }

  private TraceFile file(boolean skipBad, TextReading text) {
    return new TraceFile(disk, FILE, skipBad, TraceFile.START_SECONDS, text);
  }

  private static int shared(TraceRequest one, TraceRequest other) {
    int most = Math.min(one.fullBlocks(), other.fullBlocks());
    int count = 0;
    while (count < most && one.ids().id(count) == other.ids().id(count)) {
      count++;
    }
    return count;
  }

  @Test
  void bytes_fourOfThem_areAToken() {
    assertThat(Tokenizers.bytes().tokens("abcdé")).hasSize(2);
    assertThat(Tokenizers.bytes().tokens("abcdef"))
        .startsWith(Tokenizers.bytes().tokens("abcd"))
        .hasSize(2);
    assertThat(Tokenizers.bytes().tokens("")).isEmpty();
  }
}
