// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.access;

import io.incipit.protocol.Command;
import java.util.List;

/// For each command, what somebody asks who means no good to a namespace: what would tell of it,
/// change it, or be refused in a way of its own if it is there.
public final class CommandSamples {
  /// The block that the namespace has.
  public static final String HASH = "a0".repeat(8);

  private CommandSamples() {}

  /// Requests of a command, at least one; a command without any does not compile.
  public static List<List<String>> of(Command command, String ns) {
    var name = command.wireName();
    return switch (command) {
      case MATCH, SCORE, LOCATE, INSPECT, EXPLAIN, TOUCH_BLOCKS, UNPIN ->
          List.of(List.of(name, ns, HASH, "HEX"), List.of(name, ns, "short"));
      case RUN -> List.of(List.of(name, ns, HASH, "9", "HEX"), List.of(name, ns, HASH, "x"));
      case PUBLISH ->
          List.of(
              List.of(name, ns, "gpu", "1", "2", "CLEAR", "*"),
              List.of(name, ns, "gpu", "1", "9", "SYNCED"),
              List.of(name, ns, "gpu", "1", "2", "NONSENSE"),
              List.of(name, ns, "store", "1", "1", "CLEAR", "*"));
      case HINT -> List.of(List.of(name, ns, "DONE", HASH, "HEX"), List.of(name, ns, "X", HASH));
      case NAMESPACE ->
          List.of(
              List.of(name, "DESCRIBE", ns),
              List.of(name, "DROP", ns),
              List.of(name, "CREATE", ns, "BLOCKTOKENS", "16", "HASHBYTES", "8"),
              List.of(name, "CREATE", ns, "BLOCKTOKENS", "17", "HASHBYTES", "8"),
              List.of(name, "LIST"),
              List.of(name, "LIST", "FROM", ns),
              List.of(name, "NONSENSE", ns));
      case OWNERS -> List.of(List.of(name, ns), List.of(name, ns, "gpu"));
      case STATS -> List.of(List.of(name, ns), List.of(name));
      case ATTACH -> List.of(List.of(name, ns), List.of(name, ns, "MODEL", "other"));
      case PUT ->
          List.of(
              List.of(name, ns, "q", "", HASH, "0/1", "other"),
              List.of(name, ns, "q", "", HASH, "0/1", "x".repeat(40_000)),
              List.of(name, ns, "q", "", HASH, "no part", "other"));
      case COMMIT, ABORT -> List.of(List.of(name, ns, "p"));
      case READ, WHERE ->
          List.of(List.of(name, "0", ns, "0", HASH, "HEX"), List.of(name, "x", ns, "0", HASH));
      case HOT -> List.of(List.of(name, ns, "9"), List.of(name, ns));
      case PIN -> List.of(List.of(name, ns, "HARD", "1000", HASH, "HEX"));
      case HINTS -> List.of(List.of(name, ns, "{}"));
      case ENGINES, INFO, PING, MULTI, EXEC, DISCARD, UNWATCH, HELP, TIME, ROLE, LASTSAVE, DBSIZE ->
          List.of(List.of(name));
      case RESET, READONLY, READWRITE, ASKING, QUIT -> List.of(List.of(name));
      case SALTS -> List.of(List.of(name), List.of(name, "NAMESPACES"));
      case GET, STRLEN, TYPE, TTL, PTTL, PERSIST -> List.of(List.of(name, "key"));
      case MGET, EXISTS, TOUCH, DEL, UNLINK, WATCH ->
          List.of(List.of(name, "key"), List.of(name, "none", "kvc:" + ns + ":x"));
      case FETCH -> List.of(List.of(name, "0", "key"));
      case SET, SETNX ->
          List.of(List.of(name, "key", "other"), List.of(name, "key", "x".repeat(40_000)));
      case SETEX, PSETEX -> List.of(List.of(name, "key", "9", "other"));
      case MSET -> List.of(List.of(name, "key", "other"));
      case GETRANGE -> List.of(List.of(name, "key", "0", "-1"));
      case EXPIRE, PEXPIRE, EXPIREAT, PEXPIREAT -> List.of(List.of(name, "key", "1"));
      case SCAN -> List.of(List.of(name, "0"));
      case KEYS -> List.of(List.of(name, "*"));
      case FLUSHDB, FLUSHALL -> List.of(List.of(name));
      case ECHO, SELECT -> List.of(List.of(name, "0"));
      case HELLO -> List.of(List.of(name, "3"), List.of(name));
      case AUTH -> List.of(List.of(name, "b", "wrong"), List.of(name, "wrong"));
      case ACL -> List.of(List.of(name, "LIST"), List.of(name, "USERS"), List.of(name, "WHOAMI"));
      case CLIENT -> List.of(List.of(name, "LIST"), List.of(name, "KILL", "ID", "1"));
      case CLUSTER -> List.of(List.of(name, "INFO"));
      case COMMAND -> List.of(List.of(name, "COUNT"));
      case CONFIG -> List.of(List.of(name, "GET", "*"));
      case SLOWLOG -> List.of(List.of(name, "GET"));
      case LATENCY -> List.of(List.of(name, "LATEST"));
      case MEMORY -> List.of(List.of(name, "STATS"), List.of(name, "USAGE", "kvc:" + ns + ":x"));
      case MODULE -> List.of(List.of(name, "LIST"));
    };
  }

  /// What makes a namespace that the samples are about, with a block of its own, and a key.
  public static List<List<String>> fill(String ns) {
    return List.of(
        List.of("KVC.NAMESPACE", "CREATE", ns, "BLOCKTOKENS", "16", "HASHBYTES", "8"),
        List.of("KVC.PUBLISH", ns, "gpu", "1", "1", "STORE", "GPU", "", HASH, "HEX"),
        List.of("KVC.ATTACH", ns, "MODEL", "m"),
        List.of("KVC.PUT", ns, "p", "", HASH, "0/1", "bytes"),
        List.of("KVC.COMMIT", ns, "p"),
        List.of("SET", "key", "value"));
  }

  /// What shows to one who may see all what there is: no counters, since looking counts.
  public static List<List<String>> looks(String ns) {
    return List.of(
        List.of("KVC.NAMESPACE", "LIST"),
        List.of("KVC.NAMESPACE", "DESCRIBE", ns),
        List.of("KVC.OWNERS", ns),
        List.of("KVC.MATCH", ns, HASH, "HEX"),
        List.of("KVC.SALTS", "NAMESPACES"),
        List.of("GET", "key"),
        List.of("TTL", "key"),
        List.of("DBSIZE"));
  }
}
