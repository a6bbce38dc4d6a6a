// SPDX-License-Identifier: Apache-2.0
package io.incipit.protocol;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Every command of the RESP port: the one table behind arity checks, `COMMAND DOCS`, the command
/// line's help and the page `docs/protocol.md`.
public enum Command {
  MATCH(
      "KVC.MATCH",
      -3,
      Kind.QUESTION,
      "ns hashes [FROM cursor] [OWNER name]... [TIER tier]... [LIMIT n] [HEX]",
      "The longest prefix of a chain that eligible holders have between them, and who holds it.",
      "O(R + H): R runs crossed, H holders on them"),
  SCORE(
      "KVC.SCORE",
      -3,
      Kind.QUESTION,
      "ns hashes [FROM cursor] [OWNER name]... [TIER tier]... [LIMIT n] [NAMES] [ALL] [HEX]",
      "How many leading blocks of a chain each owner holds, cumulative by tier.",
      "O(R + W): R runs crossed, W owners that hold something"),
  RUN(
      "KVC.RUN",
      -4,
      Kind.QUESTION,
      "ns hash count [FROM n] [HEX]",
      "The blocks that follow a block until prompts part, and their holders: a range read.",
      "O(N): N blocks read or left out"),
  LOCATE(
      "KVC.LOCATE",
      -3,
      Kind.QUESTION,
      "ns hashes [HEX]",
      "The holders of single blocks, each named by its bare hash: random gets.",
      "O(N): N blocks asked for"),
  PUBLISH(
      "KVC.PUBLISH",
      -5,
      Kind.CHANGE,
      "ns owner incarnation seq [change ...] [HEX]; a change is STORE tier parent hashes [SKIP n],"
          + " REMOVE tier hashes, CLEAR tier|* or SYNCED",
      "The next stretch of an owner's stream: what it holds now, and what no more.",
      "O(N): N blocks named"),
  HINT(
      "KVC.HINT",
      -4,
      Kind.QUESTION,
      "ns DONE hashes [HEX] | ns BACK milliseconds hashes [HEX]",
      "What becomes of a prompt's path: its session has ended, or comes back in a while.",
      "O(N): N blocks named"),
  NAMESPACE(
      "KVC.NAMESPACE",
      -2,
      Kind.ADMIN,
      "CREATE name BLOCKTOKENS n HASHBYTES w [ALGORITHM a] [MODEL m] [LAYOUT l] |"
          + " LIST [FROM name] [LIMIT n] | DESCRIBE name | DROP name",
      "Makes, lists, describes and drops namespaces.",
      "O(N) for LIST: N namespaces; else O(1)"),
  OWNERS(
      "KVC.OWNERS",
      -2,
      Kind.QUESTION,
      "ns [name | FROM number] [LIMIT n]",
      "The owners of a namespace: number, name, incarnation, last seq, whether partial.",
      "O(N): N owners listed"),
  ENGINES(
      "KVC.ENGINES",
      -1,
      Kind.QUESTION,
      "[FROM n] [LIMIT n]",
      "The engines that are followed: where, how far, what they hold, and what went wrong.",
      "O(N): N engines listed"),
  STATS(
      "KVC.STATS",
      -1,
      Kind.QUESTION,
      "[ns]",
      "Counters and sizes of a namespace, or of the server.",
      "O(N) without ns: N namespaces"),
  INSPECT(
      "KVC.INSPECT",
      -3,
      Kind.QUESTION,
      "ns hash [count] [FROM n] [HEX]",
      "The blocks from one block on, and who holds each, for people.",
      "O(N): N blocks shown or left out"),
  ATTACH(
      "KVC.ATTACH",
      -2,
      Kind.VALUE,
      "ns [field text]...; a field is BLOCKTOKENS, HASHBYTES, ALGORITHM, MODEL, LAYOUT, DTYPE,"
          + " PARALLEL, ADAPTER, ENGINE or SALT",
      "Says what a namespace's bytes are; refused unless it is what those before said.",
      "O(1)"),
  PUT(
      "KVC.PUT",
      7,
      Kind.VALUE,
      "ns put parent hash part/parts value",
      "Brings a part of a block, which nobody sees before the put is committed.",
      "O(N): N bytes, and what is evicted for them"),
  COMMIT(
      "KVC.COMMIT",
      3,
      Kind.VALUE,
      "ns put",
      "Lets everybody see the blocks of a put, all or none, and tells the index.",
      "O(N): N parts"),
  ABORT("KVC.ABORT", 3, Kind.VALUE, "ns put", "Gives a put up.", "O(N): N parts"),
  READ(
      "KVC.READ",
      -5,
      Kind.VALUE,
      "deadline-ms ns part hashes [HEX]",
      "The bytes of a prefix's blocks with their checksums, as KVC.FETCH gives those of keys.",
      "O(K + N): K blocks, N bytes"),
  WHERE(
      "KVC.WHERE",
      -5,
      Kind.VALUE,
      "deadline-ms ns part hashes [HEX]",
      "Where a prefix's blocks are in memory, for a client on the same machine, as KVC.READ.",
      "O(K + N): K blocks, N checksums"),
  EXPLAIN(
      "KVC.EXPLAIN",
      -3,
      Kind.VALUE,
      "ns hashes [HEX]",
      "Why a look-up of blocks hits or misses: where each is, or why it is not there.",
      "O(N + A): N blocks asked for, A blocks before them"),
  HOT(
      "KVC.HOT",
      -2,
      Kind.VALUE,
      "ns [count] [HEX]",
      "The runs of blocks in the store that are read most, by a count that decays.",
      "O(N log N): N runs that are counted, at most 4,096"),
  TOUCH_BLOCKS(
      "KVC.TOUCH",
      -3,
      Kind.VALUE,
      "ns hashes [HEX]",
      "Counts as a read of a prompt, and brings nothing: how many leading blocks are there.",
      "O(N): N blocks"),
  PIN(
      "KVC.PIN",
      -5,
      Kind.VALUE,
      "ns SOFT|HARD milliseconds hashes [HEX]",
      "Keeps the leading blocks of a prompt for a while.",
      "O(N): N parts of blocks"),
  UNPIN("KVC.UNPIN", -3, Kind.VALUE, "ns hashes [HEX]", "Ends pins.", "O(N): N blocks"),
  SALTS(
      "KVC.SALTS",
      -1,
      Kind.VALUE,
      "[NAMESPACES] [count]",
      "What cache salts, or namespaces, have in memory, those with most bytes first.",
      "O(N log N): N salts, at most 1,024, or namespaces"),
  HINTS(
      "KVC.HINTS",
      3,
      Kind.VALUE,
      "ns json",
      "Hints in the envelope that engines share: what to bring from disk, to keep, or to forget.",
      "O(N): N bytes, and parts of blocks named"),
  GET("GET", 2, Kind.VALUE, "key", "The value of a key.", "O(N): N bytes"),
  SET(
      "SET",
      -3,
      Kind.VALUE,
      "key value [NX | XX] [GET] [EX seconds | PX milliseconds | EXAT unix-time-seconds |"
          + " PXAT unix-time-milliseconds | KEEPTTL]",
      "Lets a key have a value, of up to 256 MiB.",
      "O(N): N bytes, and what is evicted for them"),
  SETNX(
      "SETNX",
      3,
      Kind.VALUE,
      "key value",
      "Lets a key have a value if it has none.",
      "O(N): N bytes, and what is evicted for them"),
  SETEX(
      "SETEX",
      4,
      Kind.VALUE,
      "key seconds value",
      "Lets a key have a value for a while.",
      "O(N): N bytes, and what is evicted for them"),
  PSETEX(
      "PSETEX",
      4,
      Kind.VALUE,
      "key milliseconds value",
      "Lets a key have a value for a while.",
      "O(N): N bytes, and what is evicted for them"),
  MGET("MGET", -2, Kind.VALUE, "key [key ...]", "The values of some keys.", "O(N): N bytes"),
  FETCH(
      "KVC.FETCH",
      -3,
      Kind.VALUE,
      "deadline-ms key [key ...]",
      "The values of a prefix with their checksums, as far as time allows, and why it ended.",
      "O(K + N): K keys, N bytes"),
  MSET(
      "MSET",
      -3,
      Kind.VALUE,
      "key value [key value ...]",
      "Lets some keys have values, all or none; at most 8 MiB together.",
      "O(N): N bytes, and what is evicted for them"),
  STRLEN("STRLEN", 2, Kind.VALUE, "key", "Bytes of a value.", "O(1)"),
  GETRANGE(
      "GETRANGE",
      4,
      Kind.VALUE,
      "key start end",
      "Some bytes of a value; negative positions count from its end.",
      "O(N): N bytes"),
  EXISTS(
      "EXISTS",
      -2,
      Kind.VALUE,
      "key [key ...]",
      "How many of some keys have a value; those stay for the read that follows.",
      "O(N): N keys"),
  TOUCH(
      "TOUCH",
      -2,
      Kind.VALUE,
      "key [key ...]",
      "How many of some keys have a value; they count as read.",
      "O(N): N keys"),
  DEL(
      "DEL",
      -2,
      Kind.VALUE,
      "key [key ...]",
      "Removes keys, each with its family, and says how many there were.",
      "O(N): N keys"),
  UNLINK("UNLINK", -2, Kind.VALUE, "key [key ...]", "The same as DEL.", "O(N): N keys"),
  TYPE("TYPE", 2, Kind.VALUE, "key", "What a key has: string, or none.", "O(1)"),
  TTL("TTL", 2, Kind.VALUE, "key", "Seconds until a value expires.", "O(1)"),
  PTTL("PTTL", 2, Kind.VALUE, "key", "Milliseconds until a value expires.", "O(1)"),
  EXPIRE(
      "EXPIRE", -3, Kind.VALUE, "key seconds [NX | XX | GT | LT]", "Lets a value expire.", "O(1)"),
  PEXPIRE(
      "PEXPIRE",
      -3,
      Kind.VALUE,
      "key milliseconds [NX | XX | GT | LT]",
      "Lets a value expire.",
      "O(1)"),
  EXPIREAT(
      "EXPIREAT",
      -3,
      Kind.VALUE,
      "key unix-time-seconds [NX | XX | GT | LT]",
      "Lets a value expire.",
      "O(1)"),
  PEXPIREAT(
      "PEXPIREAT",
      -3,
      Kind.VALUE,
      "key unix-time-milliseconds [NX | XX | GT | LT]",
      "Lets a value expire.",
      "O(1)"),
  PERSIST("PERSIST", 2, Kind.VALUE, "key", "Lets a value not expire.", "O(1)"),
  SCAN(
      "SCAN",
      -2,
      Kind.VALUE,
      "cursor [MATCH pattern] [COUNT count] [TYPE type]",
      "The keys there are, some at a time: one that is there all the time is met once.",
      "O(N): N keys met"),
  KEYS(
      "KEYS",
      2,
      Kind.VALUE,
      "pattern",
      "The keys that fit a pattern, if all keys are at most 10000; else use SCAN.",
      "O(N): N keys"),
  DBSIZE("DBSIZE", 1, Kind.VALUE, "", "How many keys there are.", "O(1)"),
  FLUSHDB("FLUSHDB", -1, Kind.VALUE, "[ASYNC | SYNC]", "Removes all keys.", "O(N): N keys"),
  FLUSHALL("FLUSHALL", -1, Kind.VALUE, "[ASYNC | SYNC]", "The same as FLUSHDB.", "O(N): N keys"),
  PING("PING", -1, Kind.CONNECTION, "[message]", "Answers PONG, or the message.", "O(1)"),
  ECHO("ECHO", 2, Kind.CONNECTION, "message", "Answers the message.", "O(1)"),
  HELLO(
      "HELLO",
      -1,
      Kind.CONNECTION,
      "[2|3 [AUTH user password] [SETNAME name]]",
      "Chooses the version of RESP, and says who answers.",
      "O(1)"),
  AUTH(
      "AUTH",
      -2,
      Kind.CONNECTION,
      "[user] password",
      "Says who one is, where the server has users; else answers as a Redis without passwords.",
      "O(1)"),
  ACL(
      "ACL",
      -2,
      Kind.CONNECTION,
      "WHOAMI | LIST | USERS | CAT | HELP",
      "Who one is, and who may do what, without secrets.",
      "O(N): N users"),
  CLIENT(
      "CLIENT",
      -2,
      Kind.CONNECTION,
      "ID | GETNAME | SETNAME name | SETINFO key value | INFO | LIST [TYPE type | ID id ...] |"
          + " KILL address | KILL filter value ... | NO-EVICT on|off | NO-TOUCH on|off | GETREDIR |"
          + " TRACKING on|off | TRACKINGINFO | UNPAUSE | HELP",
      "What the server knows of this connection and the others, and how to end one.",
      "O(N) for LIST and KILL: N connections; else O(1)"),
  CLUSTER(
      "CLUSTER",
      -2,
      Kind.CONNECTION,
      "SLOTS | SHARDS | NODES | INFO | KEYSLOT key | MYID | HELP",
      "Answers as a cluster of one node, which has all slots.",
      "O(1)"),
  READONLY("READONLY", 1, Kind.CONNECTION, "", "Answers OK: there are no replicas.", "O(1)"),
  READWRITE("READWRITE", 1, Kind.CONNECTION, "", "Answers OK: there are no replicas.", "O(1)"),
  ASKING("ASKING", 1, Kind.CONNECTION, "", "Answers OK: no slot ever moves.", "O(1)"),
  SELECT("SELECT", 2, Kind.CONNECTION, "0", "Chooses the only database there is.", "O(1)"),
  RESET("RESET", 1, Kind.CONNECTION, "", "Makes the connection as it was when new.", "O(1)"),
  QUIT("QUIT", -1, Kind.CONNECTION, "", "Answers OK, then closes the connection.", "O(1)"),
  MULTI(
      "MULTI",
      1,
      Kind.CONNECTION,
      "",
      "Keeps the requests that follow until EXEC, which runs them in order.",
      "O(1)"),
  EXEC(
      "EXEC",
      1,
      Kind.CONNECTION,
      "",
      "Runs what was kept since MULTI; others' requests may come between.",
      "that of the requests kept"),
  DISCARD("DISCARD", 1, Kind.CONNECTION, "", "Forgets what was kept since MULTI.", "O(1)"),
  WATCH(
      "WATCH",
      -2,
      Kind.CONNECTION,
      "key [key ...]",
      "Lets the next EXEC run nothing if one of some keys has changed until then.",
      "O(N): N keys"),
  UNWATCH("UNWATCH", 1, Kind.CONNECTION, "", "Forgets what WATCH was told.", "O(1)"),
  HELP(
      "KVC.HELP",
      1,
      Kind.SERVER,
      "",
      "All KVC commands, with their words and what they are for.",
      "O(1)"),
  COMMAND(
      "COMMAND",
      -1,
      Kind.SERVER,
      "[COUNT | LIST | INFO [name ...] | DOCS [name ...] | HELP]",
      "This table.",
      "O(N): N commands"),
  INFO(
      "INFO",
      -1,
      Kind.SERVER,
      "[section ...]",
      "What runs here, in the form that Redis tools read.",
      "O(1)"),
  CONFIG(
      "CONFIG",
      -2,
      Kind.SERVER,
      "GET pattern [pattern ...] | HELP",
      "Answers the few settings that Redis' tools ask for; there are none to change.",
      "O(1)"),
  SLOWLOG(
      "SLOWLOG",
      -2,
      Kind.SERVER,
      "GET [count] | LEN | RESET | HELP",
      "Answers as a Redis that has met no slow request: none is kept.",
      "O(1)"),
  LATENCY(
      "LATENCY",
      -2,
      Kind.SERVER,
      "LATEST | HISTORY event | RESET [event ...] | HISTOGRAM [command ...] | DOCTOR | HELP",
      "Answers as a Redis that has met no latency spike: none is kept.",
      "O(1)"),
  MEMORY(
      "MEMORY",
      -2,
      Kind.SERVER,
      "USAGE key [SAMPLES count] | STATS | DOCTOR | PURGE | MALLOC-STATS | HELP",
      "Memory of the index and of a value, in the form that Redis' tools read.",
      "O(1)"),
  TIME("TIME", 1, Kind.SERVER, "", "The server's clock: seconds since 1970, microseconds.", "O(1)"),
  ROLE("ROLE", 1, Kind.SERVER, "", "Answers as a Redis without replicas.", "O(1)"),
  LASTSAVE(
      "LASTSAVE", 1, Kind.SERVER, "", "When the server started: nothing is ever saved.", "O(1)"),
  MODULE("MODULE", -2, Kind.SERVER, "LIST | HELP", "The modules there are: none.", "O(1)");

  /// What a command is for.
  public enum Kind {
    /// Asks the index.
    QUESTION,
    /// Changes the index.
    CHANGE,
    /// Changes what namespaces there are.
    ADMIN,
    /// Reads or changes values.
    VALUE,
    /// Concerns the connection alone.
    CONNECTION,
    /// Asks the server about itself.
    SERVER
  }

  private static final Map<String, Command> BY_NAME = new HashMap<>();

  static {
    Arrays.stream(values()).forEach(command -> BY_NAME.put(command.wireName, command));
  }

  private final String wireName;
  private final int arity;
  private final Kind kind;
  private final String syntax;
  private final String summary;
  private final String complexity;

  Command(String wireName, int arity, Kind kind, String syntax, String summary, String complexity) {
    this.wireName = wireName;
    this.arity = arity;
    this.kind = kind;
    this.syntax = syntax;
    this.summary = summary;
    this.complexity = complexity;
  }

  /// The command called `name` in any case.
  public static Optional<Command> find(String name) {
    return Optional.ofNullable(BY_NAME.get(name.toUpperCase(Locale.ROOT)));
  }

  /// All commands, in the order in which people should read them.
  public static List<Command> all() {
    return List.of(values());
  }

  /// The name on the wire, in capitals.
  public String wireName() {
    return wireName;
  }

  /// Words of a request, the name included; if negative, at least as many as its absolute value.
  public int arity() {
    return arity;
  }

  /// Whether a request may have so many words, the name included.
  public boolean accepts(int words) {
    return arity >= 0 ? words == arity : words >= -arity;
  }

  public Kind kind() {
    return kind;
  }

  /// What follows the name, in the notation of Redis' documentation; may be empty.
  public String syntax() {
    return syntax;
  }

  /// One sentence.
  public String summary() {
    return summary;
  }

  /// Cost of one request.
  public String complexity() {
    return complexity;
  }
}
