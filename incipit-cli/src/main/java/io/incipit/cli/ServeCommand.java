// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli;

import io.incipit.env.Disk;
import io.incipit.server.IncipitServer;
import io.incipit.server.ServerConfig;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

  @Override
  public Integer call() throws IOException, InterruptedException {
    var server = IncipitServer.start(config());
    Runtime.getRuntime().addShutdownHook(new Thread(server::stop, "stop"));
    greet(server);
    server.awaitStop();
    return ExitCode.OK;
  }

  private ServerConfig config() throws IOException {
    return call.refusing(() -> ServerConfig.of(values()));
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

  private void greet(IncipitServer server) {
    var out = call.out();
    var host = server.bind();
    out.printf(
        "Incipit answers on %s: RESP on port %d, HTTP on port %d.%n",
        host, server.respPort(), server.httpPort());
    out.printf(
        "  Try:   redis-cli %s-p %d KVC.STATS%n",
        server.isEncrypted() ? "--tls --cacert CA.pem " : "", server.respPort());
    out.printf(
        "  Look:  %s://%s:%d/%n",
        server.isEncrypted() ? "https" : "http", server.httpBind(), server.httpPort());
    out.printf("  Stop:  Ctrl-C%n");
    out.flush();
  }
}
