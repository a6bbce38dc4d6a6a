// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.mooncake;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.incipit.trace.BadTraceException;
import io.incipit.trace.BlockIds;
import io.incipit.trace.LineSource;
import io.incipit.trace.MemoryDisk;
import io.incipit.trace.TraceFile;
import io.incipit.trace.TraceNotes;
import io.incipit.trace.TraceReader;
import io.incipit.trace.TraceRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MooncakeReaderTest {
  private static final Path FILE = Path.of("trace.jsonl");
  private static final String FIRST = line(0, 1000, 7, "0, 1");
  private static final String SECOND = line(3000, 1100, 8, "0, 2, 3");

  private final MemoryDisk disk = new MemoryDisk();

  @Test
  void next_goodLines_givesRequestsInOrder() throws IOException {
    assertThat(read(FIRST + SECOND, false))
        .containsExactly(
            new TraceRequest(0, -1, 0, 1000, 7, 512, BlockIds.of(0, 1)),
            new TraceRequest(3_000_000_000L, -1, 0, 1100, 8, 512, BlockIds.of(0, 2, 3)));
  }

  @Test
  void next_noLineFeedAtEndBlankLinesAndUnknownMembers_givesSameRequests() throws IOException {
    var text = "\n" + FIRST.replace("{", "{\"model\": {\"a\": [1]}, ") + " \r\n" + SECOND.strip();

    assertThat(read(text, false)).isEqualTo(read(FIRST + SECOND, false));
  }

  @Test
  void next_gzip_givesSameRequests() throws IOException {
    disk.with(FILE, gzip(FIRST + SECOND));

    assertThat(readFile(false)).hasSize(2);
  }

  @Test
  void next_gzipCutShort_namesFileAndReason() throws IOException {
    var whole = gzip(FIRST + SECOND);
    disk.with(FILE, Arrays.copyOf(whole, whole.length - 9));

    assertThatThrownBy(() -> readFile(true))
        .isInstanceOf(BadTraceException.class)
        .hasMessageContaining("trace.jsonl:")
        .hasMessageContaining("broken gzip");
  }

  @Test
  void next_lineLongerThanBuffer_isRead() throws IOException {
    var wide = FIRST.replace("{", "{\"note\": \"" + "x".repeat(200_000) + "\", ");

    assertThat(read(wide + SECOND + wide.replace("0, 1", "0, 1").replace(": 0,", ": 3000,"), false))
        .hasSize(3);
  }

  @Test
  void next_lineLongerThanLimit_isSkippedAndTheRestRead() throws IOException {
    var huge = "x".repeat(3 * LineSource.LINE_BYTES_MAX) + "\n";
    disk.with(FILE, huge + FIRST + huge.strip());

    try (var reader = open(true)) {
      assertThat(reader.next()).isPresent();
      assertThat(reader.next()).isEmpty();
      assertThat(reader.skipped()).isEqualTo(2);
    }
  }

  @Test
  void open_noFile_throwsNoSuchFile() {
    assertThatThrownBy(() -> open(false)).isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void progress_atEnd_isOne() throws IOException {
    disk.with(FILE, FIRST);
    try (var reader = open(false)) {
      assertThat(reader.progress()).isBetween(0.0, 1.0);
      reader.next();
      assertThat(reader.next()).isEmpty();
      assertThat(reader.progress()).isEqualTo(1.0);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          [1]                                    | an array (expected: a JSON object)
          {"timestamp": 1                        | not JSON
          é                                      | not JSON
          {} {}                                  | more after the object
          {"timestamp": 1, "timestamp": 2}       | not JSON, two members named timestamp (expected:
          {"timestamp": 1,                       | not JSON, ends before its object does (expected:
          {"timestamp": 1]                       | not JSON, broken at column 1
          {"input_length": 1}                    | timestamp: missing (expected: a number)
          {"timestamp": -5}                      | timestamp: -5 (expected: a number from 0 on)
          {"timestamp": NaN}                     | timestamp: NaN (expected: a number from 0 on)
          {"timestamp": "now"}                   | timestamp: now (expected: a number from 0 on)
          {"timestamp": 99999999999999999999}    | timestamp: 99999999999999999999 (expected: a
          {"input_length": 10.5}                 | input_length: 10.5 (expected: an integer from 0
          {"timestamp": 1, "input_length": 0}    | input_length: 0 (expected: 1 to 67108864)
          {"hash_ids": 3}                        | hash_ids: 3 (expected: an array of ids)
          {"hash_ids": [0, null]}                | hash_ids: null (expected: an integer of up to 64
          {"hash_ids": [1e300]}                  | hash_ids: 1e300 (expected: an integer of up to 64
          {"hash_ids": [99999999999999999999]}   | hash_ids: 99999999999999999999 (expected: an inte
          """)
  void next_lineThatIsNotARequest_saysWhy(String line, String reason) {
    assertThatThrownBy(() -> read(FIRST + line + "\n", false))
        .isInstanceOf(BadTraceException.class)
        .hasMessageStartingWith("trace.jsonl:2: " + reason);
  }

  @Test
  void next_otherNumberOfIds_saysWhy() {
    assertThatThrownBy(() -> read(FIRST + line(3000, 1000, 1, "0, 2, 3"), false))
        .hasMessageStartingWith(
            "trace.jsonl:2: hash_ids: 3 ids (expected: 2, for input_length 1000 and 512 tokens");
  }

  @Test
  void next_partOfATrace_numbersItsIdsAnew() throws IOException {
    var text = line(5, 655, 52, "46, 47") + line(6, 655, 52, "46, 7") + line(7, 9, 1, "46");

    assertThat(read(text, false).stream().map(TraceRequest::ids))
        .containsExactly(BlockIds.of(0, 1), BlockIds.of(0, 2), BlockIds.of(0));
    assertThat(notes(text)).isEqualTo(TraceNotes.NONE);
  }

  @Test
  void next_idsOf64Bits_differByEachOfThem() throws IOException {
    var ids = "9223372036854775809, 1, 4294967297, 18446744073709551615, -9223372036854775807";

    assertThat(read(line(0, 2500, 1, ids), false).getFirst().ids())
        .isEqualTo(BlockIds.of(0, 1, 2, 3, 4));
  }

  @Test
  void next_idsThatAreTexts_areReadAsIds() throws IOException {
    var text = line(0, 1024, 1, "\"a\", \"0000000000000007\"") + line(1, 1024, 1, "\"a\", 8");

    assertThat(read(text, false).stream().map(TraceRequest::ids))
        .containsExactly(BlockIds.of(0, 1), BlockIds.of(0, 2));
  }

  @Test
  void next_idsOfContents_areDifferentBlocksBelowEachParent() throws IOException {
    var text =
        line(0, 1200, 1, "0, 1, 2") + line(0, 1800, 1, "0, 3, 4, 5") + line(0, 1300, 1, "1, 4, 6");

    assertThat(read(text, false).stream().map(TraceRequest::ids))
        .containsExactly(BlockIds.of(0, 1, 2), BlockIds.of(0, 3, 4, 5), BlockIds.of(6, 7, 8));
    assertThat(notes(text)).isEqualTo(TraceNotes.ofIdsBelowTwoParents(2));
    // The same blocks again are the same.
    assertThat(read(text + line(0, 1300, 1, "1, 4, 6"), false).getLast().ids())
        .isEqualTo(BlockIds.of(6, 7, 8));
  }

  @Test
  void next_idsOfAnyKind_areTheSameBlocksIfTheirPrefixesAre() throws IOException {
    var random = new Random(7);
    var text = new StringBuilder();
    var prefixes = new HashMap<String, Long>();
    var expected = new ArrayList<BlockIds>();
    for (int r = 0; r < 300; r++) {
      var names = new ArrayList<String>();
      var blocks = new long[1 + random.nextInt(6)];
      for (int i = 0; i < blocks.length; i++) {
        long id = random.nextInt(3) == 0 ? 1L << (40 + random.nextInt(3)) : random.nextInt(5);
        names.add(Long.toString(id));
        blocks[i] = prefixes.computeIfAbsent(names.toString(), _ -> (long) prefixes.size());
      }
      expected.add(BlockIds.of(blocks));
      text.append(line(r, 512 * blocks.length, 1, String.join(", ", names)));
    }

    assertThat(read(text.toString(), false).stream().map(TraceRequest::ids).toList())
        .isEqualTo(expected);
  }

  @Test
  void next_numbersInOtherSpellings_areTheSame() throws IOException {
    var other =
        """
        {"timestamp": 0.0, "input_length": 1.0e3, "output_length": 7.0, "hash_ids": [0, 1.0]}
        {"timestamp": 3e3, "input_length": 1100.0, "output_length": 8, "hash_ids": [0, 2, 3]}
        """;

    assertThat(read(other, false)).isEqualTo(read(FIRST + SECOND, false));
  }

  @Test
  void next_timeWithAFraction_isKeptToTheNanosecond() throws IOException {
    var text = FIRST.replace(": 0,", ": 100.5,").replace("\"output_length\": 7, ", "");

    var request = read(text, false).getFirst();
    assertThat(request.timeNs()).isEqualTo(100_500_000);
    assertThat(request.outputTokens()).isZero();
  }

  @Test
  void next_timeGoesBack_saysWhy() {
    assertThatThrownBy(() -> read(FIRST + SECOND + line(2999, 512, 1, "0"), false))
        .hasMessage(
            "trace.jsonl:3: timestamp: 2999 after 3000 (expected: sorted by time, as convert --from"
                + " aiperf sorts it)");
  }

  @Test
  void next_tooManyIds_saysWhy() {
    var ids = "0, ".repeat(ChainNumbers.BLOCKS_MAX) + "0";

    assertThatThrownBy(() -> read(line(0, 512, 1, ids), false))
        .hasMessage("trace.jsonl:1: hash_ids: more (expected: at most 131072)");
  }

  @Test
  void next_skipBad_countsAndReadsTheRest() throws IOException {
    var third = line(3000, 1500, 1, "0, 2, 4");
    disk.with(FILE, FIRST + SECOND.substring(9) + third + line(3000, 1500, 1, "0, 2, 3"));

    try (var reader = open(true)) {
      assertThat(reader.next()).isPresent();
      assertThat(reader.next().orElseThrow().ids()).isEqualTo(BlockIds.of(0, 2, 3));
      assertThat(reader.next().orElseThrow().ids()).isEqualTo(BlockIds.of(0, 2, 4));
      assertThat(reader.skipped()).isEqualTo(1);
    }
  }

  private TraceNotes notes(String text) throws IOException {
    disk.with(FILE, text);
    try (var reader = open(false)) {
      var next = reader.next();
      while (next.isPresent()) {
        next = reader.next();
      }
      return reader.notes();
    }
  }

  private List<TraceRequest> read(String text, boolean skipBad) throws IOException {
    disk.with(FILE, text);
    return readFile(skipBad);
  }

  private List<TraceRequest> readFile(boolean skipBad) throws IOException {
    var requests = new ArrayList<TraceRequest>();
    try (var reader = open(skipBad)) {
      for (var next = reader.next(); next.isPresent(); next = reader.next()) {
        requests.add(next.get());
      }
    }
    return requests;
  }

  private TraceReader open(boolean skipBad) throws IOException {
    return new MooncakeFormat().open(new TraceFile(disk, FILE, skipBad));
  }

  private static String line(long timestamp, int input, int output, String ids) {
    return "{\"timestamp\": %d, \"input_length\": %d, \"output_length\": %d, \"hash_ids\": [%s]}\n"
        .formatted(timestamp, input, output, ids);
  }

  private static byte[] gzip(String text) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var out = new GZIPOutputStream(bytes)) {
      out.write(text.getBytes(UTF_8));
    }
    return bytes.toByteArray();
  }
}
