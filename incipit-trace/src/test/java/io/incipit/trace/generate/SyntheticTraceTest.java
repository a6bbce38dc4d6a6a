// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.incipit.trace.TraceRequest;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SyntheticTraceTest {
  /// What the presets were fitted to, see `docs/traces.md`: hit rates within 2.5 points and mean
  /// lengths within 12% of what a generator of the same model gave, whose seeds differ as much.
  @ParameterizedTest
  @CsvSource({
    "conversation, 1, 12298, 3537, 11100, 343, 35.9, 36.6, 42.1",
    "conversation, 3, 12298, 3537, 11100, 343, 34.5, 35.2, 42.1",
    "tool, 1, 23661, 3537, 8153, 152, 54.9, 56.6, 75.6",
    "rag, 1, 4000, 1026, 16491, 184, 56.3, 57.3, 39.0",
    "agent, 1, 41053, 3537, 19898, 127, 95.0, 96.2, 99.5"
  })
  void next_preset_isWhatItWasFittedTo(
      String preset,
      long seed,
      long count,
      double seconds,
      double input,
      double output,
      double blockHits,
      double tokenHits,
      double half) {
    var sums = new Sums();
    for (var request : generate(Workload.preset(preset), count, seed)) {
      sums.add(request);
    }

    assertThat(sums.requests).isEqualTo(count);
    assertThat(sums.seconds).isCloseTo(seconds, within(0.12 * seconds));
    assertThat((double) sums.input / count).isCloseTo(input, within(0.12 * input));
    assertThat((double) sums.output / count).isCloseTo(output, within(0.12 * output));
    assertThat(100.0 * sums.hits / sums.blocks).isCloseTo(blockHits, within(2.5));
    assertThat(100.0 * sums.hitTokens / sums.input).isCloseTo(tokenHits, within(2.5));
    assertThat(100.0 * sums.half / count).isCloseTo(half, within(2.5));
  }

  @ParameterizedTest
  @CsvSource({"conversation", "tool", "rag", "agent"})
  void next_sameSeed_givesSameRequestsInOrderAndWithPrefixIds(String preset) {
    var requests = generate(Workload.preset(preset), 400, 9);

    assertThat(generate(Workload.preset(preset), 400, 9)).isEqualTo(requests);
    assertThat(generate(Workload.preset(preset), 400, 10)).isNotEqualTo(requests);
    long lastNs = 0;
    for (var request : requests) {
      assertThat(request.timeNs()).isGreaterThanOrEqualTo(lastNs);
      lastNs = request.timeNs();
      int blocks = Math.ceilDiv(request.inputTokens(), request.blockTokens());
      assertThat(request.ids().length()).isEqualTo(blocks);
      for (int i = 1; i < blocks; i++) {
        assertThat(request.ids().id(i)).isGreaterThan(request.ids().id(i - 1));
      }
    }
  }

  @Test
  void next_changedSettings_areFollowed() {
    var workload =
        Workload.preset("conversation")
            .with(Map.of("block-tokens", "64", "chat.turns", "once", "chat.branch", "0"));

    var requests = generate(workload, 200, 1);
    assertThat(requests).allMatch(request -> request.blockTokens() == 64 && request.turn() == 0);
    // Nothing but the system prompt comes back, and a document now and then.
    assertThat(requests).allMatch(request -> request.ids().id(0) == 0);
  }

  @Test
  void next_agentPromptAboveLimit_goesOnFromASummary() {
    var workload = Workload.preset("agent").with(Map.of("agent.compact-above-tokens", "20000"));

    assertThat(generate(workload, 3_000, 1)).allMatch(request -> request.inputTokens() < 60_000);
  }

  @Test
  void read_ownWorkload_isAsItsSettingsSay() throws IOException {
    var text =
        """
        kinds = a
        a.sessions-per-second = 1
        a.first-tokens = 1 fixed 700
        a.output-tokens = 1 fixed 9
        """;

    var request = generate(Workload.read(new StringReader(text)), 1, 1).getFirst();
    assertThat(request.inputTokens()).isEqualTo(700);
    assertThat(request.outputTokens()).isEqualTo(9);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          chat.speed         | 1               | chat.speed: no such setting (expected: one of
          chat.turns         | many            | chat.turns: many (expected: once, beta A B EXPONENT
          chat.first-tokens  | 1 uniform 2 3   | chat.first-tokens: uniform (expected: WEIGHT log-
          chat.first-tokens  | 1 log-normal 2  | chat.first-tokens: 1 log-normal 2 (expected: WEIGHT
          chat.branch        | -1              | chat.branch: -1 (expected: from 0 on)
          chat.branch        | often           | chat.branch: often (expected: a number)
          chat.keeps-history | maybe           | chat.keeps-history: maybe (expected: true, false)
          kinds              | robot           | chat.added-tokens: no such setting (expected: one
          """)
  void with_badSetting_saysWhatWasExpected(String name, String value, String reason) {
    assertThatThrownBy(() -> Workload.preset("conversation").with(Map.of(name, value)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(reason);
  }

  @Test
  void preset_unknown_listsThem() {
    assertThatThrownBy(() -> Workload.preset("x"))
        .hasMessage("preset: x (expected: one of conversation, tool, rag, agent)");
  }

  private static List<TraceRequest> generate(Workload workload, long count, long seed) {
    var requests = new ArrayList<TraceRequest>();
    try (var trace = new SyntheticTrace(workload, count, seed)) {
      for (var next = trace.next(); next.isPresent(); next = trace.next()) {
        requests.add(next.get());
      }
      assertThat(trace.progress()).isEqualTo(1.0);
    }
    return requests;
  }

  private static final class Sums {
    private final HashSet<Long> seen = new HashSet<>();
    private long requests;
    private double seconds;
    private long input;
    private long output;
    private long blocks;
    private long hits;
    private long hitTokens;
    private long half;

    void add(TraceRequest request) {
      int known = 0;
      for (int i = 0; i < request.ids().length(); i++) {
        known += seen.add(request.ids().id(i)) ? 0 : 1;
      }
      requests++;
      seconds = request.timeNs() / 1e9;
      input += request.inputTokens();
      output += request.outputTokens();
      blocks += request.ids().length();
      hits += known;
      hitTokens += Math.min((long) known * request.blockTokens(), request.inputTokens());
      half += 2 * known >= request.ids().length() ? 1 : 0;
    }
  }
}
