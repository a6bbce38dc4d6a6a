// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli.secure;

import io.incipit.env.Clock;
import io.incipit.env.Disk;
import io.incipit.env.RandomSource;
import io.incipit.env.SecretDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// A directory with all that a server needs that lets nobody in without a token: a CA, certificates
/// for a server and a client, a file of users, the token of the first, and settings.
///
/// @param directory absolute, without links
public record SecureHome(Path directory) {
  /// The user that it has.
  public static final String USER = "admin";

  private static final String SETTINGS = "incipit.properties";
  private static final String CA = "ca.pem";
  private static final String CA_KEY = "ca.key";
  private static final String SERVER = "server.pem";
  private static final String SERVER_KEY = "server.key";
  private static final String CLIENT = "client.pem";
  private static final String CLIENT_KEY = "client.key";
  private static final String USERS = "users";
  private static final String TOKEN = USER + ".token";
  private static final String TLS_CERTIFICATE = "tls.certificate";
  private static final String HOSTS = "net.http-hosts";

  /// Settings whose values are files that are made.
  private static final List<String> OWN =
      List.of(TLS_CERTIFICATE, "tls.key", "tls.client-ca", "access.users");

  /// What was made.
  ///
  /// @param home where
  /// @param names that the server's certificate is for
  /// @param expires when it does
  public record Made(SecureHome home, List<String> names, Instant expires) {}

  /// One that may be made in a place.
  ///
  /// @throws IOException `--init-secure: path: ...` if something is there
  public static SecureHome at(Path place, Disk disk) throws IOException {
    if (place.toString().chars().anyMatch(Character::isISOControl)) {
      throw new IOException(
          "--init-secure: a path with control characters (expected: one without)");
    }
    try {
      var home = new SecureHome(SecretDirectory.resolved(place));
      if (disk.exists(home.settings())) {
        throw new IOException(
            ("%s: has files of an earlier run, which stay as they are (expected: a directory that"
                    + " is empty, or nothing). Start with them: ./incipit serve --config %s")
                .formatted(home.directory, Quoting.shell(home.settings().toString())));
      }
      SecretDirectory.requireFree(home.directory);
      return home;
    } catch (IOException refused) {
      throw new IOException("--init-secure: " + refused.getMessage(), refused);
    }
  }

  /// The one that a file of settings belongs to, if it was made so and is as it was.
  ///
  /// @param values that the server starts with
  public static Optional<SecureHome> of(Path settings, Map<String, String> values, Disk disk) {
    var directory = settings.toAbsolutePath().normalize().getParent();
    if (directory == null) {
      return Optional.empty();
    }
    var home = new SecureHome(directory);
    return disk.exists(home.ca())
            && disk.exists(home.token())
            && home.file(SERVER).toString().equals(values.get(TLS_CERTIFICATE))
            && home.file(USERS).toString().equals(values.get("access.users"))
        ? Optional.of(home)
        : Optional.empty();
  }

  /// The file that a server is started with.
  public Path settings() {
    return file(SETTINGS);
  }

  /// What clients trust.
  public Path ca() {
    return file(CA);
  }

  /// What the first user shows.
  public Path token() {
    return file(TOKEN);
  }

  private Path file(String name) {
    return directory.resolve(name);
  }

  /// The settings of a server that starts from here, beside those that were given.
  ///
  /// @param given by key
  /// @param names by which it is called
  /// @throws IllegalArgumentException if one was given that is made here
  public Map<String, String> settings(Map<String, String> given, HostNames names) {
    for (var key : OWN) {
      if (given.containsKey(key)) {
        throw new IllegalArgumentException(
            "%s: %s (expected: not with --init-secure, which makes its own)"
                .formatted(key, given.get(key)));
      }
    }
    var values = new LinkedHashMap<String, String>();
    values.put(TLS_CERTIFICATE, file(SERVER).toString());
    values.put("tls.key", file(SERVER_KEY).toString());
    values.put("tls.client-ca", ca().toString());
    values.put("tls.client-certificates", "optional");
    values.put("access.users", file(USERS).toString());
    var hosts = names.names().stream().filter(name -> !name.equals("localhost")).toList();
    if (!hosts.isEmpty()) {
      values.put(HOSTS, String.join(",", hosts));
    }
    values.putAll(new TreeMap<>(given));
    return values;
  }

  /// Makes it, whole or not at all.
  ///
  /// @param userLine the line of the users file for a token
  /// @throws IOException if it cannot be; nothing that existed has changed then
  public Made make(
      Map<String, String> values, HostNames names, String token, String userLine, Clock clock)
      throws IOException {
    var random = RandomSource.system();
    var authority = Authority.create(random, clock);
    var server = authority.server(names);
    var client = authority.client(USER);
    try (var made = SecretDirectory.begin(directory)) {
      made.write(CA_KEY, authority.own().keyText());
      made.write(CA, authority.own().certificateText());
      made.write(SERVER_KEY, server.keyText());
      made.write(SERVER, server.certificateText());
      made.write(CLIENT_KEY, client.keyText());
      made.write(CLIENT, client.certificateText());
      made.write(USERS, "# name  secret  rules; docs/security.md says more\n" + userLine + "\n");
      made.write(TOKEN, token + "\n");
      made.write(SETTINGS, text(values));
      made.keep();
    }
    return new Made(this, names.all(), server.certificate().getNotAfter().toInstant());
  }

  private static String text(Map<String, String> values) {
    var text = new StringBuilder("# Made by ./incipit serve --init-secure\n");
    values.forEach(
        (key, value) ->
            text.append(key).append(" = ").append(value.replace("\\", "\\\\")).append('\n'));
    return text.toString();
  }
}
