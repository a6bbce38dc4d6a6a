// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import io.incipit.policy.Answer.Ending;
import io.incipit.trace.BadTraceException;
import io.incipit.trace.BlockIds;
import io.incipit.trace.MemoryDisk;
import io.incipit.trace.TraceFile;
import io.incipit.trace.TraceFormat;
import io.incipit.trace.TraceNotes;
import io.incipit.trace.TraceRequest;
import io.incipit.trace.TraceTarget;
import io.incipit.trace.log.PromptLogFormat;
import io.incipit.trace.session.WekaFormat;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TraceFormatsTest {
  private static final Path FILE = Path.of("trace");
  private static final Path COPY = Path.of("copy.zst");
  private static final long SECOND = 1_000_000_000;
  private static final String MOONCAKE =
      """
      {"timestamp": 0, "input_length": 1000, "output_length": 7, "hash_ids": [0, 1]}
      {"timestamp": 3000, "input_length": 1100, "output_length": 8, "hash_ids": [0, 2, 3]}
      """;

  private final MemoryDisk disk = new MemoryDisk();
  private long repeats;
  private final TraceFormats formats = TraceFormats.all();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"timestamp": 1, "input_length": 1, "hash_ids": [0]}                     | mooncake
          {"chat_id": 1, "timestamp": 1, "input_length": 1, "hash_ids": [0]}       | bailian
          {"id": "a", "block_size": 64, "requests": []}                            | weka
          {"timestamp": 1, "input": "a", "output": "b", "session_id": "s"}         | lmcache
          {"timestamp": 1, "input_length": 1, "hash_ids": [0], "session_id": "s"}  | aiperf
          {"text_input": "hello"}                                                  | aiperf
          {"input_length": 7}                                                      | aiperf
          {"timestamp": 1, "prompt": "a"}                                          | prompts
          """)
  void of_firstLine_seesTheFormat(String line, String name) throws IOException {
    disk.with(FILE, line + "\n");

    assertThat(formats.of(file(false)).name()).isEqualTo(name);
    assertThat(formats.named(name)).isPresent();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          hello                       | begins with 'hello' (expected: one of mooncake,
          {"schema": "x", "rows": 1}  | begins with an object with schema, rows (expected: one of
          [{"a": 1}]                  | begins with '[{"a": 1}]' (expected: one of
          """)
  void of_nothingKnown_saysWhatItBeginsWith(String text, String reason) {
    disk.with(FILE, text);

    assertThatThrownBy(() -> formats.of(file(false)))
        .isInstanceOf(BadTraceException.class)
        .hasMessageStartingWith("trace: format: " + reason);
  }

  @Test
  void of_promptLongerThanTheHead_isStillSeen() throws IOException {
    var text = "é".repeat(100_000);
    disk.with(
        FILE,
        "{\"timestamp\": 1, \"input\": \"%s\", \"output\": \"\", \"session_id\": \"s\"}\n"
            .formatted(text));

    assertThat(formats.of(file(false)).name()).isEqualTo("lmcache");
    assertThat(read(false).getFirst().inputTokens()).isEqualTo(50_000);
  }

  @Test
  void next_bailian_keysBlocksByWhatIsBeforeThem() throws IOException {
    disk.with(
        FILE,
        """
        {"chat_id": 5, "parent_chat_id": -1, "timestamp": 1.5, "input_length": 40, \
        "output_length": 3, "type": "text", "turn": 1, "hash_ids": [900, 901, 902]}
        {"chat_id": 6, "parent_chat_id": 5, "timestamp": 61.114, "input_length": 48, \
        "output_length": 4, "type": "text", "turn": 2, "hash_ids": [900, 901, 777]}
        {"chat_id": 7, "timestamp": 70, "input_length": 33, "output_length": 4, \
        "hash_ids": [901, 902]}
        """);

    assertThat(read(false))
        .containsExactly(
            new TraceRequest(1_500_000_000L, 5, 0, 40, 3, 16, BlockIds.of(0, 1, 2)),
            new TraceRequest(61_114_000_000L, 5, 1, 48, 4, 16, BlockIds.of(0, 1, 3)),
            new TraceRequest(70 * SECOND, 7, 0, 33, 4, 16, BlockIds.of(4, 5)));
  }

  @Test
  void next_weka_keepsSessionsApartAndAddsTimesOfMarkers() throws IOException {
    disk.with(
        FILE,
        """
        {"id": "a", "block_size": 64, "hash_id_scope": "local", "requests": [
          {"t": 0.0, "type": "n", "in": 130, "out": 5, "hash_ids": [1, 2]},
          {"t": 4.5, "type": "subagent", "requests": [
            {"t": 0.0, "type": "s", "in": 64, "out": 1, "hash_ids": [7]},
            {"t": 30.0, "type": "n", "in": 128, "out": 1, "hash_ids": [7, 8]}]},
          {"t": 9.0, "type": "n", "in": 200, "out": 5, "hash_ids": [1, 2, 3]}]}
        {"id": "b", "block_size": 64, "hash_id_scope": "local", "requests": [
          {"t": 0.0, "type": "n", "in": 64, "out": 5, "hash_ids": [1]}]}
        """);

    assertThat(read(false))
        .containsExactly(
            new TraceRequest(0, 0, 0, 130, 5, 64, BlockIds.of(0, 1)),
            new TraceRequest(4_500_000_000L, 0, 1, 64, 1, 64, BlockIds.of(2)),
            new TraceRequest(9 * SECOND, 0, 3, 200, 5, 64, BlockIds.of(0, 1, 3)),
            new TraceRequest(20 * SECOND, 1, 0, 64, 5, 64, BlockIds.of(4)),
            new TraceRequest(34_500_000_000L, 0, 2, 128, 1, 64, BlockIds.of(2, 5)));
  }

  @Test
  void next_wekaMarkerWithAbsoluteTimes_takesThemAsTheyAre() throws IOException {
    disk.with(
        FILE,
        """
        {"id": "a", "block_size": 64, "hash_id_scope": "global", "requests": [
          {"t": 4.0, "type": "subagent", "requests": [
            {"t": 5.0, "type": "n", "in": 64, "out": 1, "hash_ids": [7]}]}]}
        """);

    assertThat(read(false).getFirst().timeNs()).isEqualTo(5 * SECOND);
  }

  @Test
  void next_lmcache_takesFourBytesForATokenAndSortsByTime() throws IOException {
    var text = "x".repeat(64);
    disk.with(
        FILE,
        """
        {"timestamp": 1760587752000003, "input": "%sb", "output": "12345", "session_id": "s"}
        {"timestamp": 1760587752000001, "input": "%sab", "output": "", "session_id": "t"}
        {"timestamp": 1760587752000003, "input": "%sb", "output": "", "session_id": "s"}
        """
            .formatted(text, text, text));

    assertThat(read(false))
        .containsExactly(
            new TraceRequest(0, 1, 0, 17, 0, 16, BlockIds.of(0, 1)),
            new TraceRequest(2_000, 0, 0, 17, 2, 16, BlockIds.of(0, 2)),
            new TraceRequest(2_000, 0, 1, 17, 0, 16, BlockIds.of(0, 2)));
  }

  @Test
  void next_aiperfSession_addsUpDeltasAndAnswers() throws IOException {
    disk.with(
        FILE,
        """
        {"session_id": "a", "input_length": 600, "output_length": 100, "timestamp": 10}
        {"session_id": "b", "input_length": 600, "output_length": 100, "timestamp": 11}
        {"session_id": "a", "input_length": 400, "output_length": 20, "delay": 2}
        """);

    assertThat(read(false))
        .containsExactly(
            new TraceRequest(10_000_000, 0, 0, 600, 100, 512, BlockIds.of(0, 1)),
            new TraceRequest(11_000_000, 1, 0, 600, 100, 512, BlockIds.of(2, 3)),
            new TraceRequest(12_000_000, 0, 1, 1100, 20, 512, BlockIds.of(0, 4, 5)));
  }

  @Test
  void next_aiperfAlone_sharesBlocksOfEqualIdsOrTexts() throws IOException {
    disk.with(
        FILE,
        """
        {"input_length": 1024, "hash_ids": [3, 9], "delay": 1}
        {"input_length": 1100, "hash_ids": [3, 9, 11]}
        {"input_length": 1024, "hash_ids": [9, 3]}
        {"text_input": "%s"}
        {"text_input": "%s", "output_length": 3}
        """
            .formatted("y".repeat(2048) + "a", "y".repeat(2048) + "b"));

    var ids = read(false).stream().map(TraceRequest::ids).toList();
    assertThat(ids)
        .containsExactly(
            BlockIds.of(0, 1, 2),
            BlockIds.of(3, 4),
            BlockIds.of(5, 6),
            BlockIds.of(5, 7),
            BlockIds.of(0, 1));
  }

  @Test
  void next_aiperfAsItsLoaderTakesIt_readsEmptyMembersAsNone() throws IOException {
    disk.with(
        FILE,
        """
        {"session_id": "", "timestamp": 1.5, "input_length": 40, "hash_ids": [], "delay": null}
        {"session_id": "", "timestamp": 2, "text_input": "four", "input_length": 40}
        """);

    assertThat(read(false))
        .containsExactly(
            new TraceRequest(1_500_000, -1, 0, 40, 0, 512, BlockIds.of(0)),
            new TraceRequest(2_000_000, -1, 0, 1, 0, 512, BlockIds.of(1)));
  }

  @Test
  void next_aiperfWithBlockSize_takesItForAllLines() throws IOException {
    disk.with(
        FILE,
        """
        {"input_length": 40, "block_size": 16, "hash_ids": [1, 2, 3]}
        {"input_length": 40, "block_size": 32, "hash_ids": [1, 2]}
        """);

    assertThatThrownBy(() -> read(false))
        .hasMessage("trace:2: block_size: 32 (expected: 16, as in the first line)");
    assertThat(read(true).getFirst().ids()).isEqualTo(BlockIds.of(0, 1, 2));
  }

  @Test
  void write_oracleGeneral_namesTheNextAccessOfEachBlock() throws IOException {
    disk.with(FILE, MOONCAKE);
    copy("oracle-general", Path.of("out"));

    var bytes = disk.openRead(Path.of("out")).readAllBytes();
    assertThat(bytes).hasSize(5 * 24);
    assertThat(Arrays.copyOf(bytes, 24))
        .containsExactly(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0);
    assertThat(Arrays.copyOfRange(bytes, 48, 72))
        .containsExactly(
            3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, -1, -1, -1, -1, -1, -1, -1, -1);

    disk.with(FILE, bytes);
    assertThat(formats.of(file(false)).name()).isEqualTo("oracle-general");
    assertThat(read(false).stream().map(request -> request.ids().id(0)))
        .containsExactly(0L, 1L, 0L, 2L, 3L);
  }

  @Test
  void read_oracleGeneralCutShort_namesTheRecord() {
    disk.with(FILE, new byte[30]);

    assertThatThrownBy(() -> readAs(new OracleGeneralFormat(), false))
        .hasMessage("trace:2: record of 6 bytes (expected: 24)");
  }

  @ParameterizedTest
  @CsvSource({"mooncake", "bailian"})
  void write_everyTextFormat_readsBackTheSame(String name) throws IOException {
    disk.with(
        FILE,
        """
        {"chat_id": 0, "timestamp": 1.5, "input_length": 40, "output_length": 3, "hash_ids": [9, 8]}
        {"chat_id": 1, "parent_chat_id": 0, "timestamp": 2.5, "input_length": 48, \
        "output_length": 3, "turn": 2, "hash_ids": [9, 8, 7]}
        """);
    var requests = read(false);
    copy(name, COPY);
    disk.with(FILE, disk.openRead(COPY).readAllBytes());

    var again = read(false);
    assertThat(formats.of(file(false)).name()).isEqualTo(name);
    assertThat(again.stream().map(TraceRequest::ids))
        .isEqualTo(requests.stream().map(TraceRequest::ids).toList());
    assertThat(again.stream().map(TraceRequest::timeNs))
        .isEqualTo(requests.stream().map(TraceRequest::timeNs).toList());
    assertThat(again.getLast().blockTokens()).isEqualTo(16);
    assertThat(again.getLast().inputTokens()).isEqualTo(48);
  }

  @Test
  void next_zstd_isUnpackedAndNamedIfBroken() throws IOException {
    var packed = Zstd.compress(MOONCAKE.getBytes(UTF_8));
    disk.with(FILE, packed);
    assertThat(read(false)).hasSize(2);

    disk.with(FILE, Arrays.copyOf(packed, packed.length - 5));
    assertThatThrownBy(() -> read(true))
        .isInstanceOf(BadTraceException.class)
        .hasMessageContaining("broken zstd");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          bailian | {"chat_id": 1}                        | timestamp: missing (expected: a number
          bailian | {"timestamp": -1}                     | timestamp: -1 (expected: a number from 0
          bailian | {"timestamp": 1, "chat_id": "x"}      | chat_id: "x" (expected: 0 to
          lmcache | {"timestamp": 1, "input": 5}          | input: 5 (expected: a text)
          aiperf  | {"input_length": 0}                   | input_length: 0 (expected: 1 to
          aiperf  | {"input_length": 9, "hash_ids": [1,2]} | hash_ids: 2 ids (expected: 1, for
          aiperf  | {"messages": [], "timestamp": 1}      | messages: there (expected: input_length
          aiperf  | {"input_length": 9, "block_size": 9999999} | block_size: 9999999 (expected: 1 to
          aiperf  | {"input_length": 9, "hash_ids": [{}]} | hash_ids[0]: {} (expected: an integer
          aiperf  | [1]                                   | ARRAY (expected: a JSON object)
          aiperf  | {"a": 1, "a": 2}                      | not JSON, two members named a (
          weka    | {"block_size": 0}                     | block_size: 0 (expected: 1 to 1048576)
          weka    | {"block_size": 64}                    | requests: MISSING (expected: an array)
          weka    | {"block_size": 64, "requests": [{}]}  | requests[0].t: missing (expected: a numb
          """)
  void next_badLine_saysWhyOrIsCounted(String name, String line, String reason) {
    disk.with(FILE, line + "\n");
    var format = formats.named(name).orElseThrow();

    assertThatThrownBy(() -> readAs(format, false))
        .isInstanceOf(BadTraceException.class)
        .hasMessageStartingWith("trace:1: " + reason);
  }

  @Test
  void next_wekaLineBroken_goesOnAtTheNextLine() throws IOException {
    var line =
        "{\"block_size\": 64, \"requests\": [{\"t\": %d, \"in\": 70, \"out\": 1,"
            + " \"hash_ids\": [%d]}]}";
    var cut = line.formatted(5, 5).substring(0, 50);
    var lines = List.of(cut, line.formatted(1, 8), "junk", cut, line.formatted(2, 9), cut);
    disk.with(FILE, String.join("\n", lines));

    assertThatThrownBy(() -> readAs(new WekaFormat(), false))
        .hasMessageStartingWith("trace:2: not JSON, ");
    try (var reader = new WekaFormat().open(file(true))) {
      assertThat(reader.next().orElseThrow().timeNs()).isEqualTo(SECOND);
      assertThat(reader.next().orElseThrow().timeNs()).isEqualTo(22 * SECOND);
      assertThat(reader.next()).isEmpty();
      assertThat(reader.skipped()).isEqualTo(4);
    }
  }

  @Test
  void next_wekaBadRequest_namesTheLineOfItsSession() {
    disk.with(
        FILE,
        """
        {"block_size": 64, "requests": []}

        {"block_size": 64,
         "requests": [
           {"t": 0, "in": "x"}]}
        """);

    assertThatThrownBy(() -> readAs(new WekaFormat(), false))
        .hasMessage("trace:3: requests[0].in: \"x\" (expected: 0 to 2147483639)");
  }

  @Test
  void next_wekaSessionAgain_isLeftOutAndCounted() throws IOException {
    var session =
        "{\"block_size\": 64, \"requests\": [{\"t\": %d, \"in\": %d, \"out\": 1,"
            + " \"hash_ids\": [7]}, {\"t\": 50, \"in\": 70, \"out\": 1, \"hash_ids\": [7]}]}%n";
    disk.with(FILE, session.formatted(0, 70) + session.formatted(3, 70) + session.formatted(1, 71));

    assertThat(wekaTimes()).containsExactly(0L, 50 * SECOND, 101 * SECOND, 150 * SECOND);
    assertThat(repeats).isEqualTo(1);
  }

  @Test
  void next_wekaSessionsOfOneRequest_areNeverTakenForRepeats() throws IOException {
    var session =
        "{\"block_size\": 64, \"requests\": [{\"t\": 0, \"in\": 70, \"out\": 1,"
            + " \"hash_ids\": [7]}]}\n";
    disk.with(FILE, session + session);

    assertThat(wekaTimes()).containsExactly(0L, 100 * SECOND);
    assertThat(repeats).isZero();
  }

  /// When the requests are, if a session begins every 100 s.
  private List<Long> wekaTimes() throws IOException {
    try (var reader = new WekaFormat().open(new TraceFile(disk, FILE, false, 100))) {
      var times = new ArrayList<Long>();
      for (var next = reader.next(); next.isPresent(); next = reader.next()) {
        times.add(next.get().timeNs());
      }
      repeats = reader.repeats();
      assertThat(reader.skipped()).isZero();
      return times;
    }
  }

  @Test
  void next_wekaStop_saysHowAnswersEnded() throws IOException {
    disk.with(
        FILE,
        """
        {"block_size": 64, "requests": [
          {"t": 0, "in": 70, "out": 1, "hash_ids": [7], "stop": ""},
          {"t": 1, "in": 70, "out": 1, "hash_ids": [7], "stop": "tool_use"},
          {"t": 2, "in": 70, "out": 1, "hash_ids": [7], "stop": "end_turn"},
          {"t": 3, "in": 70, "out": 1, "hash_ids": [7]}]}
        """);

    assertThat(read(false))
        .extracting(TraceRequest::ending)
        .containsExactly(Ending.UNKNOWN, Ending.CALL, Ending.TURN, Ending.UNKNOWN);
  }

  @Test
  void next_wekaCutShort_failsEvenIfBadIsSkipped() {
    disk.with(FILE, "{\"block_size\": 64,\n\"requests\": [");

    assertThatThrownBy(() -> readAs(new WekaFormat(), true))
        .isInstanceOf(BadTraceException.class)
        .hasMessageStartingWith("trace:2: not JSON, ");
  }

  @Test
  void next_skipBad_countsEachBadLine() throws IOException {
    disk.with(FILE, "junk\n{\"input_length\": 5}\n{}\n\n{\"input_length\": 6}\n");

    try (var reader = new AiperfFormat().open(file(true))) {
      assertThat(reader.next()).isPresent();
      assertThat(reader.next()).isPresent();
      assertThat(reader.next()).isEmpty();
      assertThat(reader.skipped()).isEqualTo(2);
      assertThat(reader.progress()).isEqualTo(1.0);
    }
  }

  @Test
  void next_mooncakeWithBlockSize_takesItForAllLines() throws IOException {
    disk.with(
        FILE,
        """
        {"timestamp": 0, "input_length": 40, "output_length": 1, "block_size": 16, \
        "hash_ids": [0, 1]}
        """);
    assertThat(read(false)).hasSize(1);

    disk.with(FILE, MOONCAKE.replace("\"timestamp\": 3000", "\"timestamp\": 1, \"block_size\": 9"));
    assertThatThrownBy(() -> read(false))
        .hasMessage("trace:2: block_size: 9 (expected: 512, as in the first line)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          ``                                  | empty (expected: a trace)
          `  `                                | only blanks (expected: a trace)
          version https://git-lfs.github.com/spec/v1 | a pointer of Git LFS (expected: the file
          404: Not Found                      | format: begins with '404: Not Found' (expected: one
          time,tokens                         | format: begins with 'time,tokens' (expected: one of
          {"a": 1, "b": 2}                    | format: begins with an object with a, b (expected:
          """)
  void of_noTrace_saysWhatItIs(String text, String reason) {
    disk.with(FILE, text);

    assertThatThrownBy(() -> formats.of(file(false)))
        .isInstanceOf(BadTraceException.class)
        .hasMessageStartingWith("trace: " + reason);
  }

  @ParameterizedTest
  @CsvSource({"UTF-16", "UTF-16LE", "UTF-16BE"})
  void of_utf16_isNamed(String charset) {
    disk.with(FILE, MOONCAKE.getBytes(Charset.forName(charset)));

    assertThatThrownBy(() -> formats.of(file(false)))
        .hasMessage("trace: text in UTF-16 (expected: UTF-8)");
  }

  @Test
  void of_arrayOverLines_isShownOnOne() {
    disk.with(FILE, "[\n  {\n    \"timestamp\": 0\n  }\n]\n");

    assertThatThrownBy(() -> formats.of(file(false)))
        .hasMessageStartingWith("trace: format: begins with '[ { \"timestamp\": 0 } ]' (expected:");
  }

  @ParameterizedTest
  @CsvSource({"UTF-16", "UTF-16LE", "UTF-16BE"})
  void of_promptsInUtf16_areNamed(String charset) throws IOException {
    disk.with(FILE, "[{\"prompt\": \"one\"}]".getBytes(Charset.forName(charset)));

    assertThatThrownBy(() -> formats.of(file(false)))
        .hasMessage("trace: text in UTF-16 (expected: UTF-8)");
    try (var reader = new PromptLogFormat().open(file(false))) {
      assertThatThrownBy(reader::next).hasMessage("text that is not in UTF-8 (expected: UTF-8)");
    }
  }

  @Test
  void next_brokenJson_isToldWithoutTheLibrarysWords() {
    disk.with(FILE, "{\n  \"timestamp\": 0,\n  \"input_length\": 9,\n  \"hash_ids\": [0]\n}\n");

    assertThatThrownBy(() -> read(false))
        .hasMessage("trace:1: not JSON, ends before its object does (expected: one object a line)");
  }

  @Test
  void next_notANumberAsTime_isNamed() {
    disk.with(FILE, "{\"session_id\": \"s\", \"timestamp\": NaN, \"input_length\": 5}\n");

    assertThatThrownBy(() -> read(false)).hasMessageStartingWith("trace:1: timestamp: ");
    assertThatThrownBy(() -> read(false)).hasMessageEndingWith("(expected: a number from 0 on)");
  }

  @Test
  void next_idsFromTwoToThe63On_areRead() throws IOException {
    disk.with(
        FILE,
        """
        {"session_id": "s0", "timestamp": 0, "input_length": 1024, \
        "hash_ids": [9223372036854775809, 1]}
        {"session_id": "s1", "timestamp": 1, "input_length": 1024.0, \
        "hash_ids": [9223372036854775809, 9223372036854775810]}
        """);

    assertThat(read(false).stream().map(TraceRequest::ids))
        .containsExactly(BlockIds.of(0, 1), BlockIds.of(0, 2));
  }

  @Test
  void notes_rowsWithoutBlocks_sayThatNothingIsKnown() throws IOException {
    var row = "{\"timestamp\": 0, \"input_length\": 2048, \"output_length\": 3}\n";
    assertThat(notes(row + row)).isEqualTo(TraceNotes.ofRequests(2, true, false));

    var listed = "{\"timestamp\": 0, \"input_length\": 9, \"hash_ids\": [1], \"delay\": 1}\n";
    assertThat(notes(row + listed)).isEqualTo(TraceNotes.ofRequests(1, false, false));

    var session = "{\"session_id\": \"a\", \"input_length\": 9}\n";
    assertThat(notes(session + session)).isEqualTo(TraceNotes.ofRequests(2, false, true));
  }

  @Test
  void notes_objectsWithSizes_sayThatTheyAreIgnored() throws IOException {
    var record = new byte[48];
    record[4] = 1;
    record[13] = 2;
    Arrays.fill(record, 16, 24, (byte) -1);
    record[28] = 2;
    record[36] = 1;
    Arrays.fill(record, 40, 48, (byte) -1);
    disk.with(FILE, record);

    assertThat(notes()).isEqualTo(TraceNotes.ofObjects(1));
  }

  private TraceNotes notes(String text) throws IOException {
    disk.with(FILE, text);
    return notes();
  }

  private TraceNotes notes() throws IOException {
    try (var reader = formats.of(file(false)).open(file(false))) {
      var next = reader.next();
      while (next.isPresent()) {
        next = reader.next();
      }
      return reader.notes();
    }
  }

  private void copy(String name, Path target) throws IOException {
    var format = formats.named(name).orElseThrow();
    int blockTokens = 16;
    try (var writer = format.create(new TraceTarget(disk.openWrite(target), target, blockTokens))) {
      for (var request : read(false)) {
        writer.write(request);
      }
    }
  }

  private List<TraceRequest> read(boolean skipBad) throws IOException {
    return readAs(formats.of(file(skipBad)), skipBad);
  }

  private List<TraceRequest> readAs(TraceFormat format, boolean skipBad) throws IOException {
    var requests = new ArrayList<TraceRequest>();
    try (var reader = format.open(file(skipBad))) {
      for (var next = reader.next(); next.isPresent(); next = reader.next()) {
        requests.add(next.get());
      }
    }
    return requests;
  }

  private TraceFile file(boolean skipBad) {
    return new TraceFile(disk, FILE, skipBad);
  }
}
