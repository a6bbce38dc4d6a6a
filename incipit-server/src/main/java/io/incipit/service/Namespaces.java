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
import io.incipit.quota.Quotas;
import io.incipit.stream.Inquiry;
import io.incipit.stream.Projection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The namespaces that exist, each on one of the lanes, all within one memory. Thread-safe.
final class Namespaces {
  private static final int NAME_BYTES = 320;

  private final int namespacesMax;
  private final MemoryUse use;
  private final Quotas quotas;
  private final List<Lane> lanes;
  private final Function<IndexConfig, PrefixIndex> indexes;
  private final long serverStart;
  private final long secret;
  private final ConcurrentHashMap<String, HostedNamespace> byName = new ConcurrentHashMap<>();
  private final ConcurrentSkipListSet<String> names = new ConcurrentSkipListSet<>();

  /// Namespaces made so far, dropped ones included. Guarded by [#byName].
  private int made;

  /// No namespaces.
  ///
  /// @param lanes that write them; not changed after the first is made
  Namespaces(
      int namespacesMax,
      MemoryUse use,
      Quotas quotas,
      List<Lane> lanes,
      RandomSource random,
      Function<IndexConfig, PrefixIndex> indexes) {
    this.namespacesMax = namespacesMax;
    this.use = use;
    this.quotas = quotas;
    this.lanes = lanes;
    this.indexes = indexes;
    this.serverStart = random.fresh();
    this.secret = random.fresh();
  }

  @Nullable HostedNamespace find(String name) {
    return byName.get(name);
  }

  int count() {
    return byName.size();
  }

  /// Lets each lane hold its namespaces to what quotas say now.
  void limitsChanged() {
    byName.values().forEach(HostedNamespace::account);
    tidyAll();
  }

  private void tidyAll() {
    byName.values().forEach(hosted -> hosted.lane().tidy(hosted));
  }

  /// All names, in order.
  List<String> names() {
    return List.copyOf(names);
  }

  /// Names of namespaces in order.
  Reply list(Op.ListNamespaces list, Inquiry by) {
    int most = Math.min(Math.max(0, list.limit()), names.size());
    // Those that are not shown have to be looked at.
    return by.rows(
        list.shown().isEmpty() ? most : names.size(),
        NAME_BYTES,
        () ->
            new Reply.Names(
                names.tailSet(list.from(), false).stream()
                    .filter(list.shown().orElse(_ -> true))
                    .limit(most)
                    .toList()));
  }

  static Reply unknown(String name) {
    return new Reply.Refused(ErrorCode.NONAMESPACE, name + " (expected: one that exists)");
  }

  /// Makes a namespace, unless there is one of another contract.
  Reply create(Namespace namespace) {
    synchronized (byName) {
      var there = byName.get(namespace.name());
      if (there != null) {
        var contract = there.projection().namespace();
        return contract.equals(namespace)
            ? new Reply.Done()
            : new Reply.Refused(
                ErrorCode.CONTRACT, "%s exists as %s".formatted(namespace.name(), shown(contract)));
      }
      if (byName.size() >= namespacesMax) {
        return new Reply.Refused(
            ErrorCode.LIMIT,
            "namespaces: %d (expected: at most %d)".formatted(byName.size() + 1, namespacesMax));
      }
      long bytes = use.bytes() + use.besideBytes();
      if (bytes >= use.limitBytes() && quotas.of(namespace.name()).indexFloor() == 0) {
        return new Reply.Refused(
            ErrorCode.LIMIT,
            "indexes: %d bytes (expected: less than %d); drop a namespace, or raise"
                    .formatted(bytes, use.limitBytes())
                + " index.memory-limit");
      }
      put(namespace);
      if (quotas.of(namespace.name()).indexFloor() > 0) {
        // Others make room for it, asked for or not.
        tidyAll();
      }
      return new Reply.Done();
    }
  }

  private void put(Namespace namespace) {
    int number = made++;
    var config = new IndexConfig(namespace.hashBytes(), true, use.limitBytes(), secret);
    var projection = new Projection(namespace, () -> indexes.apply(config), number, serverStart);
    var lane = lanes.get(number % lanes.size());
    byName.put(namespace.name(), new HostedNamespace(projection, lane, use, quotas));
    names.add(namespace.name());
  }

  /// Forgets a namespace; `default` is there again at once, and empty.
  Reply drop(String name) {
    synchronized (byName) {
      var dropped = byName.remove(name);
      if (dropped == null) {
        return unknown(name);
      }
      names.remove(name);
      dropped.drop();
      if (name.equals(Namespace.DEFAULT.name())) {
        put(Namespace.DEFAULT);
      }
      return new Reply.Done();
    }
  }

  /// The contract and sizes of a namespace.
  static Reply describe(Projection projection) {
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
    row.put("bytes", Value.of(projection.bytes()));
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
}
