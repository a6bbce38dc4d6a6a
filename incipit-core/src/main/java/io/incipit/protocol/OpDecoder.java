// SPDX-License-Identifier: Apache-2.0
package io.incipit.protocol;

import io.incipit.block.Change;
import io.incipit.block.Cursor;
import io.incipit.block.ErrorCode;
import io.incipit.block.Hint;
import io.incipit.block.Namespace;
import io.incipit.block.Op;
import io.incipit.block.Tier;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;

/// Reads the operation that a request of a `KVC.` command asks for. Chains are views of the
/// request's bytes, and valid as long as those are. For one thread.
public final class OpDecoder {
  private static final int INSPECT_BLOCKS = 16;
  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final int OWNERS_LISTED = 1_000;

  private final ToIntFunction<String> hashBytesOf;
  private final Arguments arguments = new Arguments();

  /// The namespace of the last request: mostly that of the next, whose name need not be made again.
  private String namespace = "";

  /// @param hashBytesOf bytes a hash in the namespace of a name; 0 if there is none
  public OpDecoder(ToIntFunction<String> hashBytesOf) {
    this.hashBytesOf = hashBytesOf;
  }

  /// Whether the last request ended with the word `HEX`: its reply is to be all text.
  public boolean hex() {
    return arguments.hex();
  }

  /// Reads a request that [Command#accepts].
  public Op decode(Command command, Request request) throws RefusedException {
    arguments.begin(request);
    return switch (command) {
      case MATCH -> match(request);
      case SCORE -> score(request);
      case RUN -> run(request);
      case LOCATE -> locate(request);
      case PUBLISH -> publish(request);
      case HINT -> hint(request);
      case NAMESPACE -> namespace(request);
      case OWNERS -> owners(request);
      case ENGINES -> engines(request);
      case STATS -> stats(request);
      case INSPECT -> inspect(request);
      default ->
          throw new IllegalArgumentException(
              "command: %s (expected: one of KVC)".formatted(command.wireName()));
    };
  }

  private Op match(Request request) throws RefusedException {
    var namespace = open(request);
    var options = options(request, false);
    var chain = arguments.chain(2, "hashes");
    return new Op.Match(
        namespace, chain, options.cursor, options.owners, options.tiers(), options.limit);
  }

  private Op score(Request request) throws RefusedException {
    var namespace = open(request);
    var options = options(request, true);
    var chain = arguments.chain(2, "hashes");
    return new Op.Score(
        namespace,
        chain,
        options.cursor,
        options.owners,
        options.tiers(),
        options.limit,
        options.names,
        options.all);
  }

  /// The options behind a chain.
  private static final class Options {
    private Cursor cursor = Cursor.NONE;
    private int tierMask;
    private int limit = Limits.RECORDS_MAX;
    private boolean names;
    private boolean all;
    private List<String> owners = List.of();

    int tiers() {
      return tierMask == 0 ? Tier.ALL_MASK : tierMask;
    }
  }

  private Options options(Request request, boolean ofScore) throws RefusedException {
    var options = new Options();
    int end = endOfOptions(request, ofScore);
    for (int i = 3; i < end; i += 2) {
      if (ofScore && request.is(i, "NAMES")) {
        options.names = true;
        i--;
      } else if (ofScore && request.is(i, "ALL")) {
        options.all = true;
        i--;
      } else if (i + 1 == end) {
        throw syntax(
            "%s: the last word (expected: HEX, or an option and its value)"
                .formatted(arguments.shown(i)));
      } else if (request.is(i, "FROM")) {
        options.cursor = arguments.cursor(i + 1);
      } else if (request.is(i, "LIMIT")) {
        options.limit = arguments.count(i + 1, "LIMIT", 0, Limits.RECORDS_MAX);
      } else if (request.is(i, "OWNER")) {
        options.owners = options.owners.isEmpty() ? new ArrayList<>(4) : options.owners;
        options.owners.add(arguments.name(i + 1, "owner"));
      } else if (request.is(i, "TIER")) {
        options.tierMask |= arguments.tier(i + 1).mask();
      } else {
        throw syntax(
            "%s (expected: FROM, OWNER, TIER, LIMIT%s or HEX)"
                .formatted(arguments.shown(i), ofScore ? ", NAMES, ALL" : ""));
      }
    }
    return options;
  }

  /// Takes the word `HEX` behind the options, where it is not the value of one.
  private int endOfOptions(Request request, boolean ofScore) {
    int at = 3;
    while (at < request.count() - 1) {
      at += ofScore && (request.is(at, "NAMES") || request.is(at, "ALL")) ? 1 : 2;
    }
    return arguments.takeHex(at);
  }

  private Op run(Request request) throws RefusedException {
    var namespace = open(request);
    int from = from(request, 4);
    int count = arguments.count(3, "count", 0, Limits.CHAIN_BLOCKS_MAX);
    return new Op.Run(namespace, arguments.hash(2, "hash"), from, count);
  }

  private Op locate(Request request) throws RefusedException {
    var namespace = open(request);
    int end = arguments.takeHex(3);
    if (end > 3) {
      throw syntax("%s (expected: HEX or nothing)".formatted(arguments.shown(3)));
    }
    return new Op.Locate(namespace, arguments.chain(2, "hashes"));
  }

  private Op hint(Request request) throws RefusedException {
    var namespace = open(request);
    boolean back = request.is(2, "BACK");
    if (!back && !request.is(2, "DONE")) {
      throw syntax("%s (expected: DONE or BACK)".formatted(arguments.shown(2)));
    }
    int at = back ? 4 : 3;
    if (request.count() <= at) {
      throw syntax("BACK: the last word but one (expected: milliseconds and hashes)");
    }
    int end = arguments.takeHex(at + 1);
    if (end > at + 1) {
      throw syntax("%s (expected: HEX or nothing)".formatted(arguments.shown(at + 1)));
    }
    long afterMs = back ? arguments.count(3, "milliseconds", 0, Limits.HINT_BACK_MS_MAX) : 0;
    var hint = back ? new Hint.Back(NANOS_PER_MILLI * afterMs) : Hint.DONE;
    return new Op.Foretell(namespace, hint, arguments.chain(at, "hashes"));
  }

  private Op inspect(Request request) throws RefusedException {
    var namespace = open(request);
    boolean counted = arguments.takeHex(3) > 3 && !request.is(3, "FROM");
    int from = from(request, counted ? 4 : 3);
    int count = counted ? arguments.count(3, "count", 1, Limits.CHAIN_BLOCKS_MAX) : INSPECT_BLOCKS;
    return new Op.Inspect(namespace, arguments.hash(2, "hash"), from, count);
  }

  /// Takes the words `FROM n` and `HEX` from word `at` on, and nothing else.
  private int from(Request request, int at) throws RefusedException {
    int end = arguments.takeHex(at);
    boolean given = end == at + 2 && request.is(at, "FROM");
    if (end > at && !given) {
      throw syntax("%s (expected: FROM n, HEX or nothing)".formatted(arguments.shown(at)));
    }
    return given ? (int) arguments.number(at + 1, "FROM", 0, Integer.MAX_VALUE) : 0;
  }

  private Op publish(Request request) throws RefusedException {
    var namespace = open(request);
    var owner = arguments.name(2, "owner");
    long incarnation = arguments.number(3, "incarnation", 0, Long.MAX_VALUE);
    long seq = arguments.number(4, "seq", 1, Long.MAX_VALUE);
    int end = arguments.takeHex(5);
    var changes = new ArrayList<Change>(1);
    for (int i = 5; i < end; ) {
      if (changes.size() == Limits.CHANGES_MAX) {
        throw new RefusedException(
            ErrorCode.LIMIT, "changes: more (expected: at most %d)".formatted(Limits.CHANGES_MAX));
      }
      int words = wordsOf(request, i);
      if (i + words > end) {
        throw syntax(
            "change %d: %s with %d words (expected: %d)"
                .formatted(changes.size() + 1, arguments.shown(i), end - i, words));
      }
      boolean skips = words == 4 && i + 5 < end && request.is(i + 4, "SKIP");
      changes.add(skips ? store(i, i + 5) : change(request, i, words));
      i += skips ? 6 : words;
    }
    return new Op.Publish(namespace, owner, incarnation, seq, changes);
  }

  /// Words of the change that starts at word `i`, without `SKIP n`.
  private int wordsOf(Request request, int i) throws RefusedException {
    if (request.is(i, "STORE")) {
      return 4;
    }
    if (request.is(i, "REMOVE")) {
      return 3;
    }
    if (request.is(i, "CLEAR")) {
      return 2;
    }
    if (request.is(i, "SYNCED")) {
      return 1;
    }
    throw syntax(
        "change: %s (expected: STORE, REMOVE, CLEAR or SYNCED)".formatted(arguments.shown(i)));
  }

  private Change change(Request request, int i, int words) throws RefusedException {
    return switch (words) {
      case 4 -> store(i, 0);
      case 3 -> new Change.Remove(arguments.tier(i + 1), arguments.chain(i + 2, "hashes"));
      case 2 ->
          new Change.Clear(
              request.is(i + 1, "*") ? Optional.empty() : Optional.of(arguments.tier(i + 1)));
      default -> new Change.Synced();
    };
  }

  /// Reads the `STORE` at word `i`.
  ///
  /// @param skipAt word that says how many hashes are not held; 0 if there is none
  private Change store(int i, int skipAt) throws RefusedException {
    var tier = arguments.tier(i + 1);
    var parent = arguments.parent(i + 2);
    var hashes = arguments.chain(i + 3, "hashes");
    int skip = skipAt == 0 ? 0 : (int) arguments.number(skipAt, "SKIP", 0, hashes.length());
    return new Change.Store(tier, parent, hashes, skip);
  }

  private Op namespace(Request request) throws RefusedException {
    int words = request.count();
    if (request.is(1, "LIST")) {
      return list(request);
    }
    if (request.is(1, "DESCRIBE") && words == 3) {
      return new Op.DescribeNamespace(arguments.name(2, "namespace"));
    }
    if (request.is(1, "DROP") && words == 3) {
      return new Op.DropNamespace(arguments.name(2, "namespace"));
    }
    if (request.is(1, "CREATE") && words >= 3) {
      return create(request);
    }
    throw syntax(
        "%s with %d words (expected: CREATE name BLOCKTOKENS n HASHBYTES w ..., LIST,"
                .formatted(arguments.shown(1), words)
            + " DESCRIBE name, DROP name or HELP)");
  }

  private Op list(Request request) throws RefusedException {
    var from = "";
    int limit = Limits.RECORDS_MAX;
    for (int i = 2; i < request.count(); i += 2) {
      boolean hasValue = i + 1 < request.count();
      if (hasValue && request.is(i, "FROM")) {
        from = arguments.name(i + 1, "FROM");
      } else if (hasValue && request.is(i, "LIMIT")) {
        limit = arguments.count(i + 1, "LIMIT", 1, Limits.RECORDS_MAX);
      } else {
        throw syntax("%s (expected: FROM name or LIMIT n)".formatted(arguments.shown(i)));
      }
    }
    return new Op.ListNamespaces(from, limit);
  }

  private Op create(Request request) throws RefusedException {
    var name = arguments.name(2, "namespace");
    int blockTokens = 0;
    int width = 0;
    String[] texts = {"", "", ""};
    for (int i = 3; i < request.count(); i += 2) {
      if (i + 1 == request.count()) {
        throw syntax("%s: no value (expected: one)".formatted(arguments.shown(i)));
      }
      if (request.is(i, "BLOCKTOKENS")) {
        blockTokens = arguments.count(i + 1, "BLOCKTOKENS", 1, Namespace.BLOCK_TOKENS_MAX);
      } else if (request.is(i, "HASHBYTES")) {
        width = width(i + 1);
      } else {
        int field = request.is(i, "ALGORITHM") ? 0 : request.is(i, "MODEL") ? 1 : 2;
        if (field == 2 && !request.is(i, "LAYOUT")) {
          throw syntax(
              "%s (expected: BLOCKTOKENS, HASHBYTES, ALGORITHM, MODEL or LAYOUT)"
                  .formatted(arguments.shown(i)));
        }
        texts[field] = arguments.name(i + 1, request.text(i));
      }
    }
    if (blockTokens == 0 || width == 0) {
      throw syntax(
          "%s: missing (expected: BLOCKTOKENS n and HASHBYTES 8, 16 or 32)"
              .formatted(blockTokens == 0 ? "BLOCKTOKENS" : "HASHBYTES"));
    }
    return new Op.CreateNamespace(
        new Namespace(name, blockTokens, width, texts[0], texts[1], texts[2]));
  }

  private int width(int i) throws RefusedException {
    return switch (arguments.shown(i)) {
      case "8" -> 8;
      case "16" -> 16;
      case "32" -> 32;
      default ->
          throw syntax("HASHBYTES: %s (expected: 8, 16 or 32)".formatted(arguments.shown(i)));
    };
  }

  private Op owners(Request request) throws RefusedException {
    var namespace = open(request);
    Optional<String> owner = Optional.empty();
    int from = 0;
    int limit = OWNERS_LISTED;
    for (int i = 2; i < request.count(); i++) {
      boolean last = i + 1 == request.count();
      if (!last && request.is(i, "FROM")) {
        from = (int) arguments.number(++i, "FROM", 0, 0xffff_ffffL);
      } else if (!last && request.is(i, "LIMIT")) {
        limit = arguments.count(++i, "LIMIT", 1, Limits.RECORDS_MAX);
      } else if (i == 2) {
        owner = Optional.of(arguments.name(i, "owner"));
      } else {
        throw syntax("%s (expected: FROM number or LIMIT n)".formatted(arguments.shown(i)));
      }
    }
    return new Op.Owners(namespace, owner, from, limit);
  }

  private Op engines(Request request) throws RefusedException {
    int from = 0;
    int limit = OWNERS_LISTED;
    for (int i = 1; i < request.count(); i++) {
      boolean last = i + 1 == request.count();
      if (!last && request.is(i, "FROM")) {
        from = arguments.count(++i, "FROM", 0, Integer.MAX_VALUE);
      } else if (!last && request.is(i, "LIMIT")) {
        limit = arguments.count(++i, "LIMIT", 1, Limits.RECORDS_MAX);
      } else {
        throw syntax("%s (expected: FROM n or LIMIT n)".formatted(arguments.shown(i)));
      }
    }
    return new Op.Engines(from, limit);
  }

  private Op stats(Request request) throws RefusedException {
    if (request.count() > 2) {
      throw syntax("%s (expected: nothing behind the name)".formatted(arguments.shown(2)));
    }
    return new Op.Stats(request.count() == 1 ? Optional.empty() : Optional.of(open(request)));
  }

  /// Reads the namespace, word 1, and takes its width for what follows.
  private String open(Request request) throws RefusedException {
    arguments.requireName(1, "namespace");
    namespace = request.text(1, namespace);
    int hashBytes = hashBytesOf.applyAsInt(namespace);
    if (hashBytes == 0) {
      throw new RefusedException(
          ErrorCode.NONAMESPACE, "%s (expected: one that exists)".formatted(namespace));
    }
    arguments.hashBytes(hashBytes);
    return namespace;
  }

  private static RefusedException syntax(String detail) {
    return Arguments.syntax(detail);
  }
}
