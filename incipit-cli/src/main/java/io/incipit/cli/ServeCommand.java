// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli;

import io.incipit.cli.secure.ClientLines;
import io.incipit.cli.secure.HostNames;
import io.incipit.cli.secure.Quoting;
import io.incipit.cli.secure.SecureHome;
import io.incipit.cli.secure.Token;
import io.incipit.env.Clock;
import io.incipit.env.Disk;
import io.incipit.env.RandomSource;
import io.incipit.server.IncipitServer;
import io.incipit.server.ServerConfig;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The command `incipit serve`.
@Command(
    name = "serve",
    description = {
      "Runs a server on this machine until it is stopped (Ctrl-C or SIGTERM).",
      "",
      "Settings come from the file, then from --set, then from the options; docs/configuration.md"
          + " has them all."
    })
final class ServeCommand implements Callable<Integer> {
  @Mixin private final Invocation call = new Invocation();

  @Option(
      names = "--port",
      paramLabel = "N",
      description = "port of RESP (default 7379; 0: any free one)")
  private @Nullable String port;

  @Option(
      names = "--http-port",
      paramLabel = "N",
      description = "port of HTTP (default 7380; 0: any free one)")
  private @Nullable String httpPort;

  @Option(
      names = "--bind",
      paramLabel = "ADDRESS",
      description = "address to listen on (default 127.0.0.1)")
  private @Nullable String bind;

  @Option(
      names = "--engine",
      paramLabel = "ENGINE",
      description =
          "follow an engine's KV events, such as http://host:8000 (newer vLLM tells the rest) or"
              + " tcp://host:5557,model=NAME,replay=tcp://host:5558; may be repeated")
  private List<String> engines = List.of();

  @Option(names = "--config", paramLabel = "FILE", description = "properties file with settings")
  private @Nullable Path file;

  @Option(names = "--set", paramLabel = "KEY=VALUE", description = "one setting; may be repeated")
  private Map<String, String> set = new LinkedHashMap<>();

  @Option(
      names = "--i-accept-unauthenticated-network",
      description =
          "allow --bind beyond this machine without TLS or users: anybody may do anything")
  private boolean accepted;

  @Option(
      names = "--init-secure",
      paramLabel = "DIR",
      description =
          "makes certificates, a user with a token and a properties file in DIR, which must not"
              + " exist or be empty, and starts with them; what else is given goes into the file")
  private @Nullable Path secure;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description =
          "with --init-secure: a name or an address by which clients call this server, besides"
              + " localhost, the host's name and --bind; may be repeated")
  private List<String> names = List.of();

  private final Clock clock;
  private final RandomSource random;

  ServeCommand(Clock clock, RandomSource random) {
    this.clock = clock;
    this.random = random;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    requireOneSource();
    var values = values();
    var home = secure == null ? found(values) : Optional.of(made(secure, values));
    var server = IncipitServer.start(config(values));
    Runtime.getRuntime().addShutdownHook(new Thread(server::stop, "stop"));
    greet(server, home);
    server.awaitStop();
    return ExitCode.OK;
  }

  private ServerConfig config(Map<String, String> values) throws IOException {
    return call.refusing(() -> ServerConfig.of(values));
  }

  private void requireOneSource() {
    if (secure == null && !names.isEmpty()) {
      throw call.misuse("--name: %s (expected: with --init-secure)".formatted(names.getFirst()));
    }
    if (secure != null && (file != null || accepted)) {
      throw call.misuse(
          "%s: with --init-secure (expected: one of them)"
              .formatted(file == null ? "--i-accept-unauthenticated-network" : "--config"));
    }
  }

  private Optional<SecureHome> found(Map<String, String> values) {
    return file == null ? Optional.empty() : SecureHome.of(file, values, Disk.system());
  }

  /// Makes what a secure server starts with, and lets the values be what its file says.
  private SecureHome made(Path place, Map<String, String> values) throws IOException {
    var disk = Disk.system();
    var home = SecureHome.at(place, disk);
    var binds =
        List.of(
            values.getOrDefault("net.bind", "127.0.0.1"), values.getOrDefault("net.http-bind", ""));
    var called = call.refusing(() -> HostNames.of(binds, names, disk));
    var all = call.refusing(() -> home.settings(values, called));
    var _ = config(all);
    var token = Token.fresh(random);
    var line = IncipitServer.userLine(SecureHome.USER, token, List.of("admin@*"));
    tell(home.make(all, called, token, line, clock), token);
    values.putAll(all);
    return home;
  }

  private void tell(SecureHome.Made made, String token) {
    var out = call.out();
    out.printf(
        "Made %s, for this user only: certificates, keys, users, settings.%n",
        made.home().directory());
    out.printf(
        "The server's certificate is for %s, until %s.%n",
        String.join(", ", made.names()), made.expires());
    out.printf(
        "The token of %s, who may do everything, shown this once and kept in %s:%n  %s%n",
        SecureHome.USER, made.home().token(), token);
    out.printf(
        "Next time: ./incipit serve --config %s%n%n",
        Quoting.shell(made.home().settings().toString()));
    out.flush();
  }

  private Map<String, String> values() throws IOException {
    var values = new HashMap<String, String>();
    if (file != null) {
      values.putAll(ServerConfig.parse(text(file)));
    }
    values.putAll(set);
    put(values, "net.resp-port", port);
    put(values, "net.http-port", httpPort);
    put(values, "net.bind", bind);
    if (!engines.isEmpty()) {
      values.merge("engines.follow", String.join(" ", engines), (set, more) -> set + " " + more);
    }
    if (accepted) {
      values.put("net.i-accept-unauthenticated-network", "true");
    }
    return values;
  }

  private static String text(Path file) throws IOException {
    try {
      return Disk.system().readText(file);
    } catch (IOException unreadable) {
      var reason =
          unreadable instanceof NoSuchFileException
              ? "there is none"
              : String.valueOf(unreadable.getMessage());
      throw new IOException(
          "--config: %s: %s (expected: a properties file)".formatted(file, reason), unreadable);
    }
  }

  private static void put(Map<String, String> values, String key, @Nullable String value) {
    if (value != null) {
      values.put(key, value);
    }
  }

  private void greet(IncipitServer server, Optional<SecureHome> home) {
    var out = call.out();
    out.printf(
        "Incipit answers on %s: RESP on port %d, HTTP on port %d.%n",
        server.bind(), server.respPort(), server.httpPort());
    var lines =
        new ClientLines(
            server.bind(),
            server.respPort(),
            server.httpBind(),
            server.httpPort(),
            server.isEncrypted(),
            server.hasUsers(),
            home);
    lines.all().forEach(line -> out.printf("  %-6s %s%n", line.what() + ":", line.text()));
    out.printf("  Stop:  Ctrl-C%n");
    out.flush();
  }
}
