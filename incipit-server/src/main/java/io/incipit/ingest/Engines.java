// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest;

import io.incipit.block.BlockChain;
import io.incipit.block.Namespace;
import io.incipit.block.Op;
import io.incipit.block.Reply;
import io.incipit.block.Value;
import io.incipit.env.Clock;
import io.incipit.env.RandomSource;
import io.incipit.ingest.chain.Naming;
import io.incipit.ingest.chain.OwnChain;
import io.incipit.ingest.chain.PromptNames;
import io.incipit.ingest.discover.EngineFacts;
import io.incipit.ingest.discover.EngineQuestions;
import io.incipit.service.Service;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The engines that are followed. Thread-safe.
///
/// Each is an owner in the namespace of its model; blocks are named by our own chain there, under a
/// seed that only this process knows, or as the engines name them.
public final class Engines {
  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final String CONNECTING = "connecting";
  private static final long REPLAY_PATIENCE_MILLIS = 5_000;

  /// So many questions in a row find nothing by chance only where prompts share nothing.
  private static final int VAIN_MIN = 100;

  private static final long ANSWER_PATIENCE_MILLIS = 10_000;

  private final Service service;
  private final Clock clock;
  private final long seed;
  private final long patienceMillis;
  private final IngestThread thread;

  /// By owner, behind its namespace.
  private final ConcurrentSkipListMap<String, Source> sources = new ConcurrentSkipListMap<>();

  /// Engines that have not told yet what it takes to follow them, in the same way.
  private final ConcurrentSkipListMap<String, EngineSearch> searches =
      new ConcurrentSkipListMap<>();

  /// Engines that have told, by each owner as which they are followed.
  private final Map<String, EngineSearch> told = new ConcurrentSkipListMap<>();

  /// Namespaces of engines that are not what they were. Guarded by the lock.
  private final Set<String> left = new HashSet<>();

  /// There once an engine has to be asked; written under the lock.
  private @Nullable EngineQuestions questions;

  private final Map<String, Namespace> namespaces = new ConcurrentSkipListMap<>();

  /// Follows nobody yet.
  public Engines(Service service, Clock clock, RandomSource random) {
    this(service, clock, random, REPLAY_PATIENCE_MILLIS);
  }

  /// @param patienceMillis after which a silent replay has broken off, for the first time
  Engines(Service service, Clock clock, RandomSource random, long patienceMillis) {
    this.patienceMillis = patienceMillis;
    this.service = service;
    this.clock = clock;
    this.seed = random.fresh();
    this.thread = new IngestThread(clock);
  }

  /// Begins to follow.
  public void start() {
    thread.start();
  }

  /// Follows an engine from now on, at once or as soon as it has told what is not said of it.
  ///
  /// @param admits whether an engine may name an address, `tcp://host:port`, beyond its own host
  /// @throws IllegalArgumentException `name: value (expected: ...)` as in [#register]
  public void follow(EngineSpec spec, Predicate<String> admits) {
    switch (spec) {
      case SourceConfig config -> register(config);
      case EngineUrl url -> search(url, admits);
    }
  }

  private synchronized void search(EngineUrl url, Predicate<String> admits) {
    var key = key(url.shown().namespace(), url.shown().owner());
    if (told.values().stream().anyMatch(search -> search.url().equals(url))) {
      return;
    }
    var known = searches.get(key);
    if (known != null) {
      if (known.url().equals(url)) {
        return;
      }
      throw new IllegalArgumentException(
          "worker: %s is followed at %s (expected: another worker)"
              .formatted(url.worker(), known.url().given().url()));
    }
    if (questions == null) {
      questions = new EngineQuestions(ANSWER_PATIENCE_MILLIS);
    }
    var search = new EngineSearch(url, questions, admits, clock, this::found);
    searches.put(key, search);
    search.start();
  }

  /// Follows an engine as it says that it is. A search that was ended meanwhile finds nothing more.
  ///
  /// @return whether all its streams are reached
  private synchronized boolean found(EngineSearch search, EngineFacts facts) {
    if (!searches.containsValue(search) && !told.containsValue(search)) {
      return true;
    }
    var streams = search.url().streams(facts);
    var before = search.sources();
    if (before.isEmpty()) {
      begin(search, streams);
    } else if (!before.stream().map(Source::config).toList().equals(streams)) {
      // Followed anew next time, when all of it has ended.
      search.leave(streams);
      searches.put(key(search), search);
      before.forEach(this::leave);
    }
    return search.sources().stream().allMatch(Source::isConnected)
        && !searches.containsValue(search);
  }

  private static String key(EngineSearch search) {
    var shown = search.url().shown();
    return key(shown.namespace(), shown.owner());
  }

  private void begin(EngineSearch search, List<SourceConfig> streams) {
    streams.forEach(this::dropIfOther);
    streams.forEach(this::register);
    for (var config : streams) {
      told.put(key(config.namespace(), config.owner()), search);
    }
    search.follow(
        streams.stream()
            .map(config -> key(config.namespace(), config.owner()))
            .map(sources::get)
            .toList());
    searches.values().remove(search);
  }

  /// A namespace that only this engine filled, when it had another model or block size, goes.
  private void dropIfOther(SourceConfig config) {
    var known = namespaces.get(config.namespace());
    boolean isOther =
        known != null
            && (known.blockTokens() != config.blockTokens()
                || !known.model().equals(config.model()));
    if (isOther && left.contains(config.namespace()) && sources(config.namespace()).isEmpty()) {
      service.answer(new Op.DropNamespace(config.namespace()));
      namespaces.remove(config.namespace());
      left.remove(config.namespace());
    }
  }

  private void leave(Source source) {
    var key = key(source.config().namespace(), source.config().owner());
    sources.remove(key);
    told.remove(key);
    left.add(source.config().namespace());
    thread.tell(() -> thread.remove(source));
  }

  /// Follows an engine from now on; one that is followed just so already stays.
  ///
  /// @throws IllegalArgumentException `name: value (expected: ...)` if the worker is followed
  ///     elsewhere, or the namespace is another
  public synchronized void register(SourceConfig config) {
    var key = key(config.namespace(), config.owner());
    var known = sources.get(key);
    if (known != null) {
      if (known.config().equals(config)) {
        return;
      }
      throw new IllegalArgumentException(
          "worker: %s is followed at %s (expected: another worker, or that one unregistered)"
              .formatted(config.owner(), known.config().endpoint()));
    }
    declare(config);
    var counts = new SourceCounts();
    var owner = owner(config, counts);
    var source = new Source(config, owner, counts, seed, patienceMillis, thread.context());
    sources.put(key, source);
    thread.tell(() -> thread.add(source));
  }

  private SourceOwner owner(SourceConfig config, SourceCounts counts) {
    return new SourceOwner(service, clock, config, counts);
  }

  /// An engine that is handed over message by message, beside those that are followed.
  ///
  /// @throws IllegalArgumentException if the namespace is there and another
  public EngineFeed feed(SourceConfig config) {
    declare(config);
    var counts = new SourceCounts();
    var owner = owner(config, counts);
    return new EngineFeed(owner, EngineBlocks.of(config, seed, counts, owner), counts);
  }

  /// Makes a namespace in which blocks are named by our own chain, unless it is there.
  ///
  /// @throws IllegalArgumentException if the namespace is there and another
  public void declare(String name, String model, int blockTokens) {
    declare(new Namespace(name, blockTokens, OwnChain.HASH_BYTES, Naming.OWN.text(), model, ""));
  }

  private void declare(SourceConfig config) {
    var naming = config.naming();
    naming.requireBlockTokens(config.blockTokens());
    declare(
        new Namespace(
            config.namespace(),
            config.blockTokens(),
            naming.hashBytes(),
            naming.text(),
            config.model(),
            ""));
  }

  private synchronized void declare(Namespace namespace) {
    var there = namespaces.get(namespace.name());
    if (there != null && !there.algorithm().equals(namespace.algorithm())) {
      throw new IllegalArgumentException(
          "hash: %s (expected: %s, as in all of namespace %s)"
              .formatted(namespace.algorithm(), there.algorithm(), namespace.name()));
    }
    var reply = service.answer(new Op.CreateNamespace(namespace));
    if (reply instanceof Reply.Refused(var code, var detail)) {
      throw new IllegalArgumentException(
          "namespace: %s: %s %s".formatted(namespace.name(), code, detail));
    }
    namespaces.put(namespace.name(), namespace);
  }

  private static String key(String namespace, String owner) {
    return namespace + "\n" + owner;
  }

  /// Follows a worker no longer; what it held is forgotten.
  ///
  /// @param rank of the one stream to end; all if empty
  /// @return the owners that are gone
  public synchronized List<String> unregister(String namespace, String worker, OptionalInt rank) {
    endSearches(namespace, worker, rank);
    var gone = new ArrayList<String>();
    for (var source : List.copyOf(sources.values())) {
      var config = source.config();
      boolean its =
          config.namespace().equals(namespace)
              && config.worker().equals(worker)
              && (rank.isEmpty() || rank.getAsInt() == config.rank());
      if (its) {
        sources.remove(key(namespace, config.owner()));
        forget(told.get(key(namespace, config.owner())));
        thread.tell(() -> thread.remove(source));
        gone.add(config.owner());
      }
    }
    return gone;
  }

  /// Asks an engine no more; what else of it is followed goes on as it is.
  private void forget(@Nullable EngineSearch search) {
    if (search != null) {
      search.stop();
      told.values().removeIf(its -> its == search);
    }
  }

  /// Ends the searches for a worker; one whose namespace is not known yet goes by its name alone.
  private void endSearches(String namespace, String worker, OptionalInt rank) {
    searches
        .values()
        .removeIf(
            search -> {
              var shown = search.url().shown();
              boolean its =
                  (shown.namespace().isEmpty() || shown.namespace().equals(namespace))
                      && shown.worker().equals(worker)
                      && (rank.isEmpty() || rank.equals(search.url().given().rank()));
              if (its) {
                search.stop();
              }
              return its;
            });
  }

  /// The owners as which a worker is followed, one for each rank; none if it is not.
  public List<String> owners(String namespace, String worker) {
    var owners = new ArrayList<String>();
    var alone = sources.get(key(namespace, worker));
    if (alone != null) {
      owners.add(alone.config().owner());
    }
    var ranks = sources.subMap(key(namespace, worker + "#"), key(namespace, worker + "$"));
    ranks.values().forEach(source -> owners.add(source.config().owner()));
    return owners;
  }

  /// Our names of blocks that engines of a namespace hold, by the engines' names of them, as far as
  /// they are known. Comes from the thread that follows, when it gets to it.
  public CompletableFuture<BlockChain> named(String namespace, long[] hashes) {
    if (namespace(namespace).filter(its -> its.hashBytes() == Long.BYTES).isPresent()) {
      return CompletableFuture.completedFuture(BlockChain.of(hashes));
    }
    var names = new CompletableFuture<BlockChain>();
    var its = List.copyOf(sources(namespace));
    thread.tell(() -> names.complete(HeldPage.names(its, hashes)));
    return names;
  }

  /// Some of what a source holds now; nothing if there is no such source. Comes from the thread
  /// that follows, when it gets to it. Blocks may move between pages while others come and go.
  ///
  /// @param from where the last page ended; 0 at first
  /// @param limit most blocks
  public CompletableFuture<HeldPage> held(String namespace, String owner, int from, int limit) {
    var page = new CompletableFuture<HeldPage>();
    var source = sources.get(key(namespace, owner));
    if (source == null) {
      page.complete(HeldPage.EMPTY);
    } else {
      thread.tell(() -> page.complete(source.held(from, limit)));
    }
    return page;
  }

  /// How many streams are followed or looked for.
  public int count() {
    return sources.size() + searches.size();
  }

  /// How it stands with each, by namespace and owner; first come those of which it is not known yet
  /// what to follow.
  public List<SourceStatus> status() {
    long nowMillis = clock.nanoTime() / NANOS_PER_MILLI;
    var vain = vain();
    return Stream.concat(
            searches.values().stream().map(Engines::status),
            sources.values().stream().map(source -> status(source, nowMillis, vain)))
        .toList();
  }

  /// Questions about each namespace since one found a block.
  private Map<String, Long> vain() {
    var vain = new TreeMap<String, Long>();
    for (var namespace : namespaces.keySet()) {
      for (var stat : service.stats(namespace)) {
        if (stat.name().equals("questions-in-vain")) {
          vain.put(namespace, stat.value());
        }
      }
    }
    return vain;
  }

  /// What is wrong though nobody refuses anything: questions that never find what is held, or that
  /// ask for what no event tells of.
  private static String warning(Source source, long vain) {
    if (vain < VAIN_MIN) {
      return "";
    }
    return source.held() == 0
        ? "none of the last %d questions found a block, and none is known here (expected: events)"
            .formatted(vain)
        : "none of the last %d questions found a block (expected: the tokens, lora_name and"
                .formatted(vain)
            + " cache_salt that the engine has)";
  }

  /// The same as rows of names and values.
  public List<Map<String, Value>> rows() {
    return status().stream().map(Engines::row).toList();
  }

  private static Map<String, Value> row(SourceStatus status) {
    var config = status.config();
    var row = new LinkedHashMap<String, Value>();
    row.put("owner", Value.of(config.owner()));
    row.put("namespace", Value.of(config.namespace()));
    row.put("model", Value.of(config.model()));
    row.put("endpoint", Value.of(config.endpoint()));
    row.put("replay", Value.of(config.replay().orElse("")));
    row.put("block-tokens", Value.of(config.blockTokens()));
    row.put("state", Value.of(status.state()));
    row.put("next", Value.of(status.next()));
    row.put("held", Value.of(status.held()));
    row.put("waiting", Value.of(status.waiting()));
    row.put("bytes", Value.of(status.bytes()));
    row.put("last-minute", Value.of(status.lastMinute()));
    row.put("capacity", Value.of(config.capacity().orElse(-1)));
    row.put("drift", Value.of(status.drift()));
    row.put("silent-ms", Value.of(status.silentMillis()));
    status.counts().forEach((name, count) -> row.put(name, Value.of(count)));
    row.put("last-error", Value.of(status.lastError()));
    row.put("warning", Value.of(status.warning()));
    return row;
  }

  private static SourceStatus status(EngineSearch search) {
    var counts = search.counts();
    return new SourceStatus(
        search.url().shown(),
        CONNECTING,
        -1,
        0,
        0,
        0,
        0,
        -1,
        -1,
        named(counts),
        counts.lastError(),
        "");
  }

  private SourceStatus status(Source source, long nowMillis, Map<String, Long> vain) {
    var search = search(source);
    var missing = search == null || !search.isAsking() ? "" : search.missing();
    return new SourceStatus(
        source.config(),
        state(source),
        source.next(),
        source.held(),
        source.waiting(),
        source.bytes(),
        source.lastMinute(),
        source.drift(),
        source.silentMillis(nowMillis),
        named(source.counts()),
        missing.isEmpty() ? source.counts().lastError() : missing,
        warning(source, vain.getOrDefault(source.config().namespace(), 0L)));
  }

  private static Map<String, Long> named(SourceCounts counts) {
    var named = new LinkedHashMap<String, Long>();
    for (var count : SourceCounts.Count.values()) {
      named.put(count.name().toLowerCase(Locale.ROOT).replace('_', '-'), counts.get(count));
    }
    return named;
  }

  private static String state(Source source) {
    if (!source.isConnected()) {
      return CONNECTING;
    }
    if (source.isReplaying()) {
      return "replaying";
    }
    return source.isWhole() ? "whole" : "partial";
  }

  /// Whether an owner's engine is out of reach, being caught up with, or asked whether it is still
  /// the same: it may hold more than is known, or nothing any more.
  public boolean isBehind(String namespace, String owner) {
    var source = sources.get(key(namespace, owner));
    return source != null && isBehind(source);
  }

  private boolean isBehind(Source source) {
    if (source.isBehind()) {
      return true;
    }
    var search = search(source);
    return search != null && search.isAsking();
  }

  private @Nullable EngineSearch search(Source source) {
    return told.get(key(source.config().namespace(), source.config().owner()));
  }

  /// The owners of a namespace of whom that holds.
  public Set<String> behind(String namespace) {
    var behind = new HashSet<String>();
    for (var source : sources(namespace)) {
      if (isBehind(source)) {
        behind.add(source.config().owner());
      }
    }
    return behind;
  }

  private Collection<Source> sources(String namespace) {
    return sources.subMap(key(namespace, ""), namespace + "\u000b").values();
  }

  /// Whether no engine is still being caught up with.
  public boolean isSettled() {
    return searches.isEmpty()
        && sources.values().stream()
            .allMatch(source -> source.next() >= 0 && !source.isReplaying());
  }

  /// The namespace in which engines of that name are followed.
  public Optional<Namespace> namespace(String name) {
    return Optional.ofNullable(namespaces.get(name));
  }

  /// Names of all such namespaces.
  public List<String> namespaces() {
    return List.copyOf(new TreeMap<>(namespaces).keySet());
  }

  /// The names that a prompt's full blocks have in a namespace of our own chain.
  ///
  /// @param lora name of the adapter; empty if there is none
  /// @param salt of the prompt; empty if there is none
  public BlockChain names(Namespace namespace, int[] tokens, String lora, String salt) {
    var chain = new OwnChain(seed, namespace.model());
    chain.root(lora, salt);
    var naming = Naming.parse(namespace.algorithm()).orElse(Naming.OWN);
    return PromptNames.below(chain, tokens, namespace.blockTokens(), naming);
  }

  /// Follows nobody any more.
  public void stop() throws InterruptedException {
    endSearches();
    thread.stop();
  }

  private synchronized void endSearches() {
    searches.values().forEach(EngineSearch::stop);
    searches.clear();
    told.values().forEach(EngineSearch::stop);
    told.clear();
    if (questions != null) {
      questions.close();
      questions = null;
    }
  }
}
