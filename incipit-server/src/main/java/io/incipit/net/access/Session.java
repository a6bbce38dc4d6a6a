// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.access;

import io.incipit.block.ErrorCode;
import io.incipit.block.Namespace;
import io.incipit.block.Op;
import io.incipit.protocol.Command;
import io.incipit.protocol.RefusedException;
import io.incipit.protocol.Request;
import io.incipit.quota.Tenant;
import io.incipit.store.block.BlockKey;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Who is at the other end of one connection, and what he may do. For the connection's event loop,
/// but for what says otherwise.
///
/// A namespace in which a user has no right is one that does not exist: [#require] lets such a
/// request pass, and whoever runs it asks [#hides] and finds nothing.
public final class Session {
  private static final int NAME_SHOWN_MAX = 64;
  private static final byte[] NO_NAME = new byte[0];

  private final Access access;

  /// The name in his certificate; empty if there is none.
  private final String subject;

  /// Who has said who he is. Read by any thread, written by the event loop.
  private volatile @Nullable User user;

  /// Whether he is no user any more.
  private boolean gone;

  /// The users among whom [#user] was found.
  private @Nullable Users among;

  /// The namespace that was asked for last, and the rights in it: mostly that of the next request.
  private byte[] lastName = NO_NAME;

  private int lastRights = -1;
  private boolean hides;

  /// The namespace, and the right in it, that the last request asked for; null if it counts for no
  /// quota.
  private @Nullable Tenant tenant;

  private boolean publishes;

  /// @param subject the name in his certificate, by which he is known at once; may be empty
  public Session(Access access, String subject) {
    this.access = access;
    this.subject = subject;
    this.among = access.now();
    this.user = access.ofSubject(subject).orElse(null);
  }

  /// Whether somebody has to say who he is before he may do anything.
  public boolean isGuarded() {
    return access.isGuarded();
  }

  /// Whether somebody has to, and has not.
  public boolean isUnknown() {
    return isGuarded() && current() == null;
  }

  /// Who may be here.
  public Access access() {
    return access;
  }

  /// From now on this is the user.
  public void enter(User entered) {
    among = access.now();
    var now = among == null ? null : among.now(entered).orElse(null);
    user = now == null ? entered : now;
    gone = now == null;
    forget();
  }

  /// From now on nobody has said who he is; his certificate may.
  public void leave() {
    among = access.now();
    user = access.ofSubject(subject).orElse(null);
    gone = false;
    forget();
  }

  private void forget() {
    lastRights = -1;
    hides = false;
  }

  /// The user's name; that of a Redis without passwords where nobody is asked, and `(none)` before
  /// he has said it. For any thread.
  public String name() {
    var now = user;
    if (now != null) {
      return now.name();
    }
    return access.isGuarded() ? "(none)" : Users.ANYBODY;
  }

  /// The same; empty where nobody is asked, and before he has said it. For any thread.
  public String knownName() {
    var now = user;
    return now == null ? "" : now.name();
  }

  /// Whether the user has said who he is, and is not or not with this token any more. For any
  /// thread.
  public boolean isRevoked() {
    var now = user;
    var users = access.now();
    return now != null && users != null && users.now(now).isEmpty();
  }

  /// Whether the last request that was let pass is about a namespace of which its user may know
  /// nothing.
  public boolean hides() {
    return hides;
  }

  /// An operation that was let pass, without what its user may not know of.
  public Op seen(Op op) {
    var now = current();
    return now != null && op instanceof Op.ListNamespaces(var from, int limit, _)
        ? new Op.ListNamespaces(from, limit, Optional.of(now::sees))
        : op;
  }

  /// Lets a request pass if its user may ask for it.
  ///
  /// @throws RefusedException `NOAUTH` or `NOPERM`
  public void require(Command command, Request request) throws RefusedException {
    hides = false;
    tenant = null;
    if (!access.isGuarded() && !access.quotas().isOn()) {
      return;
    }
    var demand = Demand.of(command, request);
    if (access.isGuarded()) {
      permit(demand, command, request);
    }
    if (access.quotas().isOn() && !hides) {
      note(demand, request);
    }
  }

  private void permit(Demand demand, Command command, Request request) throws RefusedException {
    var now = current();
    if (now == null && !(demand instanceof Demand.Nothing)) {
      throw new RefusedException(ErrorCode.NOAUTH, "Authentication required.");
    }
    if (now != null) {
      require(now, demand, command, request);
    }
  }

  /// Notes whose quotas a request counts for.
  private void note(Demand demand, Request request) {
    int mask = 0;
    var name = "";
    if (demand instanceof Demand.OfKeys keys) {
      mask = keys.mask();
      name = access.keys();
    } else if (demand instanceof Demand.OfNamespace of && mayBeName(request, of.word())) {
      mask = of.mask();
      name = request.text(of.word());
    }
    publishes = (mask & Verb.PUBLISH.bit()) != 0;
    boolean counts = publishes || (mask & Verb.READ.bit()) != 0;
    tenant = counts ? access.quotas().tenant(name) : null;
  }

  /// Whether a word is there that may be the name of a namespace: what is longer is not remembered,
  /// and refused.
  private static boolean mayBeName(Request request, int word) {
    return request.count() > word && request.length(word) <= Namespace.NAME_BYTES_MAX;
  }

  /// Counts the last request that was let pass for the quotas of its namespace.
  ///
  /// @return for how long it has to wait before it is counted, in nanoseconds; 0 if it is counted
  /// @throws RefusedException `BUSY` if it is a look-up, and there were too many
  public long count(Command command) throws RefusedException {
    var counted = tenant;
    if (counted == null) {
      return 0;
    }
    if (publishes) {
      return access.quotas().publish(counted);
    }
    var refusal = access.quotas().lookUp(counted);
    if (!refusal.isEmpty()) {
      throw new RefusedException(ErrorCode.BUSY, command.wireName() + ": " + refusal);
    }
    return 0;
  }

  /// The user as he is in the users of this moment.
  private @Nullable User current() {
    var users = access.now();
    if (!same(users, among)) {
      among = users;
      forget();
      var before = user;
      if (before == null) {
        user = access.ofSubject(subject).orElse(null);
        gone = false;
      } else {
        var after = users == null ? null : users.now(before).orElse(null);
        gone = after == null;
        user = after == null ? before : after;
      }
    }
    return gone ? null : user;
  }

  @SuppressWarnings("ReferenceEquality")
  private static boolean same(@Nullable Users one, @Nullable Users other) {
    return one == other;
  }

  private void require(User now, Demand demand, Command command, Request request)
      throws RefusedException {
    switch (demand) {
      case Demand.Nothing _, Demand.Known _ -> {
        // Any user may.
      }
      case Demand.OfServer(var verb) -> {
        if ((now.serverRights() & verb.bit()) == 0) {
          throw refusal(now, command, verb.bit(), "*");
        }
      }
      case Demand.OfKeys keys -> {
        if ((now.rights(access.keys()) & keys.mask()) != keys.mask()) {
          throw refusal(now, command, keys.mask(), access.keys());
        }
        if ((now.serverRights() & keys.mask()) != keys.mask() && hasPart(keys, request)) {
          throw refusal(now, command, keys.mask(), "*");
        }
      }
      case Demand.OfNamespace(int mask, int word, boolean makes) -> {
        if (request.count() <= word) {
          return;
        }
        int rights = rights(now, request, word);
        hides = rights == 0 && !makes;
        if (!hides && (rights & mask) != mask) {
          throw refusal(now, command, mask, shown(request.text(word)));
        }
      }
    }
  }

  /// Whether a key is that of a part of a block, which belongs to a namespace of its own.
  private static boolean hasPart(Demand.OfKeys keys, Request request) {
    int last = keys.step() == 0 ? keys.first() : request.count() - 1;
    for (int i = keys.first(); i <= last && i < request.count(); i += Math.max(1, keys.step())) {
      if (BlockKey.isReserved(request.bytes(), request.offset(i), request.length(i))) {
        return true;
      }
    }
    return false;
  }

  private int rights(User now, Request request, int word) {
    int from = request.offset(word);
    int to = from + request.length(word);
    boolean again =
        lastRights >= 0 && Arrays.equals(request.bytes(), from, to, lastName, 0, lastName.length);
    if (!again) {
      lastName = request.length(word) > NAME_SHOWN_MAX ? NO_NAME : request.copy(word);
      lastRights = now.rights(request.text(word));
      if (lastName.length != request.length(word)) {
        int rights = lastRights;
        lastRights = -1;
        return rights;
      }
    }
    return lastRights;
  }

  /// The namespace that a request names, as far as it is shown; empty if it names none.
  public static String about(Command command, Request request) {
    return Demand.of(command, request) instanceof Demand.OfNamespace(_, int word, _)
            && word < request.count()
        ? shown(request, word, NAME_SHOWN_MAX)
        : "";
  }

  /// The beginning of a word.
  static String shown(Request request, int word, int bytesMax) {
    int length = Math.min(bytesMax, request.length(word));
    return new String(request.bytes(), request.offset(word), length, StandardCharsets.UTF_8);
  }

  private static String shown(String name) {
    return name.length() <= NAME_SHOWN_MAX ? name : name.substring(0, NAME_SHOWN_MAX);
  }

  private static RefusedException refusal(User now, Command command, int mask, String where) {
    return new RefusedException(
        ErrorCode.NOPERM,
        "%s: user %s (expected: one with %s@%s)"
            .formatted(command.wireName(), now.name(), Verb.words(mask), where));
  }
}
