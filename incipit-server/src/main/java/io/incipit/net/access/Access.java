// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.access;

import io.incipit.env.Clock;
import io.incipit.env.SecretFile;
import io.incipit.quota.Quotas;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Who may do what on this server, as its users file says now. Thread-safe.
///
/// Without a file everybody may do everything, and nobody is asked who he is.
public final class Access {
  private static final Logger LOG = System.getLogger(Access.class.getName());

  /// What `incipit user token` makes, or most of it.
  private static final Pattern TOKEN = Pattern.compile("incipit_[A-Za-z0-9_-]{16}");

  private final Optional<Path> file;
  private final String keys;
  private final Clock clock;
  private final Quotas quotas;
  private final FailureTable failures = new FailureTable();
  private final LongAdder accepted = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder delayed = new LongAdder();
  private final LongAdder faults = new LongAdder();
  private volatile @Nullable Users users;

  /// What the file said when it was read last, and what was wrong with it. Guarded by this.
  private String text = "";

  private String fault = "";

  private Access(AccessConfig config, Clock clock, Quotas quotas) {
    this.quotas = quotas;
    this.file = config.users();
    this.keys = config.redisNamespace();
    this.clock = clock;
  }

  /// What a configuration says, and how much everybody may ask for.
  ///
  /// @throws IOException if there is a users file and it is not good; the message says where and
  ///     why, without any secret
  public static Access of(AccessConfig config, Clock clock, Quotas quotas) throws IOException {
    var access = new Access(config, clock, quotas);
    if (config.users().isPresent()) {
      var file = config.users().get();
      access.text = SecretFile.read(file, Users.FILE_BYTES_MAX);
      try {
        access.users = Users.parse(file.toString(), access.text);
      } catch (IllegalArgumentException bad) {
        throw new IOException(bad.getMessage(), bad);
      }
    }
    return access;
  }

  /// As [#of(AccessConfig, Clock, Quotas)], where everybody may ask for as much as he likes.
  ///
  /// @throws IOException as there
  public static Access of(AccessConfig config, Clock clock) throws IOException {
    return of(config, clock, Quotas.none());
  }

  /// One where everybody may do everything.
  public static Access open(Clock clock) {
    return new Access(AccessConfig.NONE, clock, Quotas.none());
  }

  /// Whether people have to say who they are.
  public boolean isGuarded() {
    return users != null;
  }

  /// The users of this moment; none where nobody has to say who he is.
  public Optional<Users> users() {
    return Optional.ofNullable(users);
  }

  @Nullable Users now() {
    return users;
  }

  /// The name under which rules speak of Redis' keys.
  String keys() {
    return keys;
  }

  /// How much may be asked for.
  public Quotas quotas() {
    return quotas;
  }

  /// Who is known by a certificate with this name: nobody where nobody is asked who he is.
  ///
  /// @param subject as [Subject] has it; empty for nobody
  public Optional<User> ofSubject(String subject) {
    var now = users;
    return now == null || subject.isEmpty() ? Optional.empty() : now.ofSubject(subject);
  }

  /// Whether users may be asked for by this name.
  public boolean knows(String user) {
    var now = users;
    return now == null ? user.equals(Users.ANYBODY) : now.has(user);
  }

  /// Whether a word is a token, or was or may become one: nobody is to read it, though somebody may
  /// send it where a name belongs.
  public boolean isSecret(String word) {
    var now = users;
    return TOKEN.matcher(word).find() || (now != null && now.hasToken(word));
  }

  /// What came of a look at the users file.
  public enum Reload {
    /// It says what it said before, or is as bad as before.
    SAME,
    /// There are other users now.
    TAKEN,
    /// It is not good: [Access#fault] says why.
    REFUSED
  }

  /// What was wrong with the users file at the last look; empty if nothing was.
  public synchronized String fault() {
    return fault;
  }

  /// Reads the users file again, if it says something else than before. A file that is not good is
  /// logged and counted once, and changes nothing. Blocks.
  public synchronized Reload reload() {
    if (file.isEmpty()) {
      return Reload.SAME;
    }
    try {
      var read = SecretFile.read(file.get(), Users.FILE_BYTES_MAX);
      if (read.equals(text) && fault.isEmpty()) {
        return Reload.SAME;
      }
      var next = Users.parse(file.get().toString(), read);
      boolean changed = !read.equals(text);
      text = read;
      fault = "";
      users = next;
      if (changed) {
        LOG.log(Level.INFO, () -> "reload-users count=%d".formatted(next.all().size()));
      }
      return changed ? Reload.TAKEN : Reload.SAME;
    } catch (IOException | IllegalArgumentException bad) {
      var reason = String.valueOf(bad.getMessage());
      if (reason.equals(fault)) {
        return Reload.SAME;
      }
      fault = reason;
      faults.increment();
      LOG.log(Level.ERROR, () -> "fail-reload-users reason='%s' users=unchanged".formatted(reason));
      return Reload.REFUSED;
    }
  }

  /// Looks at a name and a token. What comes of it is to be told when [Login#isReady].
  ///
  /// @param address of who asks, without a port
  /// @param name may be empty
  public Login login(String address, String name, byte[] token) {
    long nowNs = clock.nanoTime();
    long delayNs = failures.delayNs(address, nowNs);
    var now = users;
    var found = now == null ? Optional.<User>empty() : now.find(name, token);
    failures.note(address, found.isPresent(), nowNs);
    (found.isPresent() ? accepted : refused).increment();
    if (delayNs > 0) {
      delayed.increment();
    }
    return new Login(found, clock, nowNs + delayNs);
  }

  /// Attempts that named a user and his token.
  public long accepted() {
    return accepted.sum();
  }

  /// Attempts that did not.
  public long refused() {
    return refused.sum();
  }

  /// Attempts of either kind whose answer had to wait.
  public long delayed() {
    return delayed.sum();
  }

  /// Users files that were not good.
  public long faults() {
    return faults.sum();
  }

  /// Addresses that failed lately.
  public int failing() {
    return failures.size();
  }
}
