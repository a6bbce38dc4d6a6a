// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest;

import io.incipit.ingest.chain.Naming;
import io.incipit.ingest.discover.EngineFacts;
import io.incipit.ingest.discover.EngineGiven;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// An engine that is asked over HTTP for what is not given.
///
/// @param given what it is not asked for
/// @param worker name of the running engine
/// @param namespace in which its blocks are published; that of the model if it is not said
/// @param countsCopies whether the engine removes a block as often as it announced it
/// @param naming how blocks are named in the namespace
public record EngineUrl(
    EngineGiven given,
    String worker,
    Optional<String> namespace,
    boolean countsCopies,
    Naming naming)
    implements EngineSpec {
  private static final String ANY_HOST = "tcp://*:";

  /// One whose blocks are named by our own chain.
  EngineUrl(EngineGiven given, String worker, Optional<String> namespace, boolean countsCopies) {
    this(given, worker, namespace, countsCopies, Naming.OWN);
  }

  /// Its streams, once all is known.
  List<SourceConfig> streams(EngineFacts facts) {
    return facts.streams().stream()
        .map(
            stream ->
                new SourceConfig(
                    worker,
                    stream.rank(),
                    stream.endpoint(),
                    stream.endpoint().startsWith(ANY_HOST),
                    stream.replay(),
                    namespace.orElse(facts.model()),
                    facts.model(),
                    facts.blockTokens(),
                    countsCopies,
                    naming,
                    facts.capacity()))
        .toList();
  }

  /// What it is shown as before that: where it is asked, and what was given.
  SourceConfig shown() {
    var model = given.model().orElse("");
    return new SourceConfig(
        worker,
        given.rank().orElse(0),
        given.url().toString(),
        false,
        given.replay(),
        namespace.orElse(model),
        model,
        given.blockTokens().orElse(0),
        countsCopies,
        naming,
        given.capacity());
  }

  @Override
  public List<String> addresses() {
    return Stream.concat(given.endpoint().stream(), given.replay().stream()).toList();
  }
}
