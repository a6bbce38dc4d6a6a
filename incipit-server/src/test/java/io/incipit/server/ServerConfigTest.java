// SPDX-License-Identifier: Apache-2.0
package io.incipit.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.incipit.ingest.EngineSpec;
import io.incipit.net.NetConfig;
import io.incipit.net.Transport;
import io.incipit.net.access.AccessConfig;
import io.incipit.net.audit.AuditConfig;
import io.incipit.net.limits.ConnectionConfig;
import io.incipit.net.tls.ClientCertificates;
import io.incipit.net.tls.TlsConfig;
import io.incipit.net.tls.TlsVersions;
import io.incipit.service.ServiceConfig;
import io.incipit.store.Durability;
import io.incipit.store.StoreOptions;
import io.incipit.store.disk.DiskConfig;
import io.incipit.store.retain.KeepPolicy;
import io.incipit.tls.PemFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ServerConfigTest {
  private static final Pattern ROW =
      Pattern.compile("\\| `([a-z-]+\\.[a-z0-9.-]+)` \\| ([^|]*) \\|.*");

  private static ServerConfig config(Map<String, String> values) {
    return ServerConfig.of(new Settings(values), 6, 8L << 30);
  }

  @Test
  void of_nothing_isTheDefaults() {
    assertThat(config(Map.of()))
        .isEqualTo(
            new ServerConfig(
                new NetConfig(
                    "127.0.0.1",
                    "127.0.0.1",
                    7379,
                    7380,
                    6,
                    Transport.AUTO,
                    false,
                    List.of(),
                    8 << 20,
                    new ConnectionConfig(
                        10_000,
                        10_000,
                        256,
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(10),
                        65_536,
                        256,
                        1L << 30),
                    Optional.empty()),
                AccessConfig.NONE,
                Optional.empty(),
                Optional.empty(),
                new ServiceConfig(4, 1_024, 128L << 20, 65_536, 3L << 30, 512L << 20),
                new StoreOptions(
                    Budgets.poolBytes(Budgets.machineBytes()),
                    1L << 30,
                    KeepPolicy.HZD,
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(60),
                    Duration.ofSeconds(60),
                    16 << 20,
                    Optional.empty(),
                    Durability.MEMORY,
                    "store"),
                Optional.empty(),
                List.of(),
                List.of(),
                Duration.ofSeconds(10)));
  }

  /// A value for every key, none of them the default.
  private static Map<String, String> eachOwnValue() {
    var values = new LinkedHashMap<String, String>();
    values.put("net.bind", "0.0.0.0");
    values.put("net.http-bind", "10.0.0.1");
    values.put("net.resp-port", "1");
    values.put("net.http-port", "2");
    values.put("net.event-loops", "3");
    values.put("net.transport", "nio");
    values.put("net.i-accept-unauthenticated-network", "true");
    values.put("net.http-hosts", "a.example, b.example");
    values.put("net.http-body-limit", "12MiB");
    values.put("net.connections-max", "4");
    values.put("net.connections-per-address", "5");
    values.put("net.http-connections-max", "55");
    values.put("net.handshake-timeout", "6ms");
    values.put("net.frame-timeout", "7s");
    values.put("net.write-timeout", "8min");
    values.put("net.output-limit", "9KiB");
    values.put("net.publishes-in-flight", "10");
    values.put("net.buffer-limit", "11MiB");
    values.put("tls.certificate", "a.pem");
    values.put("tls.key", "/b/c.pem");
    values.put("tls.client-ca", "d.pem");
    values.put("tls.client-certificates", "required");
    values.put("tls.http-client-certificates", "optional");
    values.put("tls.versions", "1.2");
    values.put("access.users", "/etc/users");
    values.put("access.redis-namespace", "kept");
    values.put("access.quotas", "/etc/quotas");
    values.put("audit.file", "/var/log/audit");
    values.put("audit.file-limit", "24MiB");
    values.put("audit.files", "25");
    values.put("index.memory-limit", "5GiB");
    values.put("index.namespaces-max", "13");
    values.put("index.lanes", "14");
    values.put("index.lane-queue", "15");
    values.put("index.lane-queue-limit", "28B");
    values.put("store.host-limit", "18MiB");
    values.put("store.share-directory", "/dev/shm");
    values.put("store.metadata-limit", "19MiB");
    values.put("store.policy", "leaf-lru");
    values.put("store.read-lease", "20s");
    values.put("store.verify-age", "0");
    values.put("store.put-timeout", "21s");
    values.put("store.scrub-rate", "23MiB");
    values.put("store.disk-directory", "/somewhere");
    values.put("store.disk-limit", "22GiB");
    values.put("store.owner", "node-7");
    values.put("store.durability", "disk");
    values.put("service.reply-limit", "17MiB");
    values.put("engines.follow", "tcp://a:1,model=m  tcp://b:2,model=n,rank=3,copies=once");
    values.put("engines.allowed", "10.0.0.0/8, gpu-1:5557");
    values.put("server.stop-timeout", "0");
    return values;
  }

  @Test
  void of_everyKey_takesItsValue() {
    var values = eachOwnValue();
    assertThat(values.keySet()).containsExactlyElementsOf(keys());

    assertThat(config(values))
        .isEqualTo(
            new ServerConfig(
                new NetConfig(
                    "0.0.0.0",
                    "10.0.0.1",
                    1,
                    2,
                    3,
                    Transport.NIO,
                    true,
                    List.of("a.example", "b.example"),
                    12 << 20,
                    new ConnectionConfig(
                        4,
                        5,
                        55,
                        Duration.ofMillis(6),
                        Duration.ofSeconds(7),
                        Duration.ofMinutes(8),
                        9 << 10,
                        10,
                        11 << 20),
                    Optional.of(
                        new TlsConfig(
                            new PemFile("tls.certificate", Path.of("a.pem")),
                            new PemFile("tls.key", Path.of("/b/c.pem")),
                            Optional.of(new PemFile("tls.client-ca", Path.of("d.pem"))),
                            ClientCertificates.REQUIRED,
                            ClientCertificates.OPTIONAL,
                            TlsVersions.FROM_1_2))),
                new AccessConfig(Optional.of(Path.of("/etc/users")), "kept"),
                Optional.of(Path.of("/etc/quotas")),
                Optional.of(new AuditConfig(Path.of("/var/log/audit"), 24 << 20, 25)),
                new ServiceConfig(14, 15, 2, 13, 5L << 30, 17L << 20),
                new StoreOptions(
                    18 << 20,
                    19 << 20,
                    KeepPolicy.LEAF_LRU,
                    Duration.ofSeconds(20),
                    Duration.ZERO,
                    Duration.ofSeconds(21),
                    23 << 20,
                    Optional.of(DiskConfig.of(Path.of("/somewhere"), 22L << 30)),
                    Durability.DISK,
                    "node-7"),
                Optional.of(Path.of("/dev/shm")),
                List.of(
                    EngineSpec.parse("tcp://a:1,model=m"),
                    EngineSpec.parse("tcp://b:2,model=n,rank=3,copies=once")),
                List.of("10.0.0.0/8", "gpu-1:5557"),
                Duration.ZERO));
  }

  private static List<String> keys() {
    return Setting.all().stream().map(Setting::key).toList();
  }

  @Test
  void tooLittleMemory_heapBeyondTheMachine_isSaid() {
    assertThat(Budgets.tooLittleMemory(2L << 30, 1L << 30))
        .hasValue("heap exceeds memory heap_bytes=2147483648 memory_bytes=1073741824");
    assertThat(Budgets.tooLittleMemory(1L << 30, 1L << 30)).isEmpty();
    assertThat(Budgets.tooLittleMemory(1L << 30, 0)).isEmpty();
  }

  @Test
  void of_unknownKey_namesTheNearest() {
    assertThatThrownBy(() -> config(Map.of("net.port", "1")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("net.port: no such setting (nearest: net.bind)");
    assertThatThrownBy(() -> config(Map.of("index.memory_limit", "1GiB")))
        .hasMessage("index.memory_limit: no such setting (nearest: index.memory-limit)");
    assertThatThrownBy(() -> config(Map.of("foo", "1")))
        .hasMessage("foo: no such setting (docs/configuration.md has all there are)");
  }

  @Test
  void of_valueThatDoesNotFit_namesTheKey() {
    var wrong =
        Map.of(
            "net.resp-port", "70000",
            "net.http-port", "x",
            "net.transport", "rdma",
            "net.handshake-timeout", "5",
            "net.frame-timeout", "5 s",
            "tls.versions", "1.1",
            "index.memory-limit", "4GB",
            "index.lanes", "-1",
            "index.namespaces-max", "0",
            "net.i-accept-unauthenticated-network", "yes");
    wrong.forEach(
        (key, value) ->
            assertThatThrownBy(() -> config(Map.of(key, value)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(key + ": " + value)
                .hasMessageContaining("(expected: "));
  }

  @Test
  void of_budgetsBeyondThreeQuartersOfTheHeap_areRefusedByName() {
    for (var key :
        List.of(
            "index.memory-limit",
            "net.buffer-limit",
            "index.lane-queue-limit",
            "service.reply-limit")) {
      assertThatThrownBy(() -> config(Map.of(key, "6GiB")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(key + " 6144 MiB")
          .hasMessageContaining("(expected: at most 6144 MiB, three quarters of the heap of 8192")
          .hasMessageContaining("-Xmx");
    }
  }

  @Test
  void of_nothing_takesThreeQuartersOfAnyHeap() {
    for (long heap : new long[] {256L << 20, 1L << 30, (1L << 30) + 12_345, 1L << 40}) {
      var config = ServerConfig.of(new Settings(Map.of()), 3, heap);
      long queues = config.index().lanes() * config.index().laneQueueBytes();
      long buffers = config.net().connections().bufferBytesMax();
      assertThat(
              config.index().memoryLimitBytes()
                  + config.store().metadataBytes()
                  + buffers
                  + queues
                  + config.index().replyBytesMax())
          .isBetween(heap / 4 * 3 - 16, heap / 4 * 3);
      assertThat(buffers).isEqualTo(heap / 8);
    }
  }

  @Test
  void of_httpForOtherMachines_needsNoInsisting() {
    assertThat(config(Map.of("net.http-bind", "0.0.0.0")).net().httpBind()).isEqualTo("0.0.0.0");
    assertThat(config(Map.of("net.bind", "::1")).net().httpBind()).isEqualTo("::1");
    assertThatThrownBy(() -> config(Map.of("net.http-bind", "example.org")))
        .hasMessageStartingWith("net.http-bind: example.org (expected: ");
    assertThatThrownBy(() -> config(Map.of("net.bind", "0.0.0.0")))
        .hasMessageStartingWith("net.bind: 0.0.0.0 is reachable");
  }

  @Test
  void of_tlsThatIsNotWhole_isRefusedByName() {
    var pair = Map.of("tls.certificate", "a", "tls.key", "b");
    assertThatThrownBy(() -> config(Map.of("tls.certificate", "a")))
        .hasMessage("tls.certificate: a (expected: tls.certificate and tls.key too)");
    assertThatThrownBy(() -> config(Map.of("tls.client-ca", "c")))
        .hasMessage("tls.client-ca: c (expected: tls.certificate and tls.key too)");
    assertThatThrownBy(() -> config(Map.of("tls.client-certificates", "optional")))
        .hasMessageStartingWith("tls.client-certificates: asked for (expected: ");
    for (var key : List.of("tls.client-certificates", "tls.http-client-certificates")) {
      assertThatThrownBy(() -> config(with(pair, key, "required")))
          .hasMessageStartingWith("tls.client-ca: not given");
    }
    assertThatThrownBy(() -> config(with(pair, "tls.client-ca", "c")))
        .hasMessageStartingWith("tls.client-ca: c, though no client is asked");
    assertThatThrownBy(() -> config(with(pair, "tls.client-certificates", "yes")))
        .hasMessage("tls.client-certificates: yes (expected: none, optional or required)");
  }

  private static Map<String, String> with(Map<String, String> values, String key, String value) {
    var more = new LinkedHashMap<>(values);
    more.put(key, value);
    return more;
  }

  @Test
  void of_onePortForBoth_isRefused() {
    assertThatThrownBy(() -> config(Map.of("net.resp-port", "9000", "net.http-port", "9000")))
        .hasMessageContaining("9000 (expected: another than");
  }

  @Test
  void parse_propertiesFile_givesItsPairs() {
    assertThat(ServerConfig.parse("# a comment\nnet.bind = ::1\n\nindex.lanes=2\n"))
        .containsExactlyInAnyOrderEntriesOf(Map.of("net.bind", "::1", "index.lanes", "2"));
  }

  @Test
  void configurationMd_showsEveryKeyAndDefault() throws IOException {
    var shown = new LinkedHashMap<String, String>();
    for (var line : Files.readAllLines(root().resolve("docs/configuration.md"))) {
      var row = ROW.matcher(line);
      if (row.matches()) {
        shown.put(row.group(1), row.group(2).replace("`", "").strip());
      }
    }
    var expected = new LinkedHashMap<String, String>();
    Setting.all().forEach(setting -> expected.put(setting.key(), setting.byDefault()));
    assertThat(shown).containsExactlyEntriesOf(expected);
  }

  private static Path root() {
    return Path.of(System.getProperty("incipit.root", ".."));
  }

  @Test
  void bind_beyondThisMachine_needsBothTlsAndUsers() {
    var tls = Map.of("tls.certificate", "a.pem", "tls.key", "b.pem");
    var users = Map.of("access.users", "users");
    var bind = Map.of("net.bind", "10.0.0.1");
    for (var half : List.of(Map.<String, String>of(), tls, users)) {
      var values = new HashMap<>(bind);
      values.putAll(half);
      assertThatThrownBy(() -> ServerConfig.of(values))
          .hasMessageStartingWith("net.bind: 10.0.0.1");
    }
    var values = new HashMap<>(bind);
    values.putAll(tls);
    values.putAll(users);
    assertThat(ServerConfig.of(values).net().open()).isTrue();
  }
}
