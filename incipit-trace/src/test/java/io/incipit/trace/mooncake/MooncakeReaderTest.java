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
import io.incipit.trace.TraceReader;
import io.incipit.trace.TraceRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
          [1]                                    | START_ARRAY (expected: a JSON object)
          {"timestamp": 1                        | not JSON
          é                                      | not JSON
          {} {}                                  | more after the object
          {"timestamp": 1, "timestamp": 2}       | not JSON, Duplicate
          {"input_length": 1}                    | timestamp: missing (expected: an integer)
          {"timestamp": -5}                      | timestamp: -5 (expected: an integer from 0 on)
          {"timestamp": 1.5}                     | timestamp: 1.5 (expected: an integer from 0 on)
          {"timestamp": "now"}                   | timestamp: now (expected: an integer from 0 on)
          {"timestamp": 99999999999999999999}    | timestamp: 99999999999999999999 (expected: an
          {"timestamp": 1, "input_length": 0}    | input_length: 0 (expected: 1 to 67108864)
          {"hash_ids": 3}                        | hash_ids: 3 (expected: an array of ids)
          {"hash_ids": [0, null]}                | hash_ids: null (expected: an integer from 0 on)
          """)
  void next_lineThatIsNotARequest_saysWhy(String line, String reason) {
    assertThatThrownBy(() -> read(FIRST + line + "\n", false))
        .isInstanceOf(BadTraceException.class)
        .hasMessageStartingWith("trace.jsonl:2: " + reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          3000 | 1000 | 0, 2, 3 | hash_ids: 3 ids (expected: 2, for input_length 1000 and 512 tokens
          3000 | 1000 | 0, 3    | hash_ids[1]: 3 (expected: 2, the next new id, or one seen before)
          3000 | 1500 | 0, 2, 4 | hash_ids[2]: 4 (expected: 3, the next new id, or one seen before)
          3000 | 1500 | 0, 2, 1 | hash_ids[2]: 1 after 2 (expected: ids that increase
          3000 | 1500 | 0, 0, 1 | hash_ids[1]: 0 after 0 (expected: ids that increase
          3000 | 512  | 1       | hash_ids[0]: 1 below the root (expected: below 0, as seen before)
          3000 | 9    | 9000000000000000000 | hash_ids[0]: 9000000000000000000 (expected: 2,
          """)
  void next_idsThatCannotBe_saysWhy(long timestamp, int input, String ids, String reason) {
    assertThatThrownBy(() -> read(FIRST + line(timestamp, input, 1, ids), false))
        .isInstanceOf(BadTraceException.class)
        .hasMessageStartingWith("trace.jsonl:2: " + reason);
  }

  @Test
  void next_timeGoesBack_saysWhy() {
    assertThatThrownBy(() -> read(FIRST + SECOND + line(2999, 512, 1, "0"), false))
        .hasMessage("trace.jsonl:3: timestamp: 2999 after 3000 (expected: sorted by time)");
  }

  @Test
  void next_tooManyIds_saysWhy() {
    var ids = "0, ".repeat(ChainCheck.BLOCKS_MAX) + "0";

    assertThatThrownBy(() -> read(line(0, 512, 1, ids), false))
        .hasMessage("trace.jsonl:1: hash_ids: more (expected: at most 131072)");
  }

  @Test
  void next_skipBad_countsAndTakesIdsThatTheLostLinesBrought() throws IOException {
    var third = line(3000, 1500, 1, "0, 2, 4");
    disk.with(FILE, FIRST + SECOND.substring(9) + third + line(3000, 1500, 1, "0, 2, 3"));

    try (var reader = open(true)) {
      assertThat(reader.next()).isPresent();
      assertThat(reader.next().orElseThrow().ids()).isEqualTo(BlockIds.of(0, 2, 4));
      assertThat(reader.next().orElseThrow().ids()).isEqualTo(BlockIds.of(0, 2, 3));
      assertThat(reader.skipped()).isEqualTo(1);
    }
  }

  @Test
  void next_skipBad_stillRefusesIdsThatNoLostLineCanHaveBrought() throws IOException {
    disk.with(FILE, FIRST + "junk\n" + line(0, 1000, 1, "0, " + (2 + ChainCheck.BLOCKS_MAX + 1)));

    try (var reader = open(true)) {
      assertThat(reader.next()).isPresent();
      assertThat(reader.next()).isEmpty();
      assertThat(reader.skipped()).isEqualTo(2);
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
