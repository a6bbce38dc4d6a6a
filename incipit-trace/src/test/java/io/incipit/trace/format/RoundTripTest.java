// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.incipit.block.Hint;
import io.incipit.env.RandomSource;
import io.incipit.env.Search;
import io.incipit.policy.Answer.Ending;
import io.incipit.trace.BlockIds;
import io.incipit.trace.BlockNumbers;
import io.incipit.trace.MemoryDisk;
import io.incipit.trace.TraceFile;
import io.incipit.trace.TraceRequest;
import io.incipit.trace.TraceTarget;
import io.incipit.trace.UnpackedInput;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is written is read again as it was, as far as the format can say it.
@Tag("programs")
class RoundTripTest {
  private static final Path FILE = Path.of("copy.gz");
  private static final int ROUNDS = 20;
  private static final long MILLI = 1_000_000;

  private final MemoryDisk disk = new MemoryDisk();
  private final TraceFormats formats = TraceFormats.all();
  private final long firstSeed = Search.seed();
  private String remark = "";

  @ParameterizedTest
  @CsvSource({"agent-sessions, 64, false", "weka, 64, false", "weka, 100, false", "weka, 64, true"})
  void write_formatOfSessions_keepsAllButPartialBlocks(String name, int tokens, boolean sharing)
      throws IOException {
    for (boolean partial : new boolean[] {false, true}) {
      var trace = new RandomTrace(tokens, partial, sharing, false);
      check(trace, name, request -> request, RoundTripTest::withoutPartialBlock);
    }
  }

  @ParameterizedTest
  @CsvSource({"16", "512", "48"})
  void write_mooncake_keepsAllButSessionsAndMillis(int tokens) throws IOException {
    var trace = new RandomTrace(tokens, true, true, false);
    check(trace, "mooncake", request -> request, request -> alone(toMillis(request)));
  }

  @Test
  void write_bailian_keepsAllButEndings() throws IOException {
    for (boolean partial : new boolean[] {false, true}) {
      var trace = new RandomTrace(16, partial, true, false);
      check(trace, "bailian", request -> request, request -> ending(request, Ending.UNKNOWN));
    }
  }

  @Test
  void write_lmcache_keepsAllButEndingsAndNanos() throws IOException {
    var trace = new RandomTrace(16, true, true, false);
    check(
        trace,
        "lmcache",
        request -> request,
        request -> ending(to(request, 1_000), Ending.UNKNOWN));
  }

  @ParameterizedTest
  @CsvSource({"512", "64", "10"})
  void write_aiperfOfDeltas_keepsSessionsAndTurns(int tokens) throws IOException {
    var trace = new RandomTrace(tokens, true, true, true);
    check(
        trace, "aiperf", request -> request, request -> ending(toMillis(request), Ending.UNKNOWN));
    assertThat(remark).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"512", "64"})
  void write_aiperfWithoutSessions_keepsAllButMillis(int tokens) throws IOException {
    var trace = new RandomTrace(tokens, true, true, false);
    check(trace, "aiperf", RoundTripTest::alone, request -> alone(toMillis(request)));
    assertThat(remark).isEmpty();
  }

  @Test
  void write_aiperfOfAllKinds_keepsSharingAndSaysWhatIsNotDeltas() throws IOException {
    int apart = 0;
    for (int round = 0; round < ROUNDS; round++) {
      var requests =
          new RandomTrace(64, true, true, false).requests(RandomSource.seeded(firstSeed + round));
      var again = copy("aiperf", requests, 64);
      assertThat(canonical(again).stream().map(TraceRequest::ids))
          .as("-Dincipit.seed=%d", firstSeed + round)
          .isEqualTo(canonical(requests).stream().map(TraceRequest::ids).toList());
      apart += remark.isEmpty() ? 0 : 1;
      boolean allAlone = again.stream().allMatch(request -> request.session() < 0);
      assertThat(remark.isEmpty() && allAlone).isFalse();
    }
    assertThat(apart).isPositive();
  }

  @Test
  void write_aiperf_writesAsDeltasWhatLosesNothing() throws IOException {
    var requests =
        List.of(
            request(0, 0, 0, 700, 1, 2),
            request(1, 1, 0, 700, 1, 3),
            request(2, 0, 1, 1100, 1, 4, 5),
            request(3, 2, 0, 600, 1, 6),
            request(4, 2, 1, 650, 1, 7),
            request(5, 1, 1, 1300, 1, 3, 8),
            request(6, -1, 0, 1024, 1, 4));
    copy("aiperf", requests, 512);

    assertThat(text())
        .isEqualTo(
            """
            {"session_id": null, "timestamp": 0, "input_length": 700, "output_length": 100, \
            "hash_ids": [0, 1]}
            {"session_id": null, "timestamp": 1000, "input_length": 700, "output_length": 100, \
            "hash_ids": [0, 2]}
            {"session_id": null, "timestamp": 2000, "input_length": 1100, "output_length": 100, \
            "hash_ids": [0, 3, 4]}
            {"session_id": null, "timestamp": 3000, "input_length": 600, "output_length": 100, \
            "hash_ids": [0, 5]}
            {"session_id": null, "timestamp": 4000, "input_length": 650, "output_length": 100, \
            "hash_ids": [0, 6]}
            {"session_id": null, "timestamp": 5000, "input_length": 1300, "output_length": 100, \
            "hash_ids": [0, 2, 7]}
            {"session_id": null, "timestamp": 6000, "input_length": 1024, "output_length": 100, \
            "hash_ids": [0, 3]}
            """);
    assertThat(remark)
        .isEqualTo("Request by request: 3 of 3 sessions, whose prompts are more than deltas.");

    copy("aiperf", List.of(requests.get(0), requests.get(2)), 512);
    assertThat(text())
        .isEqualTo(
            """
            {"session_id": "session-0", "timestamp": 0, "input_length": 700, \
            "output_length": 100, "hash_ids": [0, 1]}
            {"session_id": "session-0", "timestamp": 2000, "input_length": 300, \
            "output_length": 100}
            """);
    assertThat(remark).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"lmcache", "bailian", "agent-sessions"})
  void write_smallerBlocks_sharesAsManyTokens(String name) throws IOException {
    for (int round = 0; round < ROUNDS; round++) {
      var trace = new RandomTrace(512, round % 2 == 0, !name.equals("agent-sessions"), false);
      var requests = trace.requests(RandomSource.seeded(firstSeed + round));
      int blockTokens = name.equals("agent-sessions") ? 64 : 16;
      var again = copy(name, requests, 512);
      assertThat(again.getFirst().blockTokens()).isEqualTo(blockTokens);
      for (int i = 0; i < requests.size(); i++) {
        int shared = sharedTokens(requests).get(i);
        boolean lists = requests.get(i).ids().length() * 512 >= requests.get(i).inputTokens();
        int expected = name.equals("agent-sessions") && lists ? shared / 64 * 64 : shared;
        assertThat(sharedTokens(again).get(i))
            .as("-Dincipit.seed=%d, request %d", firstSeed + round, i)
            .isEqualTo(expected);
      }
    }
  }

  @Test
  void write_lmcacheOfOddBlocks_sharesAsManyWholeBlocks() throws IOException {
    for (int round = 0; round < ROUNDS; round++) {
      var trace = new RandomTrace(10, true, true, false);
      var requests = trace.requests(RandomSource.seeded(firstSeed + round));
      var again = sharedTokens(copy("lmcache", requests, 10));
      var shared = sharedTokens(requests);
      for (int i = 0; i < requests.size(); i++) {
        boolean whole = shared.get(i) == requests.get(i).inputTokens();
        assertThat(again.get(i))
            .as("-Dincipit.seed=%d, request %d", firstSeed + round, i)
            .isEqualTo(whole ? shared.get(i) : shared.get(i) / 16 * 16);
      }
    }
  }

  @Test
  void write_lmcache_givesSiblingsOtherTextFromTheFirstTokenOn() throws IOException {
    var requests = new ArrayList<TraceRequest>();
    for (int i = 0; i < 5_000; i++) {
      requests.add(new TraceRequest(i * MILLI, -1, 0, 17, 0, 16, BlockIds.of(7, 1_000 + i)));
    }

    var again = copy("lmcache", requests, 16);
    assertThat(again.stream().map(request -> request.ids().id(1)).distinct()).hasSize(5_000);
    assertThat(again.stream().map(TraceRequest::inputTokens).distinct()).containsExactly(17);
    assertThat(again.stream().map(TraceRequest::session).distinct()).hasSize(5_000);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          agent-sessions | 64  | -1 | 64 | session: none of the request at 0 s (expected: a trace
          weka           | 64  | -1 | 64 | session: none of the request at 0 s (expected: a trace
          agent-sessions | 64  | 0  | 0  | input: 0 tokens at 0 s (expected: at least 1)
          aiperf         | 64  | 0  | 0  | input: 0 tokens at 0 ms (expected: at least 1)
          bailian        | 16  | 0  | 0  | input: 0 tokens at 0.0 s (expected: at least 1)
          lmcache        | 16  | 0  | 0  | tokens: 0 of the prompt, 100 of the answer (expected: at
          lmcache        | 16  | 0  | 9000000 | tokens: 9000000 of the prompt, 100 of the answer
          mooncake       | 512 | 0  | 0  | blocks: 1 for 0 tokens at 0 ms (expected: 1 token
          mooncake       | 512 | 0  | 513 | blocks: 1 for 513 tokens at 0 ms (expected: 1 token or
          agent-sessions | 100 | 0  | 64 | copy.gz: blocks of 100 tokens (expected: 64 or a
          bailian        | 10  | 0  | 64 | copy.gz: blocks of 10 tokens (expected: 16 or a multiple,
          """)
  void write_whatTheFormatLacks_isRefused(
      String name, int tokens, long session, int input, String reason) {
    var request = new TraceRequest(0, session, 0, input, 100, tokens, BlockIds.of(1));

    assertThatThrownBy(() -> copy(name, List.of(request), tokens))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(reason);
  }

  @Test
  void write_agentSessionsThatShareBlocks_isRefusedAndLeavesNothing() throws IOException {
    var requests = List.of(request(0, 0, 0, 700, 1, 2), request(1, 1, 0, 700, 1, 2));

    assertThatThrownBy(() -> copy("agent-sessions", requests, 512))
        .hasMessage(
            "session 1: shares blocks with another at 1 s (expected: blocks of one session only,"
                + " as agent-sessions has; weka can share)");
    assertThat(text()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"aiperf", "weka", "agent-sessions", "lmcache", "bailian"})
  void write_idBehindAnotherBlock_isRefused(String name) {
    var requests =
        List.of(
            new TraceRequest(0, 0, 0, 1024, 1, 512, BlockIds.of(1, 2)),
            new TraceRequest(1, 0, 1, 1024, 1, 512, BlockIds.of(3, 2)));

    assertThatThrownBy(() -> copy(name, requests, 512))
        .hasMessageContaining("behind another block than before (expected: ids that stand for");
  }

  /// Writes and reads a trace, and compares it with what it should have become.
  private void check(
      RandomTrace trace,
      String name,
      UnaryOperator<TraceRequest> before,
      UnaryOperator<TraceRequest> after) {
    Search.of(Search.Family.PROGRAMS, "traces as " + name, 1, 3)
        .run(
            seed -> {
              var requests =
                  trace.requests(RandomSource.seeded(seed)).stream().map(before).toList();
              var again = copy(name, requests, trace.blockTokens());
              assertThat(canonical(again))
                  .as("%s", trace)
                  .isEqualTo(
                      canonical(requests.stream().map(its -> hinted(its, after, name)).toList()));
            });
  }

  private TraceRequest hinted(
      TraceRequest request, UnaryOperator<TraceRequest> after, String name) {
    boolean kept = formats.named(name).orElseThrow().keepsHints();
    return after.apply(request).with(kept ? request.hint() : Hint.NONE);
  }

  private List<TraceRequest> copy(String name, List<TraceRequest> requests, int blockTokens)
      throws IOException {
    var format = formats.named(name).orElseThrow();
    var writer = format.create(new TraceTarget(disk.openWrite(FILE), FILE, blockTokens));
    try (writer) {
      for (var request : requests) {
        writer.write(request);
      }
    }
    remark = writer.remark();
    var file = new TraceFile(disk, FILE, false);
    var found = formats.of(file);
    assertThat(found.name()).isEqualTo(name);
    var again = new ArrayList<TraceRequest>();
    try (var reader = found.open(file)) {
      for (var next = reader.next(); next.isPresent(); next = reader.next()) {
        again.add(next.get());
      }
    }
    return again;
  }

  private String text() throws IOException {
    try (var in = UnpackedInput.open(new TraceFile(disk, FILE, false))) {
      return new String(in.readAllBytes(), UTF_8);
    }
  }

  private static TraceRequest request(int second, long session, int turn, int input, long... ids) {
    return new TraceRequest(
        second * 1_000L * MILLI, session, turn, input, 100, 512, BlockIds.of(ids));
  }

  /// Sessions and blocks numbered as first seen.
  private static List<TraceRequest> canonical(List<TraceRequest> requests) {
    var blocks = new BlockNumbers();
    var sessions = new HashMap<Long, Long>();
    var numbered = new ArrayList<TraceRequest>();
    for (var request : requests) {
      var ids = new long[request.ids().length()];
      for (int i = 0; i < ids.length; i++) {
        ids[i] = blocks.number(request.ids().id(i));
      }
      long session =
          request.session() < 0
              ? request.session()
              : sessions.computeIfAbsent(request.session(), _ -> (long) sessions.size());
      numbered.add(
          new TraceRequest(
              request.timeNs(),
              session,
              request.turn(),
              request.inputTokens(),
              request.outputTokens(),
              request.blockTokens(),
              BlockIds.of(ids),
              request.ending(),
              request.hint()));
    }
    return numbered;
  }

  /// How many leading tokens of each prompt an earlier one had.
  private static List<Integer> sharedTokens(List<TraceRequest> requests) {
    var seen = new HashSet<Long>();
    var shared = new ArrayList<Integer>();
    for (var request : requests) {
      var ids = request.ids();
      int hits = 0;
      while (hits < ids.length() && seen.contains(ids.id(hits))) {
        hits++;
      }
      shared.add(Math.min(request.inputTokens(), hits * request.blockTokens()));
      for (int i = 0; i < ids.length(); i++) {
        seen.add(ids.id(i));
      }
    }
    return shared;
  }

  private static TraceRequest withoutPartialBlock(TraceRequest request) {
    return new TraceRequest(
        request.timeNs(),
        request.session(),
        request.turn(),
        request.inputTokens(),
        request.outputTokens(),
        request.blockTokens(),
        request.ids().first(request.fullBlocks()),
        request.ending());
  }

  private static TraceRequest toMillis(TraceRequest request) {
    return to(request, MILLI);
  }

  private static TraceRequest to(TraceRequest request, long unitNs) {
    return new TraceRequest(
        request.timeNs() / unitNs * unitNs,
        request.session(),
        request.turn(),
        request.inputTokens(),
        request.outputTokens(),
        request.blockTokens(),
        request.ids(),
        request.ending());
  }

  private static TraceRequest alone(TraceRequest request) {
    return new TraceRequest(
        request.timeNs(),
        TraceRequest.NO_SESSION,
        0,
        request.inputTokens(),
        request.outputTokens(),
        request.blockTokens(),
        request.ids());
  }

  private static TraceRequest ending(TraceRequest request, Ending ending) {
    return new TraceRequest(
        request.timeNs(),
        request.session(),
        request.turn(),
        request.inputTokens(),
        request.outputTokens(),
        request.blockTokens(),
        request.ids(),
        ending);
  }
}
