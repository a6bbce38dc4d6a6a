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
      "Answers as a Redis without passwords: any is right for the user default.",
      "O(1)"),
  CLIENT(
      "CLIENT",
      -2,
      Kind.CONNECTION,
      "ID | GETNAME | SETNAME name | SETINFO key value | INFO | LIST [TYPE type | ID id ...] |"
          + " KILL address | KILL filter value ... | NO-EVICT on|off | NO-TOUCH on|off | GETREDIR |"
          + " TRACKING on|off | TRACKINGINFO | UNPAUSE | HELP",
      "What the server knows of this connection and the others, and how to end one.",
      "O(N) for LIST and KILL: N connections; else O(1)"),
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
      "Answers OK: there are no keys that could change.",
      "O(1)"),
  UNWATCH("UNWATCH", 1, Kind.CONNECTION, "", "Answers OK.", "O(1)"),
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
      "Memory of the index, in the form that Redis' tools read.",
      "O(1)"),
  DBSIZE("DBSIZE", 1, Kind.SERVER, "", "How many keys there are: none.", "O(1)"),
  SCAN(
      "SCAN",
      -2,
      Kind.SERVER,
      "cursor [MATCH pattern] [COUNT count] [TYPE type]",
      "The keys there are: none.",
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
