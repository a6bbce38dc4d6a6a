// SPDX-License-Identifier: Apache-2.0
package io.incipit.service;

import io.incipit.block.ErrorCode;
import io.incipit.block.Namespace;
import io.incipit.block.Op;
import io.incipit.block.Reply;
import io.incipit.block.Value;
import io.incipit.env.RandomSource;
import io.incipit.index.IndexConfig;
import io.incipit.index.PrefixIndex;
import io.incipit.stream.Projection;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Function;

/// Runs operations against the namespaces of this process. Thread-safe.
///
/// Questions are answered on the caller's thread and never block. Publishes are applied by lanes,
/// one for each namespace, in the order in which they were given for it.
public final class Service {
  /// What [#answerNow] returns for an operation that needs more than it may use.
  public static final int TOO_MUCH = -1;

  private final ServiceConfig config;
  private final Function<IndexConfig, PrefixIndex> indexes;
  private final long serverStart;
  private final long secret;
  private final MemoryUse use;
  private final Failures failures = new Failures();
  private final Map<ErrorCode, LongAdder> refusals = new EnumMap<>(ErrorCode.class);
  private final ConcurrentHashMap<String, Tenant> tenants = new ConcurrentHashMap<>();
  private final List<Lane> lanes = new ArrayList<>();

  /// Namespaces made so far, dropped ones included. Guarded by [#tenants].
  private int made;

  /// A service with the namespace `default` and running lanes.
  public Service(ServiceConfig config, RandomSource random) {
    this(config, random, PrefixIndex::create);
  }

  Service(ServiceConfig config, RandomSource random, Function<IndexConfig, PrefixIndex> indexes) {
    this.config = config;
    this.indexes = indexes;
    this.serverStart = random.fresh();
    this.secret = random.fresh();
    this.use = new MemoryUse(config.memoryLimitBytes());
    for (var code : ErrorCode.values()) {
      refusals.put(code, new LongAdder());
    }
    for (int i = 0; i < config.lanes(); i++) {
      lanes.add(new Lane(i, config, failures));
    }
    create(Namespace.DEFAULT);
    lanes.forEach(Lane::start);
  }

  /// Bytes a hash in a namespace; 0 if there is no such namespace.
  public int hashBytes(String namespace) {
    var tenant = tenants.get(namespace);
    return tenant == null ? 0 : tenant.projection().namespace().hashBytes();
  }

  /// Runs an operation. The reply to a publish comes later, on a lane's thread, unless it is
  /// refused at once; any other comes before this returns.
  public void execute(Op op, Consumer<Reply> replies) {
    if (op instanceof Op.Publish publish) {
      publish(publish, replies);
    } else {
      replies.accept(answer(op));
    }
  }

  private void publish(Op.Publish op, Consumer<Reply> replies) {
    if (!offer(op, replies)) {
      replies.accept(
          counted(
              new Reply.Refused(
                  ErrorCode.BUSY,
                  "%s: too many publishes wait; nothing was changed, send it again"
                      .formatted(op.namespace()))));
    }
  }

  /// Hands a publish to the lane of its namespace, if it has room; the reply comes on the lane's
  /// thread, or at once if the publish is refused. Its chains must own their bytes.
  ///
  /// @return whether it was taken; if not, no reply comes, and [#whenRoom] says when to ask again
  public boolean offer(Op.Publish op, Consumer<Reply> replies) {
    var tenant = tenants.get(op.namespace());
    if (tenant == null) {
      replies.accept(counted(noNamespace(op.namespace())));
      return true;
    }
    if (tenant.lane().closed()) {
      replies.accept(
          counted(new Reply.Refused(ErrorCode.BUSY, "the server stops; nothing was changed")));
      return true;
    }
    return tenant.lane().offer(tenant, op, reply -> replies.accept(counted(reply)));
  }

  /// Calls `room` once, soon and on any thread, when the lane of a namespace may have room again,
  /// or at once if there is no such namespace.
  public void whenRoom(String namespace, Runnable room) {
    var tenant = tenants.get(namespace);
    if (tenant == null) {
      room.run();
    } else {
      tenant.lane().whenRoom(room);
    }
  }

  /// Runs an operation that is not a publish, on the caller's thread.
  ///
  /// @param unitsMax what it may cost, in units of the index's work
  /// @return the units that it took, at least 1, and `replies` has its reply; or [#TOO_MUCH]: then
  ///     it needs more, and goes to [#answerLater]
  public int answerNow(Op op, int unitsMax, Consumer<Reply> replies) {
    replies.accept(answer(op));
    return 1;
  }

  /// Runs an operation that [#answerNow] could not; the reply comes later and on any thread. Its
  /// chains must own their bytes.
  public void answerLater(Op op, Consumer<Reply> replies) {
    replies.accept(answer(op));
  }

  /// Runs an operation that is not a publish.
  public Reply answer(Op op) {
    try {
      return counted(run(op));
    } catch (RuntimeException | Error failure) {
      return counted(failures.reply(op, failure));
    }
  }

  private Reply run(Op op) {
    return switch (op) {
      case Op.Match match -> ask(match.namespace(), tenant -> tenant.match(match));
      case Op.Score score -> ask(score.namespace(), tenant -> tenant.score(score));
      case Op.Run run -> ask(run.namespace(), tenant -> tenant.run(run));
      case Op.Locate locate -> ask(locate.namespace(), tenant -> tenant.locate(locate));
      case Op.Owners owners -> ask(owners.namespace(), tenant -> tenant.owners(owners));
      case Op.Inspect inspect ->
          ask(inspect.namespace(), tenant -> new Inspection(tenant).reply(inspect));
      case Op.Stats(var namespace) ->
          namespace.isPresent()
              ? ask(namespace.get(), tenant -> new Reply.Row(tenant.stats()))
              : new Reply.Row(stats());
      case Op.ListNamespaces(var from, var limit) -> new Reply.Names(names(from, limit));
      case Op.DescribeNamespace(var name) -> ask(name, Service::describe);
      case Op.CreateNamespace(var namespace) -> create(namespace);
      case Op.DropNamespace(var name) -> drop(name);
      case Op.Publish publish ->
          throw new IllegalArgumentException(
              "op: a publish to %s (expected: anything else)".formatted(publish.namespace()));
    };
  }

  private Reply ask(String namespace, Function<Projection, Reply> question) {
    var tenant = tenants.get(namespace);
    return tenant == null ? noNamespace(namespace) : question.apply(tenant.projection());
  }

  private static Reply noNamespace(String name) {
    return new Reply.Refused(ErrorCode.NONAMESPACE, name + " (expected: one that exists)");
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

  private Reply create(Namespace namespace) {
    synchronized (tenants) {
      var there = tenants.get(namespace.name());
      if (there != null) {
        var contract = there.projection().namespace();
        return contract.equals(namespace)
            ? new Reply.Done()
            : new Reply.Refused(
                ErrorCode.CONTRACT, "%s exists as %s".formatted(namespace.name(), shown(contract)));
      }
      if (tenants.size() >= config.namespacesMax()) {
        return new Reply.Refused(
            ErrorCode.LIMIT,
            "namespaces: %d (expected: at most %d)"
                .formatted(tenants.size() + 1, config.namespacesMax()));
      }
      if (use.bytes() >= use.limitBytes()) {
        return new Reply.Refused(
            ErrorCode.BUSY,
            "indexes: %d bytes (expected: less than %d); drop a namespace, or raise"
                    .formatted(use.bytes(), use.limitBytes())
                + " index.memory-limit");
      }
      put(namespace);
      return new Reply.Done();
    }
  }

  private void put(Namespace namespace) {
    int number = made++;
    var config = new IndexConfig(namespace.hashBytes(), true, use.limitBytes(), secret);
    var projection = new Projection(namespace, () -> indexes.apply(config), number, serverStart);
    var lane = lanes.get(number % lanes.size());
    tenants.put(namespace.name(), new Tenant(projection, lane, use));
  }

  /// Forgets a namespace; `default` is there again at once, and empty.
  private Reply drop(String name) {
    synchronized (tenants) {
      var dropped = tenants.remove(name);
      if (dropped == null) {
        return noNamespace(name);
      }
      dropped.drop();
      if (name.equals(Namespace.DEFAULT.name())) {
        put(Namespace.DEFAULT);
      }
      return new Reply.Done();
    }
  }

  private static Reply describe(Projection projection) {
    var namespace = projection.namespace();
    var sizes = projection.snapshot();
    var row = new LinkedHashMap<String, Value>();
    row.put("namespace", Value.of(namespace.name()));
    row.put("block-tokens", Value.of(namespace.blockTokens()));
    row.put("hash-bytes", Value.of(namespace.hashBytes()));
    row.put("algorithm", Value.of(namespace.algorithm()));
    row.put("model", Value.of(namespace.model()));
    row.put("layout", Value.of(namespace.layout()));
    row.put("blocks", Value.of(sizes.blocks()));
    row.put("bytes", Value.of(sizes.treeBytes() + sizes.byHashBytes()));
    return new Reply.Row(row);
  }

  private static String shown(Namespace namespace) {
    return "BLOCKTOKENS %d HASHBYTES %d ALGORITHM '%s' MODEL '%s' LAYOUT '%s'"
        .formatted(
            namespace.blockTokens(),
            namespace.hashBytes(),
            namespace.algorithm(),
            namespace.model(),
            namespace.layout());
  }

  /// How many namespaces there are.
  public int namespaces() {
    return tenants.size();
  }

  /// Names of all namespaces, sorted.
  public List<String> names() {
    return names("", Integer.MAX_VALUE);
  }

  private List<String> names(String from, int limit) {
    return tenants.keySet().stream()
        .filter(name -> name.compareTo(from) > 0)
        .sorted()
        .limit(limit)
        .toList();
  }

  private Map<String, Value> stats() {
    var row = new LinkedHashMap<String, Value>();
    row.put("namespaces", Value.of(tenants.size()));
    row.put("blocks", Value.of(use.blocks()));
    row.put("index-bytes", Value.of(use.bytes()));
    row.put("index-limit-bytes", Value.of(use.limitBytes()));
    row.put("lanes", Value.of(lanes.size()));
    row.put("queued-publishes", Value.of(lanes.stream().mapToInt(Lane::queued).sum()));
    row.put("failures", Value.of(failures.count()));
    refusals.forEach(
        (code, count) ->
            row.put("refused-" + code.name().toLowerCase(Locale.ROOT), Value.of(count.sum())));
    return row;
  }

  /// Applies what waits and ends the lanes; publishes from now on are refused with `BUSY`.
  public void stop() throws InterruptedException {
    for (var lane : lanes) {
      lane.stop();
    }
  }
}
