// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.access;

import static io.incipit.net.access.Verb.ADMIN;
import static io.incipit.net.access.Verb.PUBLISH;
import static io.incipit.net.access.Verb.READ;

import io.incipit.protocol.Command;
import io.incipit.protocol.Request;

/// The right that a request asks for. A command without one does not compile.
sealed interface Demand {
  /// Nobody has to say who he is.
  record Nothing() implements Demand {}

  /// Any user may.
  record Known() implements Demand {}

  /// A right on the server as a whole.
  record OfServer(Verb verb) implements Demand {}

  /// Rights in a namespace.
  ///
  /// @param mask of [Verb]s that are all needed; 0 for any
  /// @param word where the request names it
  /// @param makes whether the namespace need not exist, so that its absence is no answer
  record OfNamespace(int mask, int word, boolean makes) implements Demand {}

  /// Rights on keys of Redis, which are one namespace together.
  ///
  /// @param mask of [Verb]s that are all needed
  /// @param first word that is a key
  /// @param step from one key to the next; 0 if there is one
  record OfKeys(int mask, int first, int step) implements Demand {}

  Demand NOTHING = new Nothing();
  Demand KNOWN = new Known();
  Demand SERVER_READ = new OfServer(READ);
  Demand SERVER_ADMIN = new OfServer(ADMIN);
  Demand ANY_1 = new OfNamespace(0, 1, false);
  Demand READ_1 = new OfNamespace(READ.bit(), 1, false);
  Demand READ_2 = new OfNamespace(READ.bit(), 2, false);
  Demand PUBLISH_1 = new OfNamespace(PUBLISH.bit(), 1, false);
  Demand DROP_2 = new OfNamespace(ADMIN.bit(), 2, false);
  Demand MAKE_2 = new OfNamespace(ADMIN.bit(), 2, true);
  Demand READ_KEY = new OfKeys(READ.bit(), 1, 0);
  Demand READ_KEYS = new OfKeys(READ.bit(), 1, 1);
  Demand READ_KEYS_FROM_2 = new OfKeys(READ.bit(), 2, 1);
  Demand READ_KEY_2 = new OfKeys(READ.bit(), 2, 0);
  Demand WRITE_KEY = new OfKeys(PUBLISH.bit(), 1, 0);
  Demand WRITE_KEYS = new OfKeys(PUBLISH.bit(), 1, 1);
  Demand WRITE_PAIRS = new OfKeys(PUBLISH.bit(), 1, 2);
  Demand SWAP_KEY = new OfKeys(READ.bit() | PUBLISH.bit(), 1, 0);

  /// What a request asks for. A subcommand that is not known here is for those who may do all.
  ///
  /// @param request one that its command [Command#accepts], or the words before a large value
  static Demand of(Command command, Request request) {
    return switch (command) {
      case AUTH, HELLO, RESET, QUIT -> NOTHING;
      case PING, ECHO, SELECT, CLUSTER, READONLY, READWRITE, ASKING, MULTI, EXEC, DISCARD -> KNOWN;
      case UNWATCH, HELP, COMMAND, TIME, ROLE, LASTSAVE, MODULE -> KNOWN;
      case MATCH, SCORE, RUN, LOCATE, OWNERS, INSPECT, EXPLAIN, HOT, TOUCH_BLOCKS -> READ_1;
      case READ, WHERE -> READ_2;
      // Who reads has to attach, too.
      case ATTACH -> ANY_1;
      case PUBLISH, HINT, PUT, COMMIT, ABORT, PIN, UNPIN, HINTS -> PUBLISH_1;
      case NAMESPACE -> ofNamespace(request);
      case STATS -> request.count() == 1 ? SERVER_READ : READ_1;
      case ENGINES, SALTS, INFO, SLOWLOG, LATENCY -> helps(request) ? KNOWN : SERVER_READ;
      case CONFIG -> helps(request) ? KNOWN : SERVER_ADMIN;
      case GET, STRLEN, GETRANGE, TYPE, TTL, PTTL -> READ_KEY;
      case MGET, EXISTS, TOUCH, WATCH -> READ_KEYS;
      case FETCH -> READ_KEYS_FROM_2;
      case SET -> says(request, 3, "GET") ? SWAP_KEY : WRITE_KEY;
      case SETNX, SETEX, PSETEX, EXPIRE, PEXPIRE, EXPIREAT, PEXPIREAT, PERSIST -> WRITE_KEY;
      case DEL, UNLINK -> WRITE_KEYS;
      case MSET -> WRITE_PAIRS;
      // These see the keys of blocks in all namespaces.
      case SCAN, KEYS, DBSIZE -> SERVER_READ;
      case FLUSHDB, FLUSHALL -> SERVER_ADMIN;
      case MEMORY -> ofMemory(request);
      case CLIENT -> ofClient(request);
      case ACL -> ofAcl(request);
    };
  }

  private static boolean helps(Request request) {
    return request.count() == 2 && request.is(1, "HELP");
  }

  private static boolean says(Request request, int from, String word) {
    for (int i = from; i < request.count(); i++) {
      if (request.is(i, word)) {
        return true;
      }
    }
    return false;
  }

  private static Demand ofNamespace(Request request) {
    if (request.is(1, "LIST") || helps(request) || request.count() < 3) {
      return KNOWN;
    }
    if (request.is(1, "DESCRIBE")) {
      return READ_2;
    }
    return request.is(1, "DROP") ? DROP_2 : MAKE_2;
  }

  private static Demand ofMemory(Request request) {
    if (helps(request)) {
      return KNOWN;
    }
    return request.is(1, "USAGE") && request.count() > 2 ? READ_KEY_2 : SERVER_READ;
  }

  private static Demand ofClient(Request request) {
    boolean own =
        request.is(1, "ID")
            || request.is(1, "GETNAME")
            || request.is(1, "SETNAME")
            || request.is(1, "SETINFO")
            || request.is(1, "INFO")
            || request.is(1, "NO-EVICT")
            || request.is(1, "NO-TOUCH")
            || request.is(1, "GETREDIR")
            || request.is(1, "TRACKING")
            || request.is(1, "TRACKINGINFO");
    return own || helps(request) ? KNOWN : SERVER_ADMIN;
  }

  private static Demand ofAcl(Request request) {
    boolean own = request.is(1, "WHOAMI") || request.is(1, "CAT") || helps(request);
    return own ? KNOWN : SERVER_ADMIN;
  }
}
