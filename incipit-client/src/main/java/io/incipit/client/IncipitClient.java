// SPDX-License-Identifier: Apache-2.0
package io.incipit.client;

import io.incipit.block.BlockChain;
import io.incipit.block.ContractField;
import io.incipit.block.Cursor;
import io.incipit.block.Namespace;
import io.incipit.block.Op;
import io.incipit.block.Reply;
import io.incipit.block.Tier;
import io.incipit.env.Clock;
import io.incipit.env.Network;
import io.incipit.env.Timer;
import io.incipit.protocol.Limits;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A client of one server. Requests of all threads share one connection, on which they follow one
/// another without waiting for replies. Thread-safe; make one and keep it.
///
/// ```
/// try (var client = new IncipitClient(ClientConfig.of("localhost", 7379))) {
///   client
///       .match("default", BlockChain.of(1, 2, 3))
///       .thenAccept(matched -> System.out.println(matched.blocks() + " blocks"))
///       .join();
/// }
/// ```
///
/// Connects at the first request, and again at the first one after the connection was lost: what is
/// in flight then fails, nothing is sent twice. A future fails with a [ClientException] and nothing
/// else. Futures complete on the thread that reads replies, so what follows must not block; take
/// the `Async` forms of [CompletableFuture] where it might.
///
/// A request is sent before the method returns, or, if much is under way, soon after. A method
/// blocks only while [ClientConfig#inFlightMax] requests are in flight, and no longer than its
/// request's deadline.
public final class IncipitClient implements AutoCloseable {
  /// Blocks that one [#read] asks for.
  public static final int READ_BLOCKS_MAX = Limits.READ_BLOCKS_MAX;

  private final ClientConfig config;
  private final Environment environment;
  private final SharedMemory memory;
  private final ReentrantLock lock = new ReentrantLock();

  /// By namespace, what is said on each new connection.
  private final Map<String, BlockReplies.Attach> attached = new ConcurrentHashMap<>();

  private @Nullable PipelinedConnection connection;
  private boolean closed;

  /// Makes a client; it does not connect yet.
  public IncipitClient(ClientConfig config) {
    this(
        config,
        new Environment(
            config.tls().map(ClientTls::network).orElseGet(Network::system),
            Clock.system(),
            Timer.system()));
  }

  /// Makes a client that knows the world through what is given; it does not connect yet.
  ///
  /// @param config without TLS: the network that is given may have it
  public IncipitClient(ClientConfig config, Network network, Clock clock, Timer timer) {
    this(config, new Environment(network, clock, timer));
    if (config.tls().isPresent()) {
      throw new IllegalArgumentException(
          "config.tls: with a network of the caller's (expected: empty, or no other network)");
    }
  }

  private IncipitClient(ClientConfig config, Environment environment) {
    this.config = config;
    this.environment = environment;
    this.memory = new SharedMemory(environment.clock());
  }

  /// The longest prefix of a chain that anybody holds, and who holds it.
  public CompletableFuture<Reply.Matched> match(String namespace, BlockChain hashes) {
    return match(
        new Op.Match(namespace, hashes, Cursor.NONE, List.of(), Tier.ALL_MASK, Limits.RECORDS_MAX));
  }

  /// The longest prefix of a chain that eligible holders have between them, and who holds it.
  public CompletableFuture<Reply.Matched> match(Op.Match op) {
    return send(op, Reply.Matched.class, config.lookupDeadline());
  }

  /// How many leading blocks of a chain each owner holds, with the names of those that are listed.
  public CompletableFuture<Reply.Scored> score(String namespace, BlockChain hashes) {
    return score(
        new Op.Score(
            namespace, hashes, Cursor.NONE, List.of(), Tier.ALL_MASK, Limits.RECORDS_MAX, true));
  }

  /// How many leading blocks of a chain each eligible owner holds.
  public CompletableFuture<Reply.Scored> score(Op.Score op) {
    return send(op, Reply.Scored.class, config.lookupDeadline());
  }

  /// The blocks that follow one until prompts part.
  public CompletableFuture<Reply.Ran> run(Op.Run op) {
    return send(op, Reply.Ran.class, config.lookupDeadline());
  }

  /// The holders of single blocks.
  public CompletableFuture<Reply.Located> locate(Op.Locate op) {
    return send(op, Reply.Located.class, config.lookupDeadline());
  }

  /// Applies the next stretch of an owner's stream.
  public CompletableFuture<Reply.Published> publish(Op.Publish op) {
    return send(op, Reply.Published.class, config.otherDeadline());
  }

  /// Says what becomes of a prompt's path.
  public CompletableFuture<Reply.Done> hint(Op.Foretell op) {
    return send(op, Reply.Done.class, config.otherDeadline());
  }

  /// Makes a namespace.
  public CompletableFuture<Reply.Done> createNamespace(Namespace namespace) {
    return send(new Op.CreateNamespace(namespace), Reply.Done.class, config.otherDeadline());
  }

  /// Forgets a namespace, all its owners, and its blocks.
  public CompletableFuture<Reply.Done> dropNamespace(String namespace) {
    attached.remove(namespace);
    return send(new Op.DropNamespace(namespace), Reply.Done.class, config.otherDeadline());
  }

  /// The names of all namespaces, sorted; the first 1,048,576 if there are more.
  public CompletableFuture<Reply.Names> namespaces() {
    return namespaces("", Limits.RECORDS_MAX);
  }

  /// The first `limit` names of namespaces after `from`, sorted.
  public CompletableFuture<Reply.Names> namespaces(String from, int limit) {
    return send(new Op.ListNamespaces(from, limit), Reply.Names.class, config.otherDeadline());
  }

  /// The contract and size of a namespace.
  public CompletableFuture<Reply.Row> describeNamespace(String namespace) {
    return send(new Op.DescribeNamespace(namespace), Reply.Row.class, config.otherDeadline());
  }

  /// The owners of a namespace.
  public CompletableFuture<Reply.Rows> owners(Op.Owners op) {
    return send(op, Reply.Rows.class, config.otherDeadline());
  }

  /// Counters of a namespace, or of the server if empty.
  public CompletableFuture<Reply.Row> stats(Optional<String> namespace) {
    return send(new Op.Stats(namespace), Reply.Row.class, config.otherDeadline());
  }

  /// The blocks from one on, for people.
  public CompletableFuture<Reply.Rows> inspect(Op.Inspect op) {
    return send(op, Reply.Rows.class, config.otherDeadline());
  }

  /// Any operation, with a deadline of its own. A refusal is a reply here: the future does not fail
  /// for it.
  public CompletableFuture<Reply> execute(Op op, Duration deadline) {
    ClientConfig.requireDuration("deadline", deadline);
    return send(op, Reply.class, deadline);
  }

  /// The values of leading keys, as many as are there and the server can deliver in time, judged by
  /// what it has measured. Each is compared with its checksums here.
  ///
  /// The reply is waited for a while longer than that, [ClientConfig#otherDeadline], so that what
  /// was begun in time is not lost. All of it is in memory at once, up to 2 GiB.
  ///
  /// @param keys in the order of the prefix, at most 65,534 of them; not changed until the reply
  /// @param deadline from when the server runs the request, in whole milliseconds, at most a day;
  ///     zero for none
  public CompletableFuture<Fetched> fetch(List<byte[]> keys, Duration deadline) {
    var exchange = new FetchExchange(keys, FetchedReply.millis(deadline));
    return send(exchange, deadline.plus(config.otherDeadline()));
  }

  /// Says what a namespace's bytes are, before blocks are put and read there. Refused unless it is
  /// what those before said.
  ///
  /// It is said again on each new connection of this client, before anything else, until the
  /// namespace is dropped by it.
  ///
  /// @param said of the contract; what is not in it is not said
  public CompletableFuture<Reply.Done> attach(String namespace, Map<ContractField, String> said) {
    var exchange = new BlockReplies.Attach(namespace, said, done -> attached.put(namespace, done));
    return send(exchange, config.otherDeadline());
  }

  /// Brings a part of a block, which nobody sees before its put is committed. Parts that follow one
  /// another without waiting are taken in their order.
  ///
  /// @param value at most 256 MiB; not changed until the reply
  public CompletableFuture<PutOutcome> put(PutName put, BlockPart block, byte[] value) {
    var bytes = new PutExchange.BlockBytes(value);
    return send(new PutExchange(put, block, bytes), config.otherDeadline());
  }

  /// Lets everybody see the blocks of a put, all or none. Refused, and nothing is changed, if a
  /// block lacks a part, or the put is not under way any more.
  public CompletableFuture<Committed> commit(PutName put) {
    return send(new BlockReplies.Commit(put), config.otherDeadline());
  }

  /// Gives a put up.
  ///
  /// @return how many parts that were
  public CompletableFuture<Integer> abort(PutName put) {
    return send(new BlockReplies.Abort(put), config.otherDeadline());
  }

  /// The bytes of a prompt's leading blocks: of each block that is there and can be delivered in
  /// time, one part. Each is compared with its checksums here; as [#fetch], and with its limits.
  ///
  /// @param chain of the whole prompt, whatever of it is there: use decides what is kept; at most
  ///     16,384 blocks
  /// @param part of each block
  /// @param deadline from when the server runs the request; zero for none
  public CompletableFuture<Fetched> read(
      String namespace, BlockChain chain, int part, Duration deadline) {
    var exchange = new ReadExchange(namespace, chain, part, FetchedReply.millis(deadline));
    return send(exchange, deadline.plus(config.otherDeadline()));
  }

  /// The same as [#read]; of a server on this machine that shares its memory
  /// (`store.share-directory`), the bytes are copied out of that memory and not sent.
  ///
  /// What is copied is compared with its checksums, and is of the caller alone. All is
  /// [read][#read] over the connection, with what is left of the deadline, if the server refuses to
  /// say where it is, is elsewhere by its address or belongs to another user, if its file cannot be
  /// read from here, or if it has given a block up meanwhile. A server that cannot be read from is
  /// not asked for that again for 30 s. A connection that is lost and a reply that does not come
  /// in time fail the future; so does what goes wrong with that read. Copying is done by the thread
  /// that reads replies.
  ///
  /// @param chain as of [#read]
  /// @param part as of [#read]
  /// @param deadline as of [#read]
  public CompletableFuture<Fetched> readShared(
      String namespace, BlockChain chain, int part, Duration deadline) {
    var exchange = new ReadExchange(namespace, chain, part, FetchedReply.millis(deadline));
    if (memory.isAvoided()) {
      return read(namespace, chain, part, deadline);
    }
    long askedNs = environment.clock().nanoTime();
    var answer = new CompletableFuture<Fetched>();
    var read =
        new SharedRead(
            memory, askedNs, () -> readLater(namespace, chain, part, deadline, askedNs), answer);
    var _ =
        send(new WhereExchange(exchange), deadline.plus(config.otherDeadline()))
            .whenComplete(read::take);
    return answer;
  }

  /// Reads with what is left of a deadline.
  private CompletableFuture<Fetched> readLater(
      String namespace, BlockChain chain, int part, Duration deadline, long askedNs) {
    var left = deadline.minusNanos(environment.clock().nanoTime() - askedNs);
    if (deadline.isZero() || left.isPositive()) {
      return read(namespace, chain, part, deadline.isZero() ? deadline : left);
    }
    return CompletableFuture.completedFuture(new Fetched(List.of(), Fetched.End.DEADLINE));
  }

  private <R extends Reply> CompletableFuture<R> send(Op op, Class<R> type, Duration deadline) {
    return send(new OpExchange<>(op, type), deadline);
  }

  private <R> CompletableFuture<R> send(Exchange<R> exchange, Duration deadline) {
    var request = pending(exchange, environment.clock().nanoTime() + deadline.toNanos());
    // A connection may end between being found open and being used; the next one is fresh.
    for (var to = openConnection(); to.isPresent(); to = openConnection()) {
      if (to.get().send(request)) {
        return request.future();
      }
    }
    request.fail(new ClientException.Closed("client of %s is closed".formatted(config.endpoint())));
    return request.future();
  }

  private static <R> PendingRequest<R> pending(Exchange<R> exchange, long deadlineNs) {
    return new PendingRequest<>(exchange, new CompletableFuture<>(), deadlineNs);
  }

  private long otherDeadlineNs() {
    return environment.clock().nanoTime() + config.otherDeadline().toNanos();
  }

  private Optional<PipelinedConnection> openConnection() {
    lock.lock();
    try {
      if (closed) {
        return Optional.empty();
      }
      if (connection == null || !connection.isOpen()) {
        var fresh = PipelinedConnection.open(config, environment);
        attached.values().forEach(exchange -> fresh.send(pending(exchange, otherDeadlineNs())));
        connection = fresh;
      }
      return Optional.of(connection);
    } finally {
      lock.unlock();
    }
  }

  /// Ends the connection at once; requests without a reply fail. Idempotent.
  @Override
  public void close() {
    Optional<PipelinedConnection> last;
    lock.lock();
    try {
      closed = true;
      last = Optional.ofNullable(connection);
    } finally {
      lock.unlock();
    }
    memory.close();
    last.ifPresent(
        open ->
            open.close(
                new ClientException.Closed(
                    "client of %s was closed".formatted(config.endpoint()))));
  }
}
