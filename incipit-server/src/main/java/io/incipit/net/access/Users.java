// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.access;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// The users of a moment, as a users file has them: `NAME SECRET RULE...` a line, `#` before
/// comments. A secret is `token:` and the SHA-256 of a token, or `cert:` and the [Subject] of a
/// certificate. A name may stand in several lines: who proves a secret has the rules of its line.
/// Immutable.
public final class Users {
  /// Bytes of a users file.
  public static final int FILE_BYTES_MAX = 1 << 20;

  /// Whoever has the token, where clients want a name and people gave none.
  static final String ANYBODY = "default";

  private static final int RULES_MAX = 64;

  /// Lines of one name.
  private static final int LINES_MAX = 4;

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");
  private static final Secret NOBODY = Secret.of(new byte[0]);

  private final Map<String, List<User>> byName;
  private final Map<String, User> byDigest = new HashMap<>();
  private final Map<String, User> bySubject = new HashMap<>();

  private Users(Map<String, List<User>> byName) {
    this.byName = byName;
    for (var user : all()) {
      if (user.secret().isToken()) {
        byDigest.put(user.secret().digest(), user);
      } else {
        bySubject.put(user.secret().subject(), user);
      }
    }
  }

  /// Reads a users file.
  ///
  /// @param name of the file, for errors
  /// @throws IllegalArgumentException `file:line: value (expected: ...)`, without any secret
  public static Users parse(String name, String text) {
    var users = new TreeMap<String, List<User>>();
    var secrets = new HashMap<Secret, String>();
    var lines = text.lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      var line = lines.get(i).strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      var where = name + ":" + (i + 1);
      var user = user(where, line.split("\\s+"));
      var named = users.computeIfAbsent(user.name(), _ -> new ArrayList<>());
      named.add(user);
      if (named.size() > LINES_MAX) {
        throw fault(
            where,
            "%s: %d lines (expected: at most %d of one name)"
                .formatted(user.name(), named.size(), LINES_MAX));
      }
      var other = secrets.put(user.secret(), user.name());
      if (other != null) {
        throw fault(
            where,
            "%s: the %s of %s (expected: one of its own)"
                .formatted(user.name(), user.secret(), other));
      }
    }
    if (users.isEmpty()) {
      throw new IllegalArgumentException(name + ": no users (expected: one a line)");
    }
    return new Users(users);
  }

  /// The line that a user of this token gets.
  ///
  /// @throws IllegalArgumentException `user: value (expected: ...)` if a file with it would not be
  ///     taken
  public static String line(String name, String token, List<String> rules) {
    return written(name, Secret.of(token.getBytes(StandardCharsets.UTF_8)).word(), rules);
  }

  /// The line that a user gets who is known by his certificate.
  ///
  /// @param subject the name in it
  /// @throws IllegalArgumentException `user: value (expected: ...)` if a file with it would not be
  ///     taken
  public static String lineOfCertificate(String name, String subject, List<String> rules) {
    return written(name, new Secret("", Subject.parse(subject).orElse(subject)).word(), rules);
  }

  private static String written(String name, String secret, List<String> rules) {
    var words = new ArrayList<>(List.of(name, secret));
    words.addAll(rules);
    var _ = user("user", words.toArray(String[]::new));
    var line = String.join(" ", words);
    if (line.split("\\s+", -1).length != words.size()) {
      throw fault("user", "a rule with blanks in it (expected: each rule a word)");
    }
    return line;
  }

  private static User user(String where, String[] words) {
    if (!NAME.matcher(words[0]).matches()) {
      throw fault(
          where,
          "name: %d characters (expected: 1 to 64 letters, digits, dots, underscores and dashes)"
              .formatted(words[0].length()));
    }
    if (words.length < 3 || words.length > 2 + RULES_MAX) {
      throw fault(
          where,
          "%s: %d words (expected: NAME SECRET RULE..., with 1 to %d rules)"
              .formatted(words[0], words.length, RULES_MAX));
    }
    var secret = Secret.parse(words[1]).orElseThrow(() -> badSecret(where, words));
    var rules = new ArrayList<Rule>();
    for (int i = 2; i < words.length; i++) {
      rules.add(rule(where, words, i));
    }
    return new User(words[0], secret, rules);
  }

  private static IllegalArgumentException badSecret(String where, String[] words) {
    return words[1].startsWith(Secret.CERTIFICATE)
        ? fault(
            where,
            "certificate of %s: %d characters (expected: cert: and a DNS name without wildcards, or"
                    .formatted(words[0], words[1].length())
                + " a URI, of at most 512)")
        : fault(
            where,
            "secret of %s: %d characters (expected: token: and 64 hex digits, as"
                    .formatted(words[0], words[1].length())
                + " incipit user token prints them)");
  }

  private static Rule rule(String where, String[] words, int i) {
    return Rule.parse(words[i])
        .orElseThrow(
            () ->
                fault(
                    where,
                    "rule %d of %s: %s (expected: such as read,publish@team-a-* or admin@*)"
                        .formatted(i - 1, words[0], shown(words[i]))));
  }

  /// A rule that is none; what has no sign of one may be a secret in a wrong place.
  private static String shown(String word) {
    return word.indexOf('@') > 0 && word.length() <= 64 ? word : word.length() + " characters";
  }

  private static IllegalArgumentException fault(String where, String what) {
    return new IllegalArgumentException(where + ": " + what);
  }

  /// Those whose token this is, if they have this name, or it is nobody's and `default`, or empty.
  ///
  /// The same is done for names that exist and for those that do not.
  Optional<User> find(String name, byte[] token) {
    var given = Secret.of(token);
    var named = byName.get(name);
    boolean anybody = name.isEmpty() || (named == null && name.equals(ANYBODY));
    var owner = anybody ? byDigest.get(given.digest()) : null;
    var meant = owner == null ? named : List.of(owner);
    Optional<User> found = Optional.empty();
    for (int i = 0; i < LINES_MAX; i++) {
      var line = meant == null || i >= meant.size() ? null : meant.get(i);
      boolean right = (line == null ? NOBODY : line.secret()).matches(given);
      found = right && line != null ? Optional.of(line) : found;
    }
    return found;
  }

  /// Who is known by a certificate with this name.
  ///
  /// @param subject as [Subject] has it; empty for nobody
  Optional<User> ofSubject(String subject) {
    return Optional.ofNullable(bySubject.get(subject));
  }

  /// Whether somebody is known by a certificate.
  public boolean haveCertificates() {
    return !bySubject.isEmpty();
  }

  /// A user of an earlier moment as he is now; none if he, or his token, is gone.
  Optional<User> now(User earlier) {
    return byName.getOrDefault(earlier.name(), List.of()).stream()
        .filter(user -> user.secret().equals(earlier.secret()))
        .findFirst();
  }

  /// All lines, sorted by name.
  public Collection<User> all() {
    return byName.values().stream().flatMap(List::stream).toList();
  }

  /// Whether a word is somebody's token.
  boolean hasToken(String word) {
    return byDigest.containsKey(Secret.of(word.getBytes(StandardCharsets.UTF_8)).digest());
  }

  boolean has(String name) {
    return byName.containsKey(name);
  }
}
