// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import io.incipit.policy.Answer.Ending;
import io.incipit.trace.BadTraceException;
import io.incipit.trace.BlockIds;
import io.incipit.trace.MemoryDisk;
import io.incipit.trace.TraceFile;
import io.incipit.trace.TraceHead;
import io.incipit.trace.TraceRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AgentSessionsReaderTest {
  private static final Path FILE = Path.of("agents.jsonl");
  private static final String TWO_SESSIONS =
      """
      {"session":"a","turn":0,"t":0.000,"in":200,"out":5,"keep":0,"add_runs":[[0,3]]}
      {"session":"a","turn":1,"t":25.000,"in":260,"out":5,"keep":2,"add_runs":[[3,1],[7,1]]}

      {"session":"b","turn":0,"t":0.000,"in":64,"out":9,"keep":0,"add_runs":[[0,1]]}
      {"session":"b","turn":1,"t":5.000,"in":140,"out":9,"keep":1,"add_runs":[[1,1]]}
      """;

  @Test
  void next_twoSessions_givesThemByTimeWithIdsOfTheirOwn() throws IOException {
    var requests = read(TWO_SESSIONS, 20, false);

    assertThat(requests)
        .extracting(TraceRequest::session, TraceRequest::turn, TraceRequest::ids)
        .containsExactly(
            tuple(0L, 0, BlockIds.of(0, 1, 2)),
            tuple(1L, 0, BlockIds.of(8)),
            tuple(0L, 1, BlockIds.of(0, 1, 3, 7)),
            tuple(1L, 1, BlockIds.of(8, 9)));
    assertThat(requests.stream().map(request -> request.timeNs() / 1_000_000))
        .containsExactly(0L, 20_000L, 25_000L, 25_000L);
    assertThat(requests.get(2).inputTokens()).isEqualTo(260);
    assertThat(requests.get(2).fullBlocks()).isEqualTo(4);
  }

  @Test
  void next_noDistanceBetweenStarts_goesBySession() throws IOException {
    var sessions = read(TWO_SESSIONS, 0, false).stream().map(TraceRequest::session).toList();

    assertThat(sessions).containsExactly(0L, 1L, 1L, 0L);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"turn":0,"t":0,"in":64,"out":9,"keep":0,"add_runs":[[0,1]]} | session: missing
          {"session":"c","turn":0,"in":64,"out":9,"keep":0,"add_runs":[[0,1]]} | t: missing
          {"session":"c","turn":0,"t":0,"out":9,"keep":0,"add_runs":[[0,1]]} | in: missing
          {"session":"c","turn":0,"t":0,"in":64,"out":9,"keep":0} | add_runs: missing
          {"session":"c","turn":0,"t":0,"in":64,"out":9,"keep":1,"add_runs":[]} | keep: 1 (expected
          {"session":"c","turn":0,"t":0,"in":64,"out":9,"keep":0,"add_runs":[[0,2]]} | add_runs: 2
          {"session":"c","turn":0,"t":0,"in":64,"out":9,"keep":0,"add_runs":[[0]]} | add_runs:
          {"session":"c","turn":0,"t":0,"in":64,"out":9,"keep":0,"add_runs":[0,1]} | add_runs: brok
          {"session":"b","turn":1,"t":9,"in":64,"out":9,"keep":0,"add_runs":[[0,1]]} | turn: 1 at
          {"session":"c","turn":0,"t":-1,"in":64,"out":9,"keep":0,"add_runs":[[0,1]]} | t: -1
          [] | an array (expected: a JSON object)
          {"session":"c" | not JSON
          """)
  void next_badLine_isNamedOrSkipped(String line, String reason) throws IOException {
    assertThatThrownBy(() -> read(TWO_SESSIONS + line, 20, false))
        .isInstanceOf(BadTraceException.class)
        .hasMessageStartingWith("agents.jsonl:6: " + reason);
    assertThat(read(TWO_SESSIONS + line, 20, true)).hasSize(4);
  }

  @Test
  void next_stop_saysHowAnswersEnded() throws IOException {
    var requests =
        read(
            """
            {"session":"a","turn":0,"t":0,"in":9,"out":5,"keep":0,"add_runs":[]}
            {"session":"a","turn":1,"t":1,"in":9,"out":5,"keep":0,"add_runs":[],"stop":"tool_use"}
            {"session":"a","turn":2,"t":2,"in":9,"out":5,"keep":0,"add_runs":[],"stop":"end_turn"}
            {"session":"a","turn":3,"t":3,"in":9,"out":5,"keep":0,"add_runs":[],"stop":"other"}
            """,
            20,
            false);

    assertThat(requests)
        .extracting(TraceRequest::ending)
        .containsExactly(Ending.UNKNOWN, Ending.CALL, Ending.TURN, Ending.UNKNOWN);
  }

  @Test
  void recognises_otherFormats_saysNo() throws IOException {
    var disk = new MemoryDisk().with(FILE, TWO_SESSIONS).with(Path.of("m"), "{\"timestamp\": 0}");

    assertThat(recognises(disk, FILE)).isTrue();
    assertThat(recognises(disk, Path.of("m"))).isFalse();
  }

  private static boolean recognises(MemoryDisk disk, Path path) throws IOException {
    return new AgentSessionsFormat().recognises(TraceHead.of(new TraceFile(disk, path, false)));
  }

  private static List<TraceRequest> read(String text, double startSeconds, boolean skipBad)
      throws IOException {
    var file = new TraceFile(new MemoryDisk().with(FILE, text), FILE, skipBad, startSeconds);
    var requests = new ArrayList<TraceRequest>();
    try (var reader = new AgentSessionsFormat().open(file)) {
      for (var next = reader.next(); next.isPresent(); next = reader.next()) {
        requests.add(next.get());
      }
      assertThat(reader.skipped()).isEqualTo(skipBad ? 1 : 0);
    }
    return requests;
  }
}
