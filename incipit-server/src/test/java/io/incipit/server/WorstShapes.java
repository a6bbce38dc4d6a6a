// SPDX-License-Identifier: Apache-2.0
package io.incipit.server;

import static io.incipit.server.Frames.ascii;
import static io.incipit.server.Frames.request;

import io.incipit.protocol.Command;
import io.incipit.protocol.Limits;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/// What a server is filled with, and for each command the requests that cost it the most: the
/// largest frames, and small ones with the largest replies.
final class WorstShapes {
  /// Workers that hold one block, as a system prompt is held.
  static final int WORKERS = 1_000;

  /// Owners of the crowded block, each in all tiers.
  static final int CROWD = 65_536;

  /// More than a frame may have: it goes where it is kept as it comes.
  private static final int VALUE_BYTES = 64 << 20;

  private static final int HASH_BYTES = 8;
  private static final String NS = "default";
  private static final String CROWDED = "crowd";
  private static final List<String> TIERS = List.of("GPU", "HOST", "DISK", "REMOTE");

  /// The block that all workers hold.
  private static final byte[] SHARED = hash(0xABCDEF);

  private WorstShapes() {}

  private static byte[] hash(long value) {
    return ByteBuffer.allocate(HASH_BYTES).putLong(value).array();
  }

  /// `count` hashes from `first` on.
  private static byte[] chain(long first, int count) {
    var chain = ByteBuffer.allocate(count * HASH_BYTES);
    for (int i = 0; i < count; i++) {
      chain.putLong(first + i);
    }
    return chain.array();
  }

  /// One hash, many times.
  private static byte[] repeated(byte[] hash, int count) {
    var all = new byte[count * hash.length];
    for (int i = 0; i < count; i++) {
      System.arraycopy(hash, 0, all, i * hash.length, hash.length);
    }
    return all;
  }

  /// The requests that fill a server: a block that a thousand workers hold, one that all owners
  /// there may be hold in all tiers, the longest chain, held once by one and once block by block by
  /// two in turn.
  static List<byte[]> fill() {
    var requests = new ArrayList<byte[]>();
    for (int worker = 0; worker < WORKERS; worker++) {
      requests.add(request("KVC.PUBLISH", NS, "w" + worker, "1", "1", "STORE", "GPU", "", SHARED));
    }
    requests.add(
        request("KVC.NAMESPACE", "CREATE", CROWDED, "BLOCKTOKENS", "16", "HASHBYTES", "8"));
    for (int owner = 0; owner < CROWD; owner++) {
      var words = new ArrayList<Object>(List.of("KVC.PUBLISH", CROWDED, "w" + owner, "1", "1"));
      TIERS.forEach(tier -> words.addAll(List.of("STORE", tier, "", SHARED)));
      requests.add(request(words.toArray()));
    }
    int longest = Limits.CHAIN_BLOCKS_MAX;
    requests.add(
        request("KVC.PUBLISH", NS, "long", "1", "1", "STORE", "GPU", "", chain(1 << 20, longest)));
    return requests;
  }

  /// `MSET` of so many words: keys of their own, and a value.
  private static Object[] pairs(int words) {
    var all = new ArrayList<Object>(List.of("MSET"));
    for (int i = 0; i < words / 2; i++) {
      all.add("key-" + i);
      all.add("value");
    }
    return all.toArray();
  }

  /// The most values that one fetch may ask for, all of them there.
  private static byte[] fetch() {
    var all = new ArrayList<Object>(List.of("KVC.FETCH", "86400000"));
    for (int i = 0; i < Limits.ARGUMENTS_MAX / 2 - 1; i++) {
      all.addAll(List.of("key-" + i, "key-" + i));
    }
    return request(all.toArray());
  }

  private static List<byte[]> ofValues(Command command) {
    return switch (command) {
      case SET, SETNX ->
          List.of(
              request(command.wireName(), filler(Limits.KEY_BYTES_MAX), filler(VALUE_BYTES)),
              request(command.wireName(), filler(Limits.FRAME_BYTES_MAX - 100), "v"),
              manyWords(command));
      case SETEX, PSETEX -> List.of(request(command.wireName(), "k", "1", filler(VALUE_BYTES)));
      case MSET ->
          List.of(
              request("MSET", "k", filler(Limits.FRAME_BYTES_MAX - 100)),
              manyWords(command),
              request(pairs(Limits.ARGUMENTS_MAX - 1)));
      case GET, STRLEN, TYPE, TTL, PTTL, PERSIST, KEYS ->
          List.of(
              request(command.wireName(), filler(Limits.KEY_BYTES_MAX)),
              request(command.wireName(), filler(Limits.FRAME_BYTES_MAX - 100)));
      case GETRANGE -> List.of(request("GETRANGE", filler(Limits.KEY_BYTES_MAX), "0", "-1"));
      case MGET, EXISTS, TOUCH, DEL, UNLINK, SCAN, FLUSHDB, FLUSHALL, EXPIRE, PEXPIRE ->
          List.of(manyWords(command), request(command.wireName(), "0", "1"));
      case FETCH -> List.of(fetch());
      case EXPIREAT, PEXPIREAT -> List.of(manyWords(command));
      case DBSIZE -> List.of(request("DBSIZE"));
      default -> throw new IllegalArgumentException(command.wireName());
    };
  }

  private static List<byte[]> locates() {
    return List.of(
        request("KVC.LOCATE", NS, repeated(SHARED, 65_536)),
        request("KVC.LOCATE", NS, repeated(SHARED, Limits.CHAIN_BLOCKS_MAX)),
        request("KVC.LOCATE", NS, hex(repeated(SHARED, 65_536)), "HEX"),
        request("KVC.LOCATE", CROWDED, repeated(SHARED, 65_536)),
        request("KVC.LOCATE", CROWDED, SHARED),
        request("KVC.LOCATE", NS, chain(1 << 20, Limits.CHAIN_BLOCKS_MAX)));
  }

  private static List<byte[]> hints() {
    return List.of(
        request("KVC.HINT", NS, "DONE", chain(1 << 20, Limits.CHAIN_BLOCKS_MAX)),
        request("KVC.HINT", NS, "BACK", "86400000", hex(repeated(SHARED, 65_536)), "HEX"));
  }

  private static List<byte[]> blocks(Command command) {
    var attach = request("KVC.ATTACH", NS);
    return switch (command) {
      case PUT ->
          List.of(
              attach,
              request("KVC.PUT", NS, "put", hash(1), hash(2), "0/4096", filler(32 << 10)),
              request("KVC.PUT", NS, "put", hash(1), hash(3), "4095/4096", filler(16 << 20)));
      case READ, WHERE ->
          List.of(
              attach,
              request(command.wireName(), "0", NS, "0", chain(1 << 20, 16_384)),
              request(command.wireName(), "0", NS, "0", hex(repeated(SHARED, 16_384)), "HEX"));
      case EXPLAIN ->
          List.of(
              request("KVC.EXPLAIN", CROWDED, repeated(SHARED, Limits.EXPLAIN_BLOCKS_MAX)),
              request("KVC.EXPLAIN", NS, chain(1 << 20, Limits.EXPLAIN_BLOCKS_MAX)),
              request("KVC.EXPLAIN", NS, chain(1 << 20, Limits.CHAIN_BLOCKS_MAX)));
      case HOT -> List.of(request("KVC.HOT", NS, "256"), request("KVC.HOT", CROWDED, "257"));
      case TOUCH_BLOCKS, UNPIN ->
          List.of(
              request(command.wireName(), NS, chain(1 << 20, Limits.READ_BLOCKS_MAX)),
              request(command.wireName(), NS, chain(1 << 20, Limits.CHAIN_BLOCKS_MAX)));
      case PIN ->
          List.of(
              request("KVC.PIN", NS, "HARD", "86400000", chain(1 << 20, Limits.READ_BLOCKS_MAX)),
              request("KVC.PIN", NS, "SOFT", "1", chain(1 << 20, Limits.CHAIN_BLOCKS_MAX)));
      case HINTS ->
          List.of(
              request("KVC.HINTS", NS, fetches(Limits.READ_BLOCKS_MAX)),
              request("KVC.HINTS", NS, filler(Limits.FRAME_BYTES_MAX - 100)));
      case SALTS ->
          List.of(request("KVC.SALTS", "1024"), request("KVC.SALTS", "NAMESPACES", "1024"));
      default -> List.of(attach, request(command.wireName(), NS, "put"));
    };
  }

  /// An envelope of hints about so many blocks.
  private static String fetches(int count) {
    return """
        {"protocol_version":1,"message_id":"m","actions":[{"action_id":"a",\
        "action_type":"kv.fetch","action_version":"1.0","payload":{"block_hashes":[%s1]}}]}"""
        .formatted("1,".repeat(count - 1));
  }

  private static List<byte[]> runs() {
    return List.of(
        request("KVC.RUN", NS, hash(1 << 20), "131072"),
        request("KVC.RUN", NS, hex(hash(1 << 20)), "131072", "HEX"),
        request("KVC.RUN", NS, hash((1 << 20) - 1), "131072"),
        request("KVC.RUN", CROWDED, SHARED, "131072"));
  }

  private static List<byte[]> inspections() {
    return List.of(
        request("KVC.INSPECT", NS, hash(1 << 20), "131072"),
        request("KVC.INSPECT", NS, hex(hash(1 << 20)), "131072", "HEX"),
        request("KVC.INSPECT", CROWDED, SHARED, "131072"),
        request("KVC.INSPECT", CROWDED, hex(SHARED), "131072", "HEX"));
  }

  private static List<byte[]> owners() {
    return List.of(
        request("KVC.OWNERS", CROWDED),
        request("KVC.OWNERS", CROWDED, "LIMIT", "1000000"),
        request("KVC.OWNERS", CROWDED, "FROM", "0", "LIMIT", Integer.toString(Limits.RECORDS_MAX)));
  }

  /// The requests that cost the most; a command that has none does not compile.
  static List<byte[]> of(Command command) {
    return switch (command) {
      case MATCH -> questions("KVC.MATCH");
      case SCORE -> questions("KVC.SCORE");
      case LOCATE -> locates();
      case HINT -> hints();
      case ATTACH, PUT, COMMIT, ABORT, READ, WHERE, EXPLAIN, HOT, TOUCH_BLOCKS, PIN, UNPIN ->
          blocks(command);
      case SALTS, HINTS -> blocks(command);
      case RUN -> runs();
      case INSPECT -> inspections();
      case PUBLISH -> publishes();
      case NAMESPACE -> namespaces();
      case OWNERS -> owners();
      case ENGINES ->
          List.of(
              request("KVC.ENGINES"),
              request("KVC.ENGINES", "LIMIT", Integer.toString(Limits.RECORDS_MAX)));
      case STATS -> List.of(request("KVC.STATS"), request("KVC.STATS", CROWDED));
      case READONLY, READWRITE, ASKING -> List.of(request(command.wireName()));
      case CLUSTER ->
          List.of(
              manyWords(command),
              request("CLUSTER", "KEYSLOT", filler(Limits.FRAME_BYTES_MAX - 100)));
      case PING -> List.of(request("PING", filler(Limits.FRAME_BYTES_MAX - 100)));
      case ECHO -> List.of(request("ECHO", filler(Limits.FRAME_BYTES_MAX - 100)));
      case SELECT, RESET, QUIT, HELLO, AUTH, ACL, WATCH, SLOWLOG, LATENCY, MEMORY, MODULE ->
          List.of(manyWords(command));
      case SET,
          SETNX,
          SETEX,
          PSETEX,
          MSET,
          GET,
          STRLEN,
          TYPE,
          TTL,
          PTTL,
          PERSIST,
          KEYS,
          GETRANGE,
          MGET,
          FETCH,
          EXISTS,
          TOUCH,
          DEL,
          UNLINK,
          SCAN,
          FLUSHDB,
          FLUSHALL,
          EXPIRE,
          PEXPIRE,
          EXPIREAT,
          PEXPIREAT,
          DBSIZE ->
          ofValues(command);
      case MULTI, EXEC, DISCARD, UNWATCH, HELP, TIME, ROLE, LASTSAVE ->
          List.of(request(command.wireName()));
      case CLIENT ->
          List.of(
              request("CLIENT", "SETNAME", filler(Limits.FRAME_BYTES_MAX - 100)),
              request("CLIENT", "LIST"),
              manyWords(command));
      case COMMAND -> List.of(request("COMMAND", "DOCS"), manyWords(command));
      case INFO -> List.of(request("INFO", "everything"), manyWords(command));
      case CONFIG -> List.of(request("CONFIG", "GET", "*"), config());
    };
  }

  private static byte[] hex(byte[] hashes) {
    return ascii(HexFormat.of().formatHex(hashes));
  }

  private static byte[] filler(int bytes) {
    var filler = new byte[bytes];
    Arrays.fill(filler, (byte) 'x');
    return filler;
  }

  /// As many words as there may be, of one letter each.
  private static byte[] manyWords(Command command) {
    var words = new Object[Limits.ARGUMENTS_MAX];
    Arrays.fill(words, "x");
    words[0] = command.wireName();
    return request(words);
  }

  private static byte[] config() {
    var words = new Object[Limits.ARGUMENTS_MAX];
    Arrays.fill(words, "*");
    words[0] = "CONFIG";
    words[1] = "GET";
    return request(words);
  }

  private static List<byte[]> questions(String name) {
    var longest = chain(1 << 20, Limits.CHAIN_BLOCKS_MAX);
    var owners = new ArrayList<Object>(List.of(name, CROWDED, SHARED));
    for (int owner = 0; owner < 30_000; owner++) {
      owners.addAll(List.of("OWNER", "w" + owner));
    }
    return List.of(
        request(name, CROWDED, SHARED),
        request(name, CROWDED, SHARED, "LIMIT", Integer.toString(Limits.RECORDS_MAX)),
        request(name, CROWDED, SHARED, "LIMIT", "1"),
        request(name, CROWDED, hex(SHARED), "HEX"),
        request(name, NS, longest),
        request(name, NS, hex(longest), "HEX"),
        request(owners.toArray()));
  }

  private static List<byte[]> publishes() {
    var many = new ArrayList<Object>(List.of("KVC.PUBLISH", NS, "many", "1", "1"));
    for (int change = 0; change < Limits.CHANGES_MAX; change++) {
      many.addAll(List.of("STORE", "GPU", "", chain((1L << 40) + change * 1_000L, 200)));
    }
    var orphans = new ArrayList<Object>(List.of("KVC.PUBLISH", NS, "orphan", "1", "1"));
    for (int change = 0; change < Limits.CHANGES_MAX; change++) {
      orphans.addAll(List.of("STORE", "GPU", hash(-1 - change), hash((1L << 50) + change)));
    }
    var clears = new ArrayList<Object>(List.of("KVC.PUBLISH", NS, "many", "1", "2"));
    for (int change = 0; change < Limits.CHANGES_MAX; change++) {
      clears.addAll(List.of("CLEAR", "*"));
    }
    var wide = chain(1L << 60, Limits.CHAIN_BLOCKS_MAX);
    return List.of(
        request(many.toArray()),
        request(orphans.toArray()),
        request(clears.toArray()),
        request("KVC.PUBLISH", NS, "wide", "1", "1", "STORE", "GPU", "", hex(wide), "HEX"),
        request("KVC.PUBLISH", NS, "wide", "1", "2", "REMOVE", "GPU", wide),
        request("KVC.PUBLISH", NS, filler(Limits.FRAME_BYTES_MAX - 200), "1", "1", "SYNCED"));
  }

  /// As many as memory allows, with the longest names.
  private static List<byte[]> namespaces() {
    var requests = new ArrayList<byte[]>();
    for (int i = 0; i < 10_000; i++) {
      var name = "%05d".formatted(i) + "n".repeat(Limits.NAME_BYTES_MAX - 5);
      requests.add(request("KVC.NAMESPACE", "CREATE", name, "BLOCKTOKENS", "16", "HASHBYTES", "8"));
    }
    requests.add(request("KVC.NAMESPACE", "LIST"));
    requests.add(request("KVC.NAMESPACE", "DESCRIBE", CROWDED));
    return requests;
  }
}
