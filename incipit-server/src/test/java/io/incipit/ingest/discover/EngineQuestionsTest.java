// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest.discover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Engines on ports of this machine, asked over HTTP.
class EngineQuestionsTest {
  /// For answers that come in the end, however busy the machine is.
  private static final long PATIENCE_MILLIS = 60_000;

  private static final EngineFacts.Stream RANK_0 =
      new EngineFacts.Stream(0, "tcp://127.0.0.1:5557", Optional.of("tcp://127.0.0.1:5558"));

  private final EngineQuestions questions = new EngineQuestions(PATIENCE_MILLIS);

  @AfterEach
  void close() {
    questions.close();
  }

  private static EngineGiven only(String url) {
    return new EngineGiven(
        URI.create(url),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        OptionalInt.empty(),
        OptionalInt.empty(),
        OptionalInt.empty());
  }

  private static FakeVllm vllm() throws Exception {
    return FakeVllm.telling(0, FakeVllm.source("tcp://*:5557", "tcp://*:5558"), 32);
  }

  private EngineFacts ask(EngineGiven given) throws Exception {
    return questions.ask(given, _ -> false);
  }

  private AbstractThrowableAssert<?, ?> unknown(EngineQuestions asked, String url) {
    return assertThatThrownBy(() -> asked.ask(only(url), _ -> false))
        .isInstanceOf(UnknownEngineException.class);
  }

  @Test
  void ask_engineThatTellsAll_isKnown() throws Exception {
    try (var vllm = vllm()) {
      assertThat(ask(only(vllm.url())))
          .isEqualTo(
              new EngineFacts(List.of(RANK_0), "tiny", 32, OptionalInt.of(FakeVllm.CAPACITY)));
    }
  }

  @Test
  void ask_whatIsGiven_isNotAsked() throws Exception {
    try (var vllm = new FakeVllm(0)) {
      var all =
          new EngineGiven(
              URI.create(vllm.url()),
              Optional.of("tcp://*:1"),
              Optional.of("tcp://b:2"),
              Optional.of("m"),
              OptionalInt.of(16),
              OptionalInt.of(3),
              OptionalInt.empty());
      var stream = new EngineFacts.Stream(3, "tcp://*:1", Optional.of("tcp://b:2"));
      assertThat(ask(all))
          .isEqualTo(new EngineFacts(List.of(stream), "m", 16, OptionalInt.empty()));
      assertThat(vllm.asked()).isEmpty();
    }
  }

  @Test
  void ask_capacityThatIsGiven_isNotThatOfTheEngine() throws Exception {
    try (var vllm = vllm()) {
      var any = only(vllm.url());
      var given =
          new EngineGiven(
              any.url(),
              any.endpoint(),
              any.replay(),
              any.model(),
              any.blockTokens(),
              any.rank(),
              OptionalInt.of(5));
      assertThat(ask(given).capacity()).hasValue(5);
    }
  }

  @Test
  void ask_engineThatTellsNothing_saysAllThatCanBeAdded() throws Exception {
    try (var vllm = new FakeVllm(0).says("/v1/models", 401, "")) {
      var url = vllm.url();
      unknown(questions, url)
          .hasMessage(
              url
                  + "/kv_event_sources: status 404 (expected: 200), or add"
                  + " endpoint=tcp://HOST:PORT,replay=tcp://HOST:PORT; "
                  + url
                  + "/metrics: status 404 (expected: 200), or add block=TOKENS; "
                  + url
                  + "/v1/models: status 401 (expected: 200), or add model=NAME");
    }
  }

  @Test
  void ask_rank_isThatOneOnly() throws Exception {
    var sources = "{\"0\": {\"endpoint\": \"tcp://*:1\"}, \"1\": {\"endpoint\": \"tcp://*:2\"}}";
    try (var vllm = FakeVllm.telling(0, sources, 16)) {
      var any = only(vllm.url());
      assertThat(ask(any).streams()).hasSize(2);
      assertThat(ask(rank(any, 1, Optional.of("tcp://b:9"))).streams())
          .containsExactly(
              new EngineFacts.Stream(1, "tcp://127.0.0.1:2", Optional.of("tcp://b:9")));
      assertThatThrownBy(() -> ask(rank(any, 2, Optional.empty())))
          .hasMessageContaining("/kv_event_sources: no rank 2 (expected: one of [0, 1]), or add");
    }
  }

  private static EngineGiven rank(EngineGiven any, int rank, Optional<String> replay) {
    return new EngineGiven(
        any.url(),
        any.endpoint(),
        replay,
        any.model(),
        any.blockTokens(),
        OptionalInt.of(rank),
        any.capacity());
  }

  @Test
  void ask_nobodyThere_isSaidOnce() throws Exception {
    var vllm = vllm();
    vllm.close();
    unknown(questions, vllm.url())
        .hasMessageStartingWith(vllm.url() + "/kv_event_sources: ")
        .hasMessageNotContaining(";");
  }

  @Test
  void ask_answerThatStalls_isGivenUp() throws Exception {
    try (var impatient = new EngineQuestions(300);
        var vllm = vllm().stallsAt("/metrics", "vllm:cache_config_info{")) {
      unknown(impatient, vllm.url())
          .hasMessage(vllm.url() + "/metrics: no answer within 300 ms, or add block=TOKENS");
    }
  }

  @Test
  void ask_answerWithoutEnd_isCutOff() throws Exception {
    try (var vllm = vllm().neverEnds("/metrics")) {
      unknown(questions, vllm.url())
          .hasMessageStartingWith(vllm.url() + "/metrics: ")
          .hasMessageEndingWith(", or add block=TOKENS")
          .hasMessageContaining(Integer.toString(EngineQuestions.BODY_BYTES_MAX));
    }
  }

  @Test
  void ask_redirect_isNotFollowed() throws Exception {
    try (var elsewhere = vllm();
        var vllm = vllm()) {
      vllm.does(
          "/metrics",
          exchange -> {
            exchange.getResponseHeaders().add("location", elsewhere.url() + "/metrics");
            exchange.sendResponseHeaders(302, -1);
          });
      unknown(questions, vllm.url()).hasMessageContaining("/metrics: status 302 (expected: 200)");
      assertThat(elsewhere.asked()).isEmpty();
    }
  }

  @Test
  void ask_garbage_isShown() throws Exception {
    try (var vllm = vllm().says("/kv_event_sources", 200, "\u0000\u0001<html>")) {
      unknown(questions, vllm.url())
          .hasMessageContaining("/kv_event_sources: <html> (expected: a JSON object), or add");
    }
  }
}
