// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest;

import io.incipit.env.Clock;
import io.incipit.ingest.discover.EngineFacts;
import io.incipit.ingest.discover.EngineQuestions;
import io.incipit.ingest.discover.UnknownEngineException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// An engine that is asked, again and again, until all is known that it takes to follow it; and
/// anew whenever it may be another one since. On a thread of its own; what it says of itself may be
/// read by any.
final class EngineSearch implements Runnable {
  private static final System.Logger LOG = System.getLogger(EngineSearch.class.getName());
  private static final long WAIT_NS = 250_000_000;
  private static final long WAIT_NS_MAX = 10_000_000_000L;

  private final EngineUrl url;
  private final EngineQuestions questions;
  private final Predicate<String> admits;
  private final Clock clock;
  private final BiPredicate<EngineSearch, EngineFacts> found;
  private final SourceCounts counts = new SourceCounts();
  private final Thread thread;

  /// Doubts for which what was told has been found to hold; -1 until anything was told.
  private volatile long settled = -1;

  /// What was missing last; empty once all was told.
  private volatile String missing = "";

  /// The streams by which it is followed, as it told last.
  private volatile List<Source> sources = List.of();

  /// What was another than before when it told last, as text; empty if nothing was.
  private volatile String changes = "";

  /// Asks nothing yet.
  ///
  /// @param admits whether the engine may name an address beyond its own host
  /// @param found follows the engine as it says that it is, and says whether all its streams are
  ///     reached so; if it does not or refuses by an exception, all is asked again
  EngineSearch(
      EngineUrl url,
      EngineQuestions questions,
      Predicate<String> admits,
      Clock clock,
      BiPredicate<EngineSearch, EngineFacts> found) {
    this.url = url;
    this.questions = questions;
    this.admits = admits;
    this.clock = clock;
    this.found = found;
    this.thread = Thread.ofVirtual().name("engine-search").unstarted(this);
  }

  EngineUrl url() {
    return url;
  }

  /// What was missing last is its last error.
  SourceCounts counts() {
    return counts;
  }

  void start() {
    thread.start();
  }

  /// Asks no more; does not wait for what is being asked.
  void stop() {
    thread.interrupt();
  }

  /// Whether the engine may be another one than it was when it was asked.
  boolean isAsking() {
    return settled != doubts();
  }

  private long doubts() {
    return sources.stream().mapToLong(Source::doubts).sum();
  }

  /// The streams by which the engine is followed; none before it has told.
  List<Source> sources() {
    return sources;
  }

  /// It is followed by these from now on.
  void follow(List<Source> streams) {
    sources = List.copyOf(streams);
    streams.forEach(source -> source.counts().say(changes));
  }

  /// It is not what it was, and followed no longer as that.
  void leave(List<SourceConfig> streams) {
    changes = changes(sources.stream().map(Source::config).toList(), streams);
    sources = List.of();
    LOG.log(Level.WARNING, () -> "engine-changed url=%s %s".formatted(url.given().url(), changes));
  }

  private static String changes(List<SourceConfig> before, List<SourceConfig> after) {
    var changes = new ArrayList<String>();
    note(changes, "ranks", before, after, SourceConfig::rank);
    note(changes, "endpoint", before, after, SourceConfig::endpoint);
    note(changes, "replay", before, after, config -> config.replay().orElse("none"));
    note(changes, "model", before, after, SourceConfig::model);
    note(changes, "block_size", before, after, SourceConfig::blockTokens);
    return "engine: " + String.join("; ", changes);
  }

  private static void note(
      List<String> changes,
      String name,
      List<SourceConfig> before,
      List<SourceConfig> after,
      Function<SourceConfig, Object> value) {
    var was = before.stream().map(value).distinct().toList();
    var is = after.stream().map(value).distinct().toList();
    if (!was.equals(is)) {
      changes.add("%s was %s and is %s".formatted(name, text(was), text(is)));
    }
  }

  private static String text(List<Object> values) {
    return values.stream().map(Object::toString).collect(Collectors.joining(", "));
  }

  /// What it did not tell when it was asked last; empty if it told all.
  String missing() {
    return missing;
  }

  @Override
  public void run() {
    try {
      for (long waitNs = WAIT_NS; true; clock.sleepNs(waitNs)) {
        waitNs = !isAsking() || isFound() ? WAIT_NS : Math.min(2 * waitNs, WAIT_NS_MAX);
      }
    } catch (InterruptedException _) {
      // It is told to stop.
    }
  }

  private boolean isFound() throws InterruptedException {
    try {
      long doubts = doubts();
      var facts = questions.ask(url.given(), admits);
      boolean reached = found.test(this, facts);
      missing = "";
      settled = reached ? doubts : -1;
      return reached;
    } catch (UnknownEngineException | IllegalArgumentException unknown) {
      note(String.valueOf(unknown.getMessage()));
    } catch (RuntimeException failure) {
      note("internal: " + failure);
    }
    return false;
  }

  /// Said once, and not again until it is something else.
  private void note(String reason) {
    boolean isNew = !missing.equals(reason);
    missing = reason;
    counts.refuse(reason);
    if (isNew) {
      LOG.log(
          Level.WARNING,
          () -> "engine-unknown url=%s reason=%s".formatted(url.given().url(), reason));
    }
  }
}
