// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.guard;

import static io.incipit.bench.load.RespClient.word;

import io.incipit.bench.load.RespClient;
import io.incipit.bench.report.Surroundings;
import io.incipit.bench.target.ServerProcess;
import io.incipit.client.ClientTls;
import io.incipit.env.Clock;
import io.incipit.env.Disk;
import io.incipit.env.Network;
import io.incipit.env.RandomSource;
import io.incipit.server.IncipitServer;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/// Five of our servers: one that lets everybody in, two with users and quotas, and two with TLS
/// besides; and what their clients need. Two users have a namespace each. The second of a kind is
/// for what goes on beside, in a control: it takes as much of the machine, and nothing of the
/// first.
final class GuardedServers implements Closeable {
  /// What the namespaces of the two begin with.
  static final String QUIET = "quiet";

  static final String LOUD = "loud";

  /// The largest heap of each.
  private static final int HEAP_MIB = 512;

  private static final String HOST = "127.0.0.1";
  private static final long CONNECT_NS = 5_000_000_000L;
  private static final long RELOAD_NS = 20_000_000_000L;
  private static final String POOL = "store.host-limit=512MiB";
  private static final String QUOTAS =
      """
      quiet-1  floor=64MiB index-floor=32MiB
      loud-*   lookups=2000 publishes=200 bytes=256MiB blocks=1000000
      """;

  private final Path directory;
  private final Network network;
  private final ServerProcess open;
  private final ServerProcess users;
  private final ServerProcess otherUsers;
  private final ServerProcess tls;
  private final ServerProcess otherTls;

  /// Starts them. A directory is made below `target`, and stays there.
  GuardedServers() throws IOException, InterruptedException {
    var target = Surroundings.root().resolve("target");
    var name = "bench-guard-" + Long.toHexString(RandomSource.system().fresh());
    this.directory = target.resolve(name);
    this.open = ServerProcess.incipit(HEAP_MIB, List.of("--set", POOL));
    this.tls =
        ServerProcess.incipit(
            HEAP_MIB, List.of("--init-secure", directory.toString(), "--set", POOL));
    this.network = ClientTls.ofCa(directory.resolve("ca.pem")).network();
    var file = directory.resolve("users");
    addUsers(file);
    var quotas = directory.resolve("quotas");
    Disk.system().writeText(quotas, QUOTAS);
    var guarded =
        List.of("--set", POOL, "--set", "access.users=" + file, "--set", "access.quotas=" + quotas);
    this.users = ServerProcess.incipit(HEAP_MIB, guarded);
    this.otherUsers = ServerProcess.incipit(HEAP_MIB, guarded);
    var settings = directory.resolve("incipit.properties").toString();
    this.otherTls = ServerProcess.incipit(HEAP_MIB, List.of("--config", settings));
    awaitUser();
  }

  private static void addUsers(Path file) throws IOException {
    var lines = new StringBuilder();
    for (var user : List.of(QUIET, LOUD)) {
      var rules = List.of("admin@" + user + "-*");
      lines.append(IncipitServer.userLine(user, token(user), rules)).append('\n');
    }
    var bytes = ByteBuffer.wrap(word(lines.toString()));
    try (var users = Disk.system().log(file)) {
      while (bytes.hasRemaining()) {
        users.append(bytes);
      }
    }
  }

  private static String token(String user) {
    return "incipit_" + user + "-of-the-benchmark".repeat(2);
  }

  /// Waits until the server that ran before the users were written knows them.
  private void awaitUser() throws IOException, InterruptedException {
    var clock = Clock.system();
    long end = clock.nanoTime() + RELOAD_NS;
    while (true) {
      try (var client = client(tls, network)) {
        client.call(word("AUTH"), word(QUIET), word(token(QUIET)));
        return;
      } catch (IOException notYet) {
        if (clock.nanoTime() - end > 0) {
          throw notYet;
        }
        clock.sleepNs(1_000_000_000L);
      }
    }
  }

  private static RespClient client(ServerProcess server, Network network) throws IOException {
    return new RespClient(network.connect(HOST, server.port(), CONNECT_NS));
  }

  /// A client of the server that lets everybody in.
  RespClient openClient() throws IOException {
    return client(open, Network.system());
  }

  /// A client of the server with users, who has said who he is.
  RespClient userClient(String user) throws IOException {
    return known(client(users, Network.system()), user);
  }

  /// The same of the other one.
  RespClient otherUserClient(String user) throws IOException {
    return known(client(otherUsers, Network.system()), user);
  }

  /// A client of the server with TLS, who has said who he is.
  RespClient tlsClient(String user) throws IOException {
    return known(client(tls, network), user);
  }

  private static RespClient known(RespClient client, String user) throws IOException {
    client.call(word("AUTH"), word(user), word(token(user)));
    return client;
  }

  /// A client of the server with TLS, who may do everything.
  RespClient adminClient() throws IOException {
    var client = client(tls, network);
    var secret = Disk.system().readText(directory.resolve("admin.token")).strip();
    client.call(word("AUTH"), word("admin"), word(secret));
    return client;
  }

  ServerProcess open() {
    return open;
  }

  ServerProcess users() {
    return users;
  }

  ServerProcess otherUsers() {
    return otherUsers;
  }

  ServerProcess tls() {
    return tls;
  }

  ServerProcess otherTls() {
    return otherTls;
  }

  @Override
  public void close() {
    open.close();
    users.close();
    otherUsers.close();
    tls.close();
    otherTls.close();
  }
}
