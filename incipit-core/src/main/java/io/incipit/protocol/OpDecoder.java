// SPDX-License-Identifier: Apache-2.0
package io.incipit.protocol;

import io.incipit.block.BlockChain;
import io.incipit.block.Change;
import io.incipit.block.Cursor;
import io.incipit.block.ErrorCode;
import io.incipit.block.Namespace;
import io.incipit.block.Op;
import io.incipit.block.Tier;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;

/// Reads the operation that a request of a `KVC.` command asks for. Chains are views of the
/// request's bytes, and valid as long as those are. For one thread.
public final class OpDecoder {
  private static final String HEX = "HEX";
  private static final int INSPECT_BLOCKS = 16;
  private static final int OWNERS_LISTED = 1_000;

  private final ToIntFunction<String> hashBytesOf;
  private boolean hex;
  private int hashBytes;

  /// The namespace of the last request: mostly that of the next, whose name need not be made again.
  private String namespace = "";

  /// @param hashBytesOf bytes a hash in the namespace of a name; 0 if there is none
  public OpDecoder(ToIntFunction<String> hashBytesOf) {
    this.hashBytesOf = hashBytesOf;
  }

  /// Whether the last request ended with the word `HEX`: hashes in its reply are to be text.
  public boolean hex() {
    return hex;
  }

  /// Reads a request that [Command#accepts].
  public Op decode(Command command, Request request) throws RefusedException {
    hex = false;
    return switch (command) {
      case MATCH -> match(request);
      case SCORE -> score(request);
      case RUN -> run(request);
      case LOCATE -> locate(request);
      case PUBLISH -> publish(request);
      case NAMESPACE -> namespace(request);
      case OWNERS -> owners(request);
      case STATS -> stats(request);
      case INSPECT -> inspect(request);
      case PING, ECHO, HELLO, CLIENT, SELECT, RESET, QUIT, COMMAND, INFO, CONFIG ->
          throw new IllegalArgumentException(
              "command: %s (expected: one of KVC)".formatted(command.wireName()));
    };
  }

  private Op match(Request request) throws RefusedException {
    var namespace = open(request);
    var options = options(request, true);
    var chain = chain(request, 2, "hashes");
    return new Op.Match(
        namespace, chain, cursor(request, options), options.owners, options.tiers(), options.limit);
  }

  private Op score(Request request) throws RefusedException {
    var namespace = open(request);
    var options = options(request, false);
    var chain = chain(request, 2, "hashes");
    return new Op.Score(namespace, chain, cursor(request, options), options.limit);
  }

  /// The options behind a chain.
  private static final class Options {
    private int cursorAt;
    private int tierMask;
    private int limit = Limits.RECORDS_MAX;
    private List<String> owners = List.of();

    int tiers() {
      return tierMask == 0 ? Tier.ALL_MASK : tierMask;
    }
  }

  private Options options(Request request, boolean ofMatch) throws RefusedException {
    var options = new Options();
    for (int i = 3; i < request.count(); i += 2) {
      if (request.is(i, HEX) && i == request.count() - 1) {
        hex = true;
      } else if (i + 1 == request.count()) {
        throw syntax(
            "%s: the last word (expected: HEX, or an option and its value)"
                .formatted(shown(request, i)));
      } else if (request.is(i, "FROM")) {
        options.cursorAt = i + 1;
      } else if (request.is(i, "LIMIT")) {
        options.limit = (int) number(request, i + 1, "LIMIT", 0, Limits.RECORDS_MAX);
      } else if (ofMatch && request.is(i, "OWNER")) {
        options.owners = options.owners.isEmpty() ? new ArrayList<>(4) : options.owners;
        options.owners.add(name(request, i + 1, "owner"));
      } else if (ofMatch && request.is(i, "TIER")) {
        options.tierMask |= tier(request, i + 1).mask();
      } else {
        throw syntax(
            "%s (expected: FROM%s, LIMIT or HEX)"
                .formatted(shown(request, i), ofMatch ? ", OWNER, TIER" : ""));
      }
    }
    return options;
  }

  private Cursor cursor(Request request, Options options) throws RefusedException {
    if (options.cursorAt == 0) {
      return Cursor.NONE;
    }
    var bytes = hex ? unhex(request, options.cursorAt, "cursor") : request.copy(options.cursorAt);
    if (bytes.length > Cursor.BYTES_MAX) {
      throw syntax(
          "cursor: %d bytes (expected: at most %d)".formatted(bytes.length, Cursor.BYTES_MAX));
    }
    return Cursor.of(bytes);
  }

  private Op run(Request request) throws RefusedException {
    var namespace = open(request);
    lastWord(request, 4);
    int count = (int) number(request, 3, "count", 0, Limits.CHAIN_BLOCKS_MAX);
    return new Op.Run(namespace, hash(request, 2, "hash"), count);
  }

  private Op locate(Request request) throws RefusedException {
    var namespace = open(request);
    lastWord(request, 3);
    return new Op.Locate(namespace, chain(request, 2, "hashes"));
  }

  private Op inspect(Request request) throws RefusedException {
    var namespace = open(request);
    int words = request.count() - (request.is(request.count() - 1, HEX) ? 1 : 0);
    lastWord(request, Math.max(3, Math.min(words, 4)));
    int count =
        words < 4 ? INSPECT_BLOCKS : (int) number(request, 3, "count", 1, Limits.CHAIN_BLOCKS_MAX);
    return new Op.Inspect(namespace, hash(request, 2, "hash"), count);
  }

  /// Takes the word `HEX` behind the first `words`, and nothing else.
  private void lastWord(Request request, int words) throws RefusedException {
    if (request.count() > words) {
      hex = request.is(words, HEX);
      if (!hex || request.count() > words + 1) {
        int strange = hex ? words + 1 : words;
        throw syntax("%s (expected: HEX or nothing)".formatted(shown(request, strange)));
      }
    }
  }

  private Op publish(Request request) throws RefusedException {
    var namespace = open(request);
    var owner = name(request, 2, "owner");
    long incarnation = number(request, 3, "incarnation", 0, Long.MAX_VALUE);
    long seq = number(request, 4, "seq", 1, Long.MAX_VALUE);
    int end = request.count();
    if (end > 6 && request.is(end - 1, HEX)) {
      hex = true;
      end--;
    }
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
                .formatted(changes.size() + 1, shown(request, i), end - i, words));
      }
      changes.add(change(request, i));
      i += words;
    }
    return new Op.Publish(namespace, owner, incarnation, seq, changes);
  }

  /// Words of the change that starts at word `i`.
  private static int wordsOf(Request request, int i) throws RefusedException {
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
        "change: %s (expected: STORE, REMOVE, CLEAR or SYNCED)".formatted(shown(request, i)));
  }

  private Change change(Request request, int i) throws RefusedException {
    return switch (wordsOf(request, i)) {
      case 4 -> {
        var parent =
            request.length(i + 2) == 0
                ? BlockChain.empty(hashBytes)
                : hash(request, i + 2, "parent");
        yield new Change.Store(tier(request, i + 1), parent, chain(request, i + 3, "hashes"));
      }
      case 3 -> new Change.Remove(tier(request, i + 1), chain(request, i + 2, "hashes"));
      case 2 ->
          new Change.Clear(
              request.is(i + 1, "*") ? Optional.empty() : Optional.of(tier(request, i + 1)));
      default -> new Change.Synced();
    };
  }

  private static Op namespace(Request request) throws RefusedException {
    int words = request.count();
    if (request.is(1, "LIST") && words == 2) {
      return new Op.ListNamespaces("", Limits.RECORDS_MAX);
    }
    if (request.is(1, "DESCRIBE") && words == 3) {
      return new Op.DescribeNamespace(name(request, 2, "namespace"));
    }
    if (request.is(1, "DROP") && words == 3) {
      return new Op.DropNamespace(name(request, 2, "namespace"));
    }
    if (request.is(1, "CREATE") && words >= 3) {
      return create(request);
    }
    throw syntax(
        "%s with %d words (expected: CREATE name BLOCKTOKENS n HASHBYTES w ..., LIST,"
                .formatted(shown(request, 1), words)
            + " DESCRIBE name or DROP name)");
  }

  private static Op create(Request request) throws RefusedException {
    var name = name(request, 2, "namespace");
    int blockTokens = 0;
    int width = 0;
    String[] texts = {"", "", ""};
    for (int i = 3; i < request.count(); i += 2) {
      if (i + 1 == request.count()) {
        throw syntax("%s: no value (expected: one)".formatted(shown(request, i)));
      }
      if (request.is(i, "BLOCKTOKENS")) {
        blockTokens = (int) number(request, i + 1, "BLOCKTOKENS", 1, Namespace.BLOCK_TOKENS_MAX);
      } else if (request.is(i, "HASHBYTES")) {
        width = (int) number(request, i + 1, "HASHBYTES", 8, 32);
      } else {
        int field = request.is(i, "ALGORITHM") ? 0 : request.is(i, "MODEL") ? 1 : 2;
        if (field == 2 && !request.is(i, "LAYOUT")) {
          throw syntax(
              "%s (expected: BLOCKTOKENS, HASHBYTES, ALGORITHM, MODEL or LAYOUT)"
                  .formatted(shown(request, i)));
        }
        texts[field] = name(request, i + 1, request.text(i));
      }
    }
    if (blockTokens == 0 || width == 0) {
      throw syntax(
          "%s: missing (expected: BLOCKTOKENS n and HASHBYTES 8, 16 or 32)"
              .formatted(blockTokens == 0 ? "BLOCKTOKENS" : "HASHBYTES"));
    }
    if (!BlockChain.isHashBytes(width)) {
      throw syntax("HASHBYTES: %d (expected: 8, 16 or 32)".formatted(width));
    }
    return new Op.CreateNamespace(
        new Namespace(name, blockTokens, width, texts[0], texts[1], texts[2]));
  }

  private Op owners(Request request) throws RefusedException {
    var namespace = open(request);
    Optional<String> owner = Optional.empty();
    int from = 0;
    int limit = OWNERS_LISTED;
    for (int i = 2; i < request.count(); i++) {
      boolean last = i + 1 == request.count();
      if (!last && request.is(i, "FROM")) {
        from = (int) number(request, ++i, "FROM", 0, Integer.MAX_VALUE);
      } else if (!last && request.is(i, "LIMIT")) {
        limit = (int) number(request, ++i, "LIMIT", 1, Limits.RECORDS_MAX);
      } else if (i == 2) {
        owner = Optional.of(name(request, i, "owner"));
      } else {
        throw syntax("%s (expected: FROM number or LIMIT n)".formatted(shown(request, i)));
      }
    }
    return new Op.Owners(namespace, owner, from, limit);
  }

  private Op stats(Request request) throws RefusedException {
    if (request.count() > 2) {
      throw syntax("%s (expected: nothing behind the name)".formatted(shown(request, 2)));
    }
    return new Op.Stats(request.count() == 1 ? Optional.empty() : Optional.of(open(request)));
  }

  /// Reads the namespace, word 1, and takes its width for what follows.
  private String open(Request request) throws RefusedException {
    requireName(request, 1, "namespace");
    namespace = request.text(1, namespace);
    hashBytes = hashBytesOf.applyAsInt(namespace);
    if (hashBytes == 0) {
      throw new RefusedException(
          ErrorCode.NONAMESPACE, "%s (expected: one that exists)".formatted(namespace));
    }
    return namespace;
  }

  private static String name(Request request, int i, String what) throws RefusedException {
    requireName(request, i, what);
    return request.text(i);
  }

  private static void requireName(Request request, int i, String what) throws RefusedException {
    int length = request.length(i);
    if (length == 0 || length > Limits.NAME_BYTES_MAX) {
      throw new RefusedException(
          ErrorCode.LIMIT,
          "%s: %d bytes (expected: 1 to %d)".formatted(what, length, Limits.NAME_BYTES_MAX));
    }
  }

  private static Tier tier(Request request, int i) throws RefusedException {
    return Tier.parse(shown(request, i))
        .orElseThrow(
            () ->
                syntax(
                    "tier: %s (expected: GPU, HOST, DISK or REMOTE)".formatted(shown(request, i))));
  }

  private BlockChain hash(Request request, int i, String what) throws RefusedException {
    var chain = chain(request, i, what);
    if (chain.length() != 1) {
      throw new RefusedException(
          ErrorCode.WIDTH,
          "%s: %d bytes (expected: one hash, %d)"
              .formatted(what, request.length(i), hex ? 2 * hashBytes : hashBytes));
    }
    return chain;
  }

  private BlockChain chain(Request request, int i, String what) throws RefusedException {
    int width = hex ? 2 * hashBytes : hashBytes;
    int length = request.length(i);
    if (length % width != 0) {
      throw new RefusedException(
          ErrorCode.WIDTH,
          "%s: %d bytes (expected: a multiple of %d)".formatted(what, length, width));
    }
    int blocks = length / width;
    if (blocks > Limits.CHAIN_BLOCKS_MAX) {
      throw new RefusedException(
          ErrorCode.LIMIT,
          "%s: %d blocks (expected: at most %d)".formatted(what, blocks, Limits.CHAIN_BLOCKS_MAX));
    }
    return hex
        ? BlockChain.wrap(unhex(request, i, what), 0, blocks, hashBytes)
        : BlockChain.wrap(request.bytes(), request.offset(i), blocks, hashBytes);
  }

  private static byte[] unhex(Request request, int i, String what) throws RefusedException {
    try {
      return HexFormat.of().parseHex(request.text(i));
    } catch (IllegalArgumentException notHex) {
      throw syntax("%s: %s (expected: hex digits)".formatted(what, shown(request, i)));
    }
  }

  private static long number(Request request, int i, String what, long min, long max)
      throws RefusedException {
    try {
      long value = Long.parseLong(shown(request, i));
      if (value >= min && value <= max) {
        return value;
      }
    } catch (NumberFormatException notANumber) {
      // Refused below, like one that is out of range.
    }
    throw syntax(
        "%s: %s (expected: a number, %d to %d)".formatted(what, shown(request, i), min, max));
  }

  /// A word as it may stand in an error: short, and in printable characters.
  private static String shown(Request request, int i) {
    var text = request.length(i) <= Limits.NAME_BYTES_MAX ? request.text(i) : "";
    boolean plain = !text.isEmpty() && text.chars().allMatch(c -> c > ' ' && c < 127);
    return plain ? text : "%d bytes".formatted(request.length(i));
  }

  private static RefusedException syntax(String detail) {
    return new RefusedException(ErrorCode.SYNTAX, detail);
  }
}
