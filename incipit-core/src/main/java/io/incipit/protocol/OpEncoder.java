// SPDX-License-Identifier: Apache-2.0
package io.incipit.protocol;

import io.incipit.block.BlockChain;
import io.incipit.block.Change;
import io.incipit.block.Cursor;
import io.incipit.block.Hint;
import io.incipit.block.Namespace;
import io.incipit.block.Op;
import io.incipit.block.Tier;
import java.util.List;

/// Writes operations as requests.
public final class OpEncoder {
  private static final long NANOS_PER_MILLI = 1_000_000;

  private OpEncoder() {}

  /// Appends the request that asks for `op`.
  public static void encode(Op op, RespBuffer out) {
    switch (op) {
      case Op.Match match -> match(match, out);
      case Op.Score score -> score(score, out);
      case Op.Run(var namespace, var hash, var from, var count) -> {
        begin(out, Command.RUN, from == 0 ? 3 : 5).bulk(namespace);
        chain(out, hash);
        out.bulk(Integer.toString(count));
        from(out, from);
      }
      case Op.Locate(var namespace, var hashes) -> {
        begin(out, Command.LOCATE, 2).bulk(namespace);
        chain(out, hashes);
      }
      case Op.Publish publish -> publish(publish, out);
      case Op.Foretell(var namespace, var hint, var path) -> hint(namespace, hint, path, out);
      case Op.CreateNamespace(var namespace) -> create(namespace, out);
      case Op.ListNamespaces(var from, var limit, _) -> {
        begin(out, Command.NAMESPACE, from.isEmpty() ? 3 : 5).bulk("LIST");
        if (!from.isEmpty()) {
          out.bulk("FROM").bulk(from);
        }
        out.bulk("LIMIT").bulk(Integer.toString(limit));
      }
      case Op.DescribeNamespace(var name) ->
          begin(out, Command.NAMESPACE, 2).bulk("DESCRIBE").bulk(name);
      case Op.DropNamespace(var name) -> begin(out, Command.NAMESPACE, 2).bulk("DROP").bulk(name);
      case Op.Owners owners -> {
        begin(out, Command.OWNERS, owners.owner().isPresent() ? 2 : 5).bulk(owners.namespace());
        owners
            .owner()
            .ifPresentOrElse(
                out::bulk,
                () -> {
                  out.bulk("FROM").bulk(Integer.toUnsignedString(owners.from()));
                  out.bulk("LIMIT").bulk(Integer.toString(owners.limit()));
                });
      }
      case Op.Engines(int from, int limit) -> {
        begin(out, Command.ENGINES, 4).bulk("FROM").bulk(Integer.toString(from));
        out.bulk("LIMIT").bulk(Integer.toString(limit));
      }
      case Op.Stats(var namespace) -> {
        begin(out, Command.STATS, namespace.isPresent() ? 1 : 0);
        namespace.ifPresent(out::bulk);
      }
      case Op.Inspect(var namespace, var hash, var from, var count) -> {
        begin(out, Command.INSPECT, from == 0 ? 3 : 5).bulk(namespace);
        chain(out, hash);
        out.bulk(Integer.toString(count));
        from(out, from);
      }
    }
  }

  private static RespBuffer begin(RespBuffer out, Command command, int words) {
    return out.array(1 + words).bulk(command.wireName());
  }

  private static void match(Op.Match match, RespBuffer out) {
    int words = 4 + fromWords(match.from()) + eligibleWords(match.owners(), match.tierMask());
    begin(out, Command.MATCH, words).bulk(match.namespace());
    chain(out, match.hashes());
    from(out, match.from());
    eligible(out, match.owners(), match.tierMask());
    out.bulk("LIMIT").bulk(Integer.toString(match.limit()));
  }

  private static void score(Op.Score score, RespBuffer out) {
    int words =
        4
            + fromWords(score.from())
            + eligibleWords(score.owners(), score.tierMask())
            + (score.names() ? 1 : 0)
            + (score.all() ? 1 : 0);
    begin(out, Command.SCORE, words).bulk(score.namespace());
    chain(out, score.hashes());
    from(out, score.from());
    eligible(out, score.owners(), score.tierMask());
    out.bulk("LIMIT").bulk(Integer.toString(score.limit()));
    if (score.names()) {
      out.bulk("NAMES");
    }
    if (score.all()) {
      out.bulk("ALL");
    }
  }

  private static int eligibleWords(List<String> owners, int tierMask) {
    return 2 * owners.size() + 2 * (tierMask == Tier.ALL_MASK ? 0 : Integer.bitCount(tierMask));
  }

  private static void eligible(RespBuffer out, List<String> owners, int tierMask) {
    owners.forEach(owner -> out.bulk("OWNER").bulk(owner));
    for (int code = 0; tierMask != Tier.ALL_MASK && code < Tier.COUNT; code++) {
      if ((tierMask >>> code & 1) != 0) {
        out.bulk("TIER").bulk(Tier.of(code).name());
      }
    }
  }

  private static int fromWords(Cursor from) {
    return from.isNone() ? 0 : 2;
  }

  private static void from(RespBuffer out, Cursor from) {
    if (!from.isNone()) {
      out.bulk("FROM").bulk(from.toBytes());
    }
  }

  private static void from(RespBuffer out, int from) {
    if (from != 0) {
      out.bulk("FROM").bulk(Integer.toString(from));
    }
  }

  private static void publish(Op.Publish publish, RespBuffer out) {
    begin(out, Command.PUBLISH, 4 + words(publish.changes())).bulk(publish.namespace());
    out.bulk(publish.owner());
    out.bulk(Long.toString(publish.incarnation())).bulk(Long.toString(publish.seq()));
    for (var change : publish.changes()) {
      switch (change) {
        case Change.Store(var tier, var parent, var hashes, var skip) -> {
          out.bulk("STORE").bulk(tier.name());
          chain(out, parent);
          chain(out, hashes);
          if (skip > 0) {
            out.bulk("SKIP").bulk(Integer.toString(skip));
          }
        }
        case Change.Remove(var tier, var hashes) -> {
          out.bulk("REMOVE").bulk(tier.name());
          chain(out, hashes);
        }
        case Change.Clear(var tier) ->
            out.bulk("CLEAR").bulk(tier.isPresent() ? tier.get().name() : "*");
        case Change.Synced() -> out.bulk("SYNCED");
      }
    }
  }

  private static void hint(String namespace, Hint hint, BlockChain path, RespBuffer out) {
    switch (hint) {
      case Hint.Done() -> begin(out, Command.HINT, 3).bulk(namespace).bulk("DONE");
      case Hint.Back(var afterNs) -> {
        begin(out, Command.HINT, 4).bulk(namespace).bulk("BACK");
        out.bulk(Long.toString(Math.ceilDiv(afterNs, NANOS_PER_MILLI)));
      }
      case Hint.None() ->
          throw new IllegalArgumentException("hint: none (expected: done, or back at a time)");
    }
    chain(out, path);
  }

  private static int words(List<Change> changes) {
    int words = 0;
    for (var change : changes) {
      words +=
          switch (change) {
            case Change.Store store -> store.skip() == 0 ? 4 : 6;
            case Change.Remove _ -> 3;
            case Change.Clear _ -> 2;
            case Change.Synced _ -> 1;
          };
    }
    return words;
  }

  private static void create(Namespace namespace, RespBuffer out) {
    var options =
        new String[][] {
          {"ALGORITHM", namespace.algorithm()},
          {"MODEL", namespace.model()},
          {"LAYOUT", namespace.layout()}
        };
    int words = 6;
    for (var option : options) {
      words += option[1].isEmpty() ? 0 : 2;
    }
    begin(out, Command.NAMESPACE, words).bulk("CREATE").bulk(namespace.name());
    out.bulk("BLOCKTOKENS").bulk(Integer.toString(namespace.blockTokens()));
    out.bulk("HASHBYTES").bulk(Integer.toString(namespace.hashBytes()));
    for (var option : options) {
      if (!option[1].isEmpty()) {
        out.bulk(option[0]).bulk(option[1]);
      }
    }
  }

  private static void chain(RespBuffer out, BlockChain chain) {
    int at = out.beginBulk(chain.length() * chain.hashBytes());
    chain.copyTo(out.array(), at);
  }
}
