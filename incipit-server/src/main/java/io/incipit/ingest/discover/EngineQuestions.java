// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest.discover;

import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/// Asks engines for what nobody said of them. Thread-safe; blocks, so it is for virtual threads.
///
/// Costs at most [#BODY_BYTES_MAX] for each of [#AT_A_TIME] answers. Follows no redirects, and goes
/// through no proxy: events do not, either.
public final class EngineQuestions implements AutoCloseable {
  /// How long an answer may be.
  static final int BODY_BYTES_MAX = 1 << 20;

  private static final int AT_A_TIME = 32;
  private static final Duration CONNECT_PATIENCE = Duration.ofSeconds(2);
  private static final int STATUS_OK = 200;

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .followRedirects(HttpClient.Redirect.NEVER)
          .proxy(HttpClient.Builder.NO_PROXY)
          .connectTimeout(CONNECT_PATIENCE)
          .build();

  private final Semaphore turns = new Semaphore(AT_A_TIME);
  private final long patienceMillis;

  /// @param patienceMillis within which an answer has to be there
  public EngineQuestions(long patienceMillis) {
    this.patienceMillis = patienceMillis;
  }

  /// What reads an answer.
  private interface Reader<T> {
    T read(String body) throws UnknownEngineException;
  }

  /// What one answer says of an engine's cache.
  private record Cache(int blockTokens, OptionalInt capacity) {
    static Cache of(String metrics) throws UnknownEngineException {
      return new Cache(EngineAnswers.blockTokens(metrics), EngineAnswers.capacity(metrics));
    }
  }

  /// Asks an engine for whatever is not given. Its capacity may stay unknown.
  ///
  /// @param admits whether an address `tcp://host:port` may be connected to though it is not at the
  ///     host of the engine's URL
  /// @throws UnknownEngineException if something is not to be known; it says all that is missing
  public EngineFacts ask(EngineGiven given, Predicate<String> admits)
      throws UnknownEngineException, InterruptedException {
    var missing = new ArrayList<String>();
    var streams =
        given.endpoint().isPresent()
            ? Optional.of(List.of(stream(given, given.endpoint().get())))
            : asked(
                given,
                "kv_event_sources",
                "endpoint=tcp://HOST:PORT,replay=tcp://HOST:PORT",
                body -> reachable(given, admits, EngineAnswers.sources(body)),
                missing);
    var cache =
        given.blockTokens().isPresent()
            ? Optional.of(new Cache(given.blockTokens().getAsInt(), OptionalInt.empty()))
            : asked(given, "metrics", "block=TOKENS", Cache::of, missing);
    var model =
        given.model().isPresent()
            ? given.model()
            : asked(given, "v1/models", "model=NAME", EngineAnswers::model, missing);
    if (streams.isEmpty() || cache.isEmpty() || model.isEmpty()) {
      throw new UnknownEngineException(String.join("; ", missing));
    }
    var capacity = given.capacity().isPresent() ? given.capacity() : cache.get().capacity();
    return new EngineFacts(streams.get(), model.get(), cache.get().blockTokens(), capacity);
  }

  private static EngineFacts.Stream stream(EngineGiven given, String endpoint) {
    return new EngineFacts.Stream(given.rank().orElse(0), endpoint, given.replay());
  }

  /// The streams that are wanted, at addresses from which they can be had.
  private List<EngineFacts.Stream> reachable(
      EngineGiven given, Predicate<String> admits, List<EngineFacts.Stream> told)
      throws UnknownEngineException {
    var wanted =
        told.stream()
            .filter(its -> given.rank().isEmpty() || its.rank() == given.rank().getAsInt())
            .toList();
    if (wanted.isEmpty()) {
      throw new UnknownEngineException(
          "no rank %d (expected: one of %s)"
              .formatted(
                  given.rank().orElse(0),
                  told.stream().map(its -> Integer.toString(its.rank())).toList()));
    }
    if (given.replay().isPresent() && wanted.size() > 1) {
      throw new UnknownEngineException(
          "%d ranks (expected: one, as rank=N would choose, beside replay)"
              .formatted(wanted.size()));
    }
    var addresses = new ToldAddress(given.url().getHost(), admits);
    var streams = new ArrayList<EngineFacts.Stream>();
    for (var its : wanted) {
      var replay = given.replay();
      if (replay.isEmpty() && its.replay().isPresent()) {
        replay = Optional.of(addresses.reachable("replay_endpoint", its.replay().get()));
      }
      streams.add(
          new EngineFacts.Stream(
              its.rank(), addresses.reachable("endpoint", its.endpoint()), replay));
    }
    return streams;
  }

  /// Asks for one thing; what came instead is put behind what is missing already. Where nobody is
  /// there, nothing more is asked.
  private <T> Optional<T> asked(
      EngineGiven given, String path, String instead, Reader<T> reader, List<String> missing)
      throws UnknownEngineException, InterruptedException {
    var url = URI.create(given.url() + "/" + path);
    try {
      var answer = answer(url);
      if (answer.statusCode() != STATUS_OK) {
        throw new UnknownEngineException(
            "status %d (expected: %d)".formatted(answer.statusCode(), STATUS_OK));
      }
      return Optional.of(reader.read(new String(answer.body(), StandardCharsets.UTF_8)));
    } catch (ExecutionException failed) {
      var reason = "%s: %s".formatted(url, reason(failed));
      if (isNobodyThere(failed)) {
        throw new UnknownEngineException(reason, failed);
      }
      missing.add("%s, or add %s".formatted(reason, instead));
    } catch (TimeoutException _) {
      missing.add("%s: no answer within %d ms, or add %s".formatted(url, patienceMillis, instead));
    } catch (UnknownEngineException unknown) {
      missing.add("%s: %s, or add %s".formatted(url, unknown.getMessage(), instead));
    }
    return Optional.empty();
  }

  private HttpResponse<byte[]> answer(URI url)
      throws ExecutionException, TimeoutException, InterruptedException {
    var request =
        HttpRequest.newBuilder(url).timeout(Duration.ofMillis(patienceMillis)).GET().build();
    turns.acquire();
    try {
      var limited = BodyHandlers.limiting(BodyHandlers.ofByteArray(), BODY_BYTES_MAX);
      var answer = http.sendAsync(request, limited);
      try {
        return answer.get(patienceMillis, TimeUnit.MILLISECONDS);
      } finally {
        answer.cancel(true);
      }
    } finally {
      turns.release();
    }
  }

  private static boolean isNobodyThere(Throwable failure) {
    boolean found = false;
    for (var it = failure; it != null && !found; it = it.getCause()) {
      found = it instanceof ConnectException || it instanceof HttpConnectTimeoutException;
    }
    return found;
  }

  /// What is said of a failure, by it or the first of its causes that says anything.
  private static String reason(Throwable failure) {
    for (Throwable it = failure; it != null; it = it.getCause()) {
      if (it instanceof UnresolvedAddressException) {
        return "nobody knows that host";
      }
      boolean wraps = it instanceof ExecutionException;
      if (!wraps && it.getMessage() != null) {
        return EngineAnswers.shown(it.getMessage());
      }
    }
    return "no connection";
  }

  /// Breaks off what is being asked.
  @Override
  public void close() {
    http.shutdownNow();
  }
}
