// SPDX-License-Identifier: Apache-2.0
package io.incipit.service;

import io.incipit.block.ErrorCode;
import io.incipit.block.Namespace;
import io.incipit.block.Op;
import io.incipit.block.Reply;
import io.incipit.block.Stat;
import io.incipit.block.Value;
import io.incipit.env.Clock;
import io.incipit.env.RandomSource;
import io.incipit.index.IndexConfig;
import io.incipit.index.Outcome;
import io.incipit.index.PrefixIndex;
import io.incipit.quota.Quotas;
import io.incipit.stream.Inquiry;
import io.incipit.stream.Projection;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/// Runs operations against the namespaces of this process. Thread-safe.
///
/// A question is answered on the caller's thread as long as that is cheap, never waiting; what
/// costs more, or meets a change that stands still, goes to question threads. Publishes are applied
/// by lanes, one for each namespace, in the order in which they were given for it.
public final class Service {
  /// What [#answerNow] returns for an operation that needs more than it may use.
  public static final int TOO_MUCH = -1;

  /// Units of the index's work that an event loop does for one question.
  public static final int UNITS_NOW = 4_096;

  /// Memory of a reply that an event loop makes, at most.
  private static final long BYTES_NOW = 1 << 20;

  private static final ThreadLocal<Inquiry> NOW =
      ThreadLocal.withInitial(() -> new Inquiry(Inquiry.Memory.ENDLESS, BYTES_NOW));

  private final MemoryUse use;
  private final Quotas quotas;
  private final Failures failures = new Failures();
  private final Map<ErrorCode, LongAdder> refusals = new EnumMap<>(ErrorCode.class);
  private final List<Lane> lanes = new ArrayList<>();
  private final Namespaces namespaces;
  private final QuestionThreads questions;
  private final Hints hints = new Hints();
  private final LongAdder questionsLater = new LongAdder();
  private final AtomicLong unitsNowMost = new AtomicLong();
  private volatile Supplier<List<Map<String, Value>>> engines = List::of;
  private volatile Supplier<List<Stat>> others = List::of;
  private volatile Consumer<String> dropped = _ -> {};

  /// A service with the namespace `default` and running lanes.
  public Service(ServiceConfig config, RandomSource random) {
    this(config, random, Quotas.none());
  }

  /// As [#Service(ServiceConfig, RandomSource)], where namespaces may have quotas and floors.
  public Service(ServiceConfig config, RandomSource random, Quotas quotas) {
    this(config, random, Clock.system(), quotas, PrefixIndex::create);
  }

  Service(
      ServiceConfig config,
      RandomSource random,
      Clock clock,
      Quotas quotas,
      Function<IndexConfig, PrefixIndex> indexes) {
    this.quotas = quotas;
    this.use = new MemoryUse(config.memoryLimitBytes());
    for (var code : ErrorCode.values()) {
      refusals.put(code, new LongAdder());
    }
    for (int i = 0; i < config.lanes(); i++) {
      lanes.add(new Lane(i, config, failures, clock));
    }
    this.questions = new QuestionThreads(config.replyBytesMax(), this::tried, failures, clock);
    this.namespaces = new Namespaces(config.namespacesMax(), use, quotas, lanes, random, indexes);
    quotas.onChange(namespaces::limitsChanged);
    namespaces.create(Namespace.DEFAULT);
    lanes.forEach(Lane::start);
    questions.start();
  }

  /// Says who knows which engines are followed; nobody, unless this is called.
  public void engines(Supplier<List<Map<String, Value>>> rows) {
    engines = rows;
  }

  /// Says who has sizes and counters beside those of the service; nobody, unless this is called.
  public void others(Supplier<List<Stat>> stats) {
    others = stats;
  }

  /// Says who keeps bytes of blocks, and is told what becomes of prompts, and of namespaces that
  /// are dropped; nobody, unless this is called.
  public void keeper(HintListener hinted, Consumer<String> droppedNamespaces) {
    hints.tell(hinted);
    dropped = droppedNamespaces;
  }

  /// How much namespaces may take and ask for.
  public Quotas quotas() {
    return quotas;
  }

  /// A share of the memory of the indexes, for what is kept beside them.
  public MemoryShare share() {
    return new MemoryShare(use);
  }

  /// The namespace of a name.
  public Optional<Namespace> namespace(String name) {
    return Optional.ofNullable(namespaces.find(name))
        .map(hosted -> hosted.projection().namespace());
  }

  /// Bytes a hash in a namespace; 0 if there is no such namespace.
  public int hashBytes(String namespace) {
    var hosted = namespaces.find(namespace);
    return hosted == null ? 0 : hosted.projection().namespace().hashBytes();
  }

  /// Runs an operation whose chains own their bytes. The reply to a publish comes later, on a
  /// lane's thread, unless it is refused at once; any other comes before this returns, or later if
  /// it costs much.
  public void execute(Op op, Consumer<Reply> replies) {
    if (op instanceof Op.Publish publish) {
      publish(publish, replies);
    } else if (answerNow(op, UNITS_NOW, replies) == TOO_MUCH) {
      answerLater(op, replies);
    }
  }

  private void publish(Op.Publish op, Consumer<Reply> replies) {
    if (!offer(op, replies)) {
      var hosted = namespaces.find(op.namespace());
      if (hosted != null) {
        hosted.busy().refused(op);
      }
      replies.accept(counted(busy(op, op.seq())));
    }
  }

  private static Reply busy(Op.Publish op, long seq) {
    return new Reply.Refused(
        ErrorCode.BUSY,
        "%d %s: too many publishes wait; nothing was changed, send that again"
            .formatted(seq, op.namespace()));
  }

  /// Hands a publish to the lane of its namespace, if it has room; the reply comes on the lane's
  /// thread, or at once if the publish is refused. Its chains must own their bytes.
  ///
  /// @return whether it was taken; if not, no reply comes, and [#whenRoom] says when to ask again
  public boolean offer(Op.Publish op, Consumer<Reply> replies) {
    var hosted = namespaces.find(op.namespace());
    if (hosted == null) {
      replies.accept(counted(Namespaces.unknown(op.namespace())));
      return true;
    }
    if (hosted.lane().closed()) {
      replies.accept(
          counted(
              new Reply.Refused(
                  ErrorCode.BUSY, "%d the server stops; nothing was changed".formatted(op.seq()))));
      return true;
    }
    long awaited = hosted.busy().awaited(op);
    if (awaited > 0) {
      replies.accept(counted(busy(op, awaited)));
      return true;
    }
    if (!hosted.lane().offer(hosted, op, reply -> replies.accept(counted(reply)))) {
      return false;
    }
    hosted.busy().taken(op);
    return true;
  }

  /// Calls `room` once, soon and on any thread, when the lane of a namespace may have room again,
  /// or at once if there is no such namespace.
  public void whenRoom(String namespace, Runnable room) {
    var hosted = namespaces.find(namespace);
    if (hosted == null) {
      room.run();
    } else {
      hosted.lane().whenRoom(room);
    }
  }

  /// Runs an operation that is not a publish, on the caller's thread.
  ///
  /// @param unitsMax what it may cost, in units of the index's work
  /// @return the units that it took, at least 1, and `replies` has its reply; or [#TOO_MUCH]: then
  ///     it needs more, or has to wait for a change, and goes to [#answerLater]
  public int answerNow(Op op, int unitsMax, Consumer<Reply> replies) {
    var inquiry = NOW.get().grant(unitsMax);
    var reply = tried(op, inquiry);
    if (inquiry.units() > unitsNowMost.get()) {
      unitsNowMost.accumulateAndGet(inquiry.units(), Math::max);
    }
    var outcome = inquiry.outcome();
    if (outcome == Outcome.OVER_BUDGET || outcome == Outcome.BUSY) {
      return TOO_MUCH;
    }
    replies.accept(counted(reply));
    return (int) Math.max(1, inquiry.units());
  }

  /// The most units that [#answerNow] took in one go.
  long unitsNowMost() {
    return unitsNowMost.get();
  }

  /// Runs an operation that [#answerNow] could not; the reply comes later and on any thread, or at
  /// once if too many wait. Its chains must own their bytes.
  public void answerLater(Op op, Consumer<Reply> replies) {
    questionsLater.increment();
    if (!questions.offer(op, reply -> replies.accept(counted(reply)))) {
      replies.accept(
          counted(
              new Reply.Refused(ErrorCode.BUSY, "too many long questions wait; send it again")));
    }
  }

  /// Runs an operation that is not a publish, on the caller's thread, whatever it costs.
  public Reply answer(Op op) {
    var now = NOW.get().grant(UNITS_NOW);
    var reply = tried(op, now);
    if (now.outcome() != Outcome.OVER_BUDGET && now.outcome() != Outcome.BUSY) {
      return counted(reply);
    }
    var inquiry = questions.inquiry();
    try {
      return counted(tried(op, inquiry));
    } finally {
      questions.give(inquiry.takenBytes());
    }
  }

  private Reply tried(Op op, Inquiry by) {
    try {
      return run(op, by);
    } catch (RuntimeException | Error failure) {
      return failures.reply(op, failure);
    }
  }

  private Reply run(Op op, Inquiry by) {
    return switch (op) {
      case Op.Match match -> ask(match.namespace(), projection -> projection.match(match, by));
      case Op.Score score -> ask(score.namespace(), projection -> projection.score(score, by));
      case Op.Run run -> ask(run.namespace(), projection -> projection.run(run, by));
      case Op.Locate locate -> ask(locate.namespace(), projection -> projection.locate(locate, by));
      case Op.Foretell foretell -> ask(foretell.namespace(), _ -> hints.take(foretell));
      case Op.Owners owners -> ask(owners.namespace(), projection -> projection.owners(owners, by));
      case Op.Inspect inspect ->
          ask(inspect.namespace(), projection -> Inspection.reply(inspect, projection, by));
      case Op.Engines(int from, int limit) ->
          new Reply.Rows(engines.get().stream().skip(from).limit(limit).toList());
      case Op.Stats(var namespace) ->
          namespace.isPresent()
              ? ask(namespace.get(), projection -> new Reply.Row(projection.row()))
              : new Reply.Row(row());
      case Op.ListNamespaces list -> namespaces.list(list, by);
      case Op.DescribeNamespace(var name) -> ask(name, Namespaces::describe);
      case Op.CreateNamespace(var namespace) -> namespaces.create(namespace);
      case Op.DropNamespace(var name) -> {
        var reply = namespaces.drop(name);
        dropped.accept(name);
        yield reply;
      }
      case Op.Publish publish ->
          throw new IllegalArgumentException(
              "op: a publish to %s (expected: anything else)".formatted(publish.namespace()));
    };
  }

  private Reply ask(String namespace, Function<Projection, Reply> question) {
    var hosted = namespaces.find(namespace);
    return hosted == null ? Namespaces.unknown(namespace) : question.apply(hosted.projection());
  }

  private Reply counted(Reply reply) {
    if (reply instanceof Reply.Refused(var code, _)) {
      refused(code);
    }
    return reply;
  }

  /// Counts a refusal that did not come from here, such as that of a request without meaning.
  public void refused(ErrorCode code) {
    Objects.requireNonNull(refusals.get(code)).increment();
  }

  /// How many namespaces there are.
  public int namespaces() {
    return namespaces.count();
  }

  /// Names of all namespaces, sorted.
  public List<String> names() {
    return namespaces.names();
  }

  /// Sizes and counters of the server, in a fixed order; [#refusals] are counters too.
  public List<Stat> stats() {
    var stats = new ArrayList<Stat>();
    Collections.addAll(
        stats,
        Stat.gauge("namespaces", namespaces.count()),
        Stat.gauge("blocks", use.blocks()),
        Stat.gauge("index-bytes", use.bytes()),
        Stat.gauge("engine-bytes", use.besideBytes()),
        Stat.gauge("index-limit-bytes", use.limitBytes()),
        Stat.gauge("index-reserved-bytes", use.reservedBytes()),
        Stat.gauge("lanes", lanes.size()),
        Stat.gauge("queued-publishes", lanes.stream().mapToInt(Lane::queued).sum()),
        Stat.counter("questions-later", questionsLater.sum()),
        Stat.gauge("queued-questions", questions.waiting()),
        Stat.gauge("reply-bytes", questions.bytes()),
        Stat.counter("failures", failures.count()));
    stats.addAll(hints.stats());
    stats.addAll(quotas.stats());
    stats.addAll(others.get());
    return stats;
  }

  /// Sizes and counters of a namespace, in a fixed order; none if there is no such namespace.
  public List<Stat> stats(String namespace) {
    var hosted = namespaces.find(namespace);
    return hosted == null ? List.of() : hosted.projection().stats();
  }

  /// Refusals so far, by code, in the order of codes.
  public Map<ErrorCode, Long> refusals() {
    var counts = new EnumMap<ErrorCode, Long>(ErrorCode.class);
    refusals.forEach((code, count) -> counts.put(code, count.sum()));
    return counts;
  }

  private Map<String, Value> row() {
    var row = new LinkedHashMap<String, Value>();
    Stat.addTo(row, stats());
    refusals()
        .forEach(
            (code, count) ->
                row.put("refused-" + code.name().toLowerCase(Locale.ROOT), Value.of(count)));
    return row;
  }

  /// Applies what waits and ends the lanes; publishes from now on are refused with `BUSY`.
  public void stop() throws InterruptedException {
    for (var lane : lanes) {
      lane.stop();
    }
    questions.stop();
  }
}
