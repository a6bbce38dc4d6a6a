// SPDX-License-Identifier: Apache-2.0
package io.incipit.service;

import io.incipit.block.BlockChain;
import io.incipit.block.Change;
import io.incipit.block.Cursor;
import io.incipit.block.Op;
import io.incipit.block.Reply;
import io.incipit.block.Tier;
import io.incipit.block.Value;
import io.incipit.index.IndexConfig;
import io.incipit.index.PrefixIndex;
import io.incipit.quota.Quotas;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/// A service with a clock of its own, and few words to talk to it.
final class TestService implements AutoCloseable {
  static final String NAMESPACE = "default";

  /// What stands between a service and its index.
  interface Between {
    /// Answers a call.
    ///
    /// @param real asks the real index
    Object call(Method method, Object[] arguments, Function<Object[], Object> real)
        throws Throwable;
  }

  final TestClock clock = new TestClock();
  final Service service;

  TestService(ServiceConfig config) {
    this(config, PrefixIndex::create);
  }

  TestService(ServiceConfig config, Function<IndexConfig, PrefixIndex> indexes) {
    service =
        new Service(config, new AtomicLong(1)::getAndIncrement, clock, Quotas.none(), indexes);
  }

  /// One where namespaces may have quotas and floors.
  TestService(ServiceConfig config, Quotas quotas) {
    service = new Service(config, new AtomicLong(1)::getAndIncrement, quotas);
  }

  /// An index with something between it and who uses it.
  static PrefixIndex index(IndexConfig config, Between between) {
    var real = PrefixIndex.create(config);
    return (PrefixIndex)
        Proxy.newProxyInstance(
            TestService.class.getClassLoader(),
            new Class<?>[] {PrefixIndex.class},
            (_, method, arguments) ->
                between.call(method, arguments, with -> invoke(real, method, with)));
  }

  private static Object invoke(PrefixIndex real, Method method, Object[] arguments) {
    try {
      return method.invoke(real, arguments);
    } catch (InvocationTargetException thrown) {
      throw new IllegalStateException(thrown.getCause());
    } catch (IllegalAccessException impossible) {
      throw new AssertionError(impossible);
    }
  }

  CompletableFuture<Reply> later(Op op) {
    var reply = new CompletableFuture<Reply>();
    service.execute(op, reply::complete);
    return reply;
  }

  Reply run(Op op) {
    return later(op).join();
  }

  static Change store(long... hashes) {
    return new Change.Store(Tier.GPU, BlockChain.empty(8), BlockChain.of(hashes));
  }

  static Op.Publish publish(String owner, long seq, Change... changes) {
    return new Op.Publish(NAMESPACE, owner, 1, seq, Arrays.asList(changes));
  }

  static Change clearAll() {
    return new Change.Clear(Optional.empty());
  }

  static Op.Match match(long... hashes) {
    return new Op.Match(
        NAMESPACE, BlockChain.of(hashes), Cursor.NONE, List.of(), Tier.ALL_MASK, 1 << 20);
  }

  int matched(long... hashes) {
    return run(match(hashes)) instanceof Reply.Matched matched ? matched.blocks() : -1;
  }

  /// Code and first word of a refusal; else the reply.
  static String told(Reply reply) {
    return reply instanceof Reply.Refused(var code, var detail)
        ? code + " " + detail.replaceAll(" .*", "")
        : reply.toString();
  }

  long stat(String name) {
    return number(((Reply.Row) service.answer(new Op.Stats(Optional.empty()))).fields(), name);
  }

  long stat(String namespace, String name) {
    var stats = service.answer(new Op.Stats(Optional.of(namespace)));
    return number(((Reply.Row) stats).fields(), name);
  }

  private static long number(Map<String, Value> fields, String name) {
    var value = fields.get(name);
    if (value == null) {
      throw new IllegalArgumentException("%s (expected: one of %s)".formatted(name, fields));
    }
    return value.number();
  }

  /// Waits until a namespace has nothing left to sweep.
  void awaitBlocks(String namespace, long blocks) {
    while (stat(namespace, "blocks") != blocks) {
      Thread.onSpinWait();
    }
  }

  @Override
  public void close() {
    try {
      service.stop();
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException(interrupted);
    }
  }
}
