// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest;

import io.incipit.env.Clock;
import io.incipit.ingest.discover.EngineFacts;
import io.incipit.ingest.discover.EngineQuestions;
import io.incipit.ingest.discover.UnknownEngineException;
import java.lang.System.Logger.Level;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/// An engine that is asked, again and again, until all is known that it takes to follow it. On a
/// thread of its own; [#counts] may be read by any.
final class EngineSearch implements Runnable {
  private static final System.Logger LOG = System.getLogger(EngineSearch.class.getName());
  private static final long WAIT_NS = 250_000_000;
  private static final long WAIT_NS_MAX = 10_000_000_000L;

  private final EngineUrl url;
  private final EngineQuestions questions;
  private final Predicate<String> admits;
  private final Clock clock;
  private final BiConsumer<EngineSearch, EngineFacts> found;
  private final SourceCounts counts = new SourceCounts();
  private final Thread thread;

  /// Asks nothing yet.
  ///
  /// @param admits whether the engine may name an address beyond its own host
  /// @param found is told what is known; it refuses by an exception, and then all is asked again
  EngineSearch(
      EngineUrl url,
      EngineQuestions questions,
      Predicate<String> admits,
      Clock clock,
      BiConsumer<EngineSearch, EngineFacts> found) {
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

  @Override
  public void run() {
    try {
      for (long waitNs = WAIT_NS; !isFound(); waitNs = Math.min(2 * waitNs, WAIT_NS_MAX)) {
        clock.sleepNs(waitNs);
      }
    } catch (InterruptedException _) {
      // It is told to stop.
    }
  }

  private boolean isFound() throws InterruptedException {
    try {
      var facts = questions.ask(url.given(), admits);
      found.accept(this, facts);
      LOG.log(
          Level.INFO,
          () ->
              "found-engine url=%s model=%s block_tokens=%d streams=%d"
                  .formatted(
                      url.given().url(),
                      facts.model(),
                      facts.blockTokens(),
                      facts.streams().size()));
      return true;
    } catch (UnknownEngineException | IllegalArgumentException unknown) {
      note(String.valueOf(unknown.getMessage()));
    } catch (RuntimeException failure) {
      note("internal: " + failure);
    }
    return false;
  }

  /// Said once, and not again until it is something else.
  private void note(String missing) {
    boolean isNew = !counts.lastError().equals(missing);
    counts.refuse(missing);
    if (isNew) {
      LOG.log(
          Level.WARNING,
          () -> "engine-unknown url=%s reason=%s".formatted(url.given().url(), missing));
    }
  }
}
