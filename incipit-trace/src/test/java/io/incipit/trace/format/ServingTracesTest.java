// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.incipit.trace.BlockIds;
import io.incipit.trace.MemoryDisk;
import io.incipit.trace.TextReading;
import io.incipit.trace.TraceFile;
import io.incipit.trace.TraceRequest;
import io.incipit.trace.token.Tokenizers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Traces that serving systems write: Dynamo's two, and what Tair's optimizer replays.
class ServingTracesTest {
  private static final Path FILE = Path.of("trace");
  private static final long MILLI = 1_000_000;
  private static final String DYNAMO =
      """
      {"schema": "dynamo.request.trace.v1", "event_type": "tool_end", "event_time_unix_ms": 1}
      {"schema": "dynamo.request.trace.v1", "event_type": "request_end",
       "event_time_unix_ms": 1700000009000, "agent_context": {"session_id": "s"},
       "request": {"request_id": "b", "output_tokens": 7, "request_received_ms": 1700000002000,
       "replay": {"trace_block_size": 4, "input_length": 10,
       "input_sequence_hashes": [18446744073709551615, 5]}}}
      {"schema": "dynamo.request.trace.v1", "event_type": "request_end",
       "event_time_unix_ms": 1700000009500, "agent_context": {"session_id": "s"},
       "request": {"request_id": "a", "output_tokens": 8, "request_received_ms": 1700000001000,
       "replay": {"trace_block_size": 4, "input_length": 4,
       "input_sequence_hashes": [18446744073709551615]}}}
      {"schema": "dynamo.request.trace.v1", "event_type": "request_end", "request": {}}
      """
          .replace(",\n ", ",");

  private final MemoryDisk disk = new MemoryDisk();

  @Test
  void next_dynamo_isSortedByWhenRequestsCame() throws IOException {
    disk.with(FILE, DYNAMO);

    var requests = read("dynamo", TextReading.USUAL);

    assertThat(requests).extracting(TraceRequest::timeNs).containsExactly(0L, 1_000 * MILLI);
    assertThat(requests).extracting(TraceRequest::inputTokens).containsExactly(4, 10);
    assertThat(requests).extracting(TraceRequest::outputTokens).containsExactly(8, 7);
    assertThat(requests).extracting(TraceRequest::session).containsExactly(0L, 0L);
    assertThat(requests).extracting(TraceRequest::blockTokens).containsOnly(4);
    assertThat(requests)
        .extracting(TraceRequest::ids)
        .containsExactly(BlockIds.of(0), BlockIds.of(0, 1));
  }

  @Test
  void open_dynamoWithoutReplay_saysSo() {
    disk.with(FILE, DYNAMO.lines().findFirst().orElseThrow());

    assertThatThrownBy(() -> read("dynamo", TextReading.USUAL))
        .hasMessage("trace: request_end: none with replay (expected: at least one)");
  }

  @Test
  void next_dynamoWithAnotherBlockSize_isBad() {
    disk.with(FILE, DYNAMO.replaceFirst("trace_block_size\": 4", "trace_block_size\": 2"));

    assertThatThrownBy(() -> read("dynamo", TextReading.USUAL))
        .hasMessageContaining("trace:2: input_sequence_hashes: 2 (expected: 5, for input_length");
  }

  @Test
  void next_agenticMooncake_comesAfterWhatItDependsOn() throws IOException {
    disk.with(
        FILE,
        """
        {"schema": "dynamo.agentic_mooncake", "version": 2, "block_size": 4, \
        "hash_id_scope": "local"}
        {"request_id": "a", "play_id": "p", "session_id": "s", "model": "m", "input_length": 6, \
        "output_length": 2, "hash_ids": [1, 2], "not_before_ms": 10.0, "dependencies": []}
        {"request_id": "b", "play_id": "p", "session_id": "s", "model": "m", "input_length": 9, \
        "output_length": 3, "hash_ids": [1, 3], "not_before_ms": 12, "dependencies": [\
        {"request_id": "a", "trigger": "completion", "delay_ms": 5.0, "relation": "sequence"}]}
        {"request_id": "a", "play_id": "q", "session_id": "s", "model": "m", "input_length": 6, \
        "output_length": 4, "hash_ids": [1, 2], "not_before_ms": 11.0}
        """);

    var requests = read("agentic-mooncake", TextReading.USUAL);

    assertThat(requests)
        .extracting(TraceRequest::timeNs)
        .containsExactly(10 * MILLI, 11 * MILLI, 15 * MILLI);
    assertThat(requests).extracting(TraceRequest::session).containsExactly(0L, 1L, 0L);
    assertThat(requests)
        .extracting(TraceRequest::ids)
        .containsExactly(BlockIds.of(0, 1), BlockIds.of(2, 3), BlockIds.of(0, 4));
    assertThat(requests).extracting(TraceRequest::turn).containsExactly(0, 0, 1);
  }

  @Test
  void next_agenticMooncakeDependsOnNothingKnown_isBad() {
    disk.with(
        FILE,
        """
        {"schema": "dynamo.agentic_mooncake", "version": 2, "block_size": 4}
        {"request_id": "b", "play_id": "p", "session_id": "s", "input_length": 4, "output_length": \
        3, "hash_ids": [1], "dependencies": [{"request_id": "a"}]}
        """);

    assertThatThrownBy(() -> read("agentic-mooncake", TextReading.USUAL))
        .hasMessage("trace:2: dependencies: a unknown (expected: a request before, of the play)");
  }

  @Test
  void next_tair_readsGetsAndRequests() throws IOException {
    disk.with(
        FILE,
        """
        {"type": "get", "instance_id": "i", "timestamp_ns": 1700000000000000005, "keys": [7, -8], \
        "input_len": 11}
        {"type": "write", "instance_id": "i", "timestamp_ns": 1700000000000000006, "keys": [7, -8]}
        {"type": "request", "instance_id": "i", "timestamp_ns": 1700000000000000001, "keys": [7], \
        "input_len": 4}
        """);

    var requests = read("tair", new TextReading(Tokenizers.bytes(), 4, false, true));

    assertThat(requests).extracting(TraceRequest::timeNs).containsExactly(0L, 4L);
    assertThat(requests)
        .extracting(TraceRequest::ids)
        .containsExactly(BlockIds.of(0), BlockIds.of(0, 1));
    assertThatThrownBy(() -> read("tair", TextReading.USUAL))
        .hasMessageContaining("block size: not in the trace (expected: --block-size");
    assertThatThrownBy(() -> read("tair", new TextReading(Tokenizers.bytes(), 8, false, true)))
        .hasMessageContaining("trace:1: keys: 2 (expected: at most 1, for input_len 11");
  }

  private List<TraceRequest> read(String format, TextReading text) throws IOException {
    var file = new TraceFile(disk, FILE, false, TraceFile.START_SECONDS, text);
    var found = TraceFormats.all().of(file);
    assertThat(found.name()).isEqualTo(format);
    var requests = new ArrayList<TraceRequest>();
    try (var reader = found.open(file)) {
      for (var next = reader.next(); next.isPresent(); next = reader.next()) {
        requests.add(next.get());
      }
    }
    return requests;
  }
}
