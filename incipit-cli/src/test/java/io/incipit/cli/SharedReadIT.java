// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.incipit.block.BlockChain;
import io.incipit.block.Namespace;
import io.incipit.client.BlockPart;
import io.incipit.client.ClientConfig;
import io.incipit.client.ClientException;
import io.incipit.client.Fetched;
import io.incipit.client.IncipitClient;
import io.incipit.client.PutName;
import io.incipit.client.PutOutcome;
import io.incipit.server.IncipitServer;
import io.incipit.server.ServerConfig;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/// The Java client on the machine of its server: it copies blocks out of the server's memory, and
/// whatever happens to that meanwhile, no byte is wrong.
@EnabledOnOs(OS.LINUX)
class SharedReadIT {
  private static final Path SHM = Path.of("/dev/shm");
  private static final int BLOCKS = 24;

  private Path directory = SHM;
  private final List<AutoCloseable> open = new ArrayList<>();

  @BeforeEach
  void makeDirectory() throws IOException {
    assumeTrue(Files.isWritable(SHM));
    directory = Files.createTempDirectory(SHM, "incipit-it-");
  }

  @AfterEach
  void closeAll() throws Exception {
    for (var each : open.reversed()) {
      each.close();
    }
    assertThat(files()).isEmpty();
    Files.delete(directory);
  }

  private List<Path> files() throws IOException {
    try (var files = Files.list(directory)) {
      return files.toList();
    }
  }

  private IncipitServer server(Map<String, String> settings) throws IOException {
    var all = new HashMap<String, String>();
    all.put("net.resp-port", "0");
    all.put("net.http-port", "0");
    all.put("store.share-directory", directory.toString());
    all.put("store.host-limit", "16MiB");
    all.putAll(settings);
    var server = IncipitServer.start(ServerConfig.of(all));
    open.add(server);
    return server;
  }

  private IncipitClient client(int port) {
    var config = ClientConfig.of("127.0.0.1", port).withOtherDeadline(Duration.ofMinutes(5));
    var client = new IncipitClient(config);
    open.add(client);
    return client;
  }

  private static void attach(IncipitClient client) {
    client.createNamespace(Namespace.of("kv", 16, Long.BYTES)).join();
    client.attach("kv", Map.of()).join();
  }

  private static BlockChain chain(int round) {
    var hashes = new long[BLOCKS];
    for (int i = 0; i < BLOCKS; i++) {
      hashes[i] = ((long) round << 32) + i + 1;
    }
    return BlockChain.of(hashes);
  }

  /// Bytes that no other block has.
  private static byte[] bytes(int round, int block) {
    var bytes = new byte[1 + 37_000 * (block % 6)];
    var random = new SplittableRandom(((long) round << 32) + block);
    random.nextBytes(bytes);
    return bytes;
  }

  private static void put(IncipitClient client, int round) {
    var put = new PutName("kv", "put-" + round);
    for (int i = 0; i < BLOCKS; i++) {
      var outcome = client.put(put, BlockPart.whole(chain(round), i), bytes(round, i)).join();
      assertThat(outcome).isNotEqualTo(PutOutcome.HAVE);
    }
    client.commit(put).join();
  }

  private static Fetched read(IncipitClient client, int round) {
    return client.readShared("kv", chain(round), 0, Duration.ZERO).join();
  }

  private static void assertRight(Fetched fetched, int round) {
    for (int i = 0; i < fetched.blocks().size(); i++) {
      assertThat(fetched.blocks().get(i)).isEqualTo(ByteBuffer.wrap(bytes(round, i)));
    }
  }

  /// How often a command was run.
  private static long runs(IncipitServer server, String command) throws Exception {
    try (var http = HttpClient.newHttpClient()) {
      var uri = URI.create("http://127.0.0.1:" + server.httpPort() + "/metrics");
      var body =
          http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
              .body();
      return body.lines()
          .filter(line -> line.startsWith("incipit_command_seconds_count{"))
          .filter(line -> line.contains("\"" + command + "\""))
          .mapToLong(line -> (long) Double.parseDouble(line.substring(line.indexOf(' ') + 1)))
          .sum();
    }
  }

  @Test
  void readShared_exactBytes_andNotOverTheConnection() throws Exception {
    var server = server(Map.of());
    var client = client(server.respPort());
    attach(client);
    put(client, 1);
    for (int i = 0; i < 3; i++) {
      var fetched = read(client, 1);
      assertThat(fetched.blocks()).hasSize(BLOCKS);
      assertThat(fetched.end()).isEqualTo(Fetched.End.ALL);
      assertRight(fetched, 1);
    }
    assertThat(read(client, 2)).isEqualTo(new Fetched(List.of(), Fetched.End.MISS));
    assertThat(runs(server, "KVC.WHERE")).isEqualTo(4);
    assertThat(runs(server, "KVC.READ")).isZero();
  }

  @Test
  void readShared_bytesChangedInMemory_areNeverTaken() throws Exception {
    var server = server(Map.of("store.verify-age", "0s", "store.scrub-rate", "0"));
    var client = client(server.respPort());
    attach(client);
    put(client, 1);
    try (var file = FileChannel.open(files().getFirst(), StandardOpenOption.WRITE)) {
      var zeros = ByteBuffer.allocate(1 << 20);
      for (long at = 0; at < file.size(); at += zeros.capacity()) {
        file.write(zeros.rewind(), at);
      }
    }
    assertThat(read(client, 1)).isEqualTo(new Fetched(List.of(), Fetched.End.BAD));
    assertThat(runs(server, "KVC.READ")).isEqualTo(1);
  }

  @Test
  void readShared_nothingShared_readsOverTheConnection() throws Exception {
    var server = server(Map.of("store.share-directory", ""));
    var client = client(server.respPort());
    attach(client);
    put(client, 1);
    for (int i = 0; i < 2; i++) {
      var fetched = read(client, 1);
      assertThat(fetched.blocks()).hasSize(BLOCKS);
      assertRight(fetched, 1);
    }
    assertThat(runs(server, "KVC.WHERE")).isEqualTo(1);
    assertThat(runs(server, "KVC.READ")).isEqualTo(2);
  }

  @Test
  void readShared_memoryTurnsOver_noByteIsWrong() throws Exception {
    // The lease is shorter than what is done within it, now and then.
    var server = server(Map.of("store.host-limit", "12MiB", "store.read-lease", "2ms"));
    var writer = client(server.respPort());
    attach(writer);
    var last = new AtomicInteger(1);
    var thread =
        Thread.ofPlatform()
            .start(
                () -> {
                  for (int round = 1; round <= 150; round++) {
                    tryPut(writer, round);
                    last.set(round);
                    if (round % 40 == 0) {
                      writer.dropNamespace("kv").join();
                      attachAgain(writer);
                    }
                  }
                });
    var reader = client(server.respPort());
    long found = 0;
    attachAgain(reader);
    while (thread.isAlive()) {
      try {
        int asked = last.get();
        var fetched = read(reader, asked);
        assertRight(fetched, asked);
        found += fetched.blocks().size();
      } catch (CompletionException refused) {
        assertThat(refused).hasCauseInstanceOf(ClientException.Refused.class);
        attachAgain(reader);
      }
    }
    thread.join();
    assertThat(found).isPositive();
    assertThat(runs(server, "KVC.WHERE")).isPositive();
  }

  private static void tryPut(IncipitClient client, int round) {
    try {
      put(client, round);
    } catch (CompletionException refused) {
      // No room: what is there is leased.
      assertThat(refused).hasCauseInstanceOf(ClientException.Refused.class);
      client.abort(new PutName("kv", "put-" + round)).join();
    }
  }

  private static void attachAgain(IncipitClient client) {
    for (boolean done = false; !done; ) {
      try {
        attach(client);
        done = true;
      } catch (CompletionException leaving) {
        assertThat(leaving).hasCauseInstanceOf(ClientException.Refused.class);
      }
    }
  }

  @Test
  void readShared_serverStops_failsAndNextOneIsRead() throws Exception {
    var first = server(Map.of());
    int port = first.respPort();
    var client = client(port);
    attach(client);
    put(client, 1);
    assertRight(read(client, 1), 1);
    first.close();
    assertThatThrownBy(() -> read(client, 1))
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(ClientException.class);

    var second = server(Map.of("net.resp-port", Integer.toString(port)));
    var fresh = client(port);
    attach(fresh);
    put(fresh, 1);
    var fetched = read(client, 1);
    assertThat(fetched.blocks()).hasSize(BLOCKS);
    assertRight(fetched, 1);
    assertThat(runs(second, "KVC.READ")).isZero();
  }
}
