// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.replay;

import io.incipit.block.BlockChain;
import io.incipit.block.Change;
import io.incipit.block.Cursor;
import io.incipit.block.Namespace;
import io.incipit.block.Op;
import io.incipit.block.Tier;
import io.incipit.block.Value;
import io.incipit.client.IncipitClient;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/// The index of a server, in a namespace that is made for one replay and dropped after it.
public final class ServerTarget implements ReplayTarget {
  private final IncipitClient client;
  private final String namespace;
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile boolean kept;

  private ServerTarget(IncipitClient client, String namespace) {
    this.client = client;
    this.namespace = namespace;
  }

  /// Makes the namespace.
  ///
  /// @param client closed with the target, or at once if there is none
  /// @throws IOException if the server cannot be reached, or refuses
  public static ServerTarget create(IncipitClient client, Namespace namespace) throws IOException {
    try {
      await(client.createNamespace(namespace));
      return new ServerTarget(client, namespace.name());
    } catch (IOException | RuntimeException failure) {
      client.close();
      throw failure;
    }
  }

  @Override
  public int match(BlockChain chain) throws IOException {
    var op = new Op.Match(namespace, chain, Cursor.NONE, List.of(), Tier.ALL_MASK, INTERVALS_MAX);
    return await(client.match(op)).blocks();
  }

  @Override
  public void publish(String owner, long seq, List<Change> changes) throws IOException {
    await(client.publish(new Op.Publish(namespace, owner, 1, seq, changes)));
  }

  @Override
  public Footprint footprint() throws IOException {
    var fields = await(client.stats(Optional.of(namespace))).fields();
    return new Footprint(
        number(fields, "blocks"), number(fields, "tree-bytes"), number(fields, "by-hash-bytes"));
  }

  /// A number that a server may not have.
  static long number(Map<String, Value> fields, String name, long absent) throws IOException {
    return fields.containsKey(name) ? number(fields, name) : absent;
  }

  private static long number(Map<String, Value> fields, String name) throws IOException {
    var value = fields.getOrDefault(name, Value.of(""));
    try {
      return value.number();
    } catch (NumberFormatException missing) {
      throw new IOException(
          "KVC.STATS: %s is '%s' (expected: a number)".formatted(name, value.text()), missing);
    }
  }

  /// Leaves the namespace where it is when it is closed.
  void keep() {
    kept = true;
  }

  /// Drops the namespace, unless it is kept, then closes the client.
  @Override
  public void close() throws IOException {
    if (closed.compareAndSet(false, true)) {
      try (client) {
        if (!kept) {
          await(client.dropNamespace(namespace));
        }
      }
    }
  }

  /// Waits for an answer.
  static <R> R await(CompletableFuture<R> answer) throws IOException {
    try {
      return answer.get();
    } catch (ExecutionException failed) {
      var cause = Objects.requireNonNullElse(failed.getCause(), failed);
      throw new IOException(String.valueOf(cause.getMessage()), cause);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException("interrupted").initCause(interrupted);
    }
  }
}
