// SPDX-License-Identifier: Apache-2.0
package io.incipit.server;

import io.incipit.ingest.EngineSpec;
import io.incipit.net.NetConfig;
import io.incipit.net.Transport;
import io.incipit.net.access.AccessConfig;
import io.incipit.net.audit.AuditConfig;
import io.incipit.net.limits.ConnectionConfig;
import io.incipit.net.tls.ClientCertificates;
import io.incipit.net.tls.TlsConfig;
import io.incipit.net.tls.TlsVersions;
import io.incipit.router.RouterApi;
import io.incipit.service.ServiceConfig;
import io.incipit.store.Durability;
import io.incipit.store.StoreOptions;
import io.incipit.store.disk.DiskConfig;
import io.incipit.store.retain.KeepPolicy;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/// How a server is made. Read from one properties file and from `key=value` given beside it.
///
/// @param access who may do what
/// @param quotas where it stands how much namespaces may take, if anywhere
/// @param audit where it is written what was done and denied, if anywhere
/// @param share where the memory of the store is a file that others read, if anywhere
/// @param engines that are followed from the start
/// @param enginesAllowed addresses at which others may be registered, beside those and this machine
/// @param stopTimeout within which a stop is over, whatever clients do
public record ServerConfig(
    NetConfig net,
    AccessConfig access,
    Optional<Path> quotas,
    Optional<AuditConfig> audit,
    ServiceConfig index,
    StoreOptions store,
    Optional<Path> share,
    List<EngineSpec> engines,
    List<String> enginesAllowed,
    Duration stopTimeout) {
  private static final int LANES_DEFAULT_MAX = 4;
  private static final long DISK_BYTES_MIN = 64L << 20;

  public ServerConfig {
    engines = List.copyOf(engines);
    enginesAllowed = List.copyOf(enginesAllowed);
    RouterApi.requireAddresses(enginesAllowed);
    if (stopTimeout.isNegative()) {
      throw new IllegalArgumentException(
          "server.stop-timeout: %s (expected: not negative)".formatted(stopTimeout));
    }
  }

  /// The configuration of this machine in which only `values` differ from the defaults.
  ///
  /// @param values by key
  /// @throws IllegalArgumentException if a key is unknown, a value does not fit, or the budgets
  ///     do not fit the heap; the message names the keys
  public static ServerConfig of(Map<String, String> values) {
    var runtime = Runtime.getRuntime();
    return of(new Settings(values), runtime.availableProcessors(), runtime.maxMemory());
  }

  static ServerConfig of(Settings settings, int cores, long heapBytes) {
    var budgets = Budgets.of(settings, heapBytes);
    return new ServerConfig(
        net(settings, cores, budgets),
        access(settings),
        settings.path(Setting.ACCESS_QUOTAS),
        audit(settings),
        service(settings, cores, budgets),
        store(settings, budgets),
        settings.path(Setting.STORE_SHARE_DIRECTORY),
        engines(settings),
        settings.list(Setting.ENGINES_ALLOWED),
        settings.duration(Setting.SERVER_STOP_TIMEOUT));
  }

  private static List<EngineSpec> engines(Settings settings) {
    var specs = settings.text(Setting.ENGINES_FOLLOW).split("\\s+");
    return Arrays.stream(specs).filter(spec -> !spec.isEmpty()).map(EngineSpec::parse).toList();
  }

  private static NetConfig net(Settings settings, int cores, Budgets budgets) {
    int loops = settings.number(Setting.NET_EVENT_LOOPS);
    var bind = settings.text(Setting.NET_BIND);
    var httpBind = settings.text(Setting.NET_HTTP_BIND);
    var tls = tls(settings);
    boolean guarded = tls.isPresent() && settings.path(Setting.ACCESS_USERS).isPresent();
    return new NetConfig(
        bind,
        httpBind.isEmpty() ? bind : httpBind,
        settings.number(Setting.NET_RESP_PORT),
        settings.number(Setting.NET_HTTP_PORT),
        loops == 0 ? cores : loops,
        settings.choice(Setting.NET_TRANSPORT, Transport.class),
        guarded || settings.flag(Setting.NET_I_ACCEPT),
        settings.list(Setting.NET_HTTP_HOSTS),
        (int) Math.min(Integer.MAX_VALUE, settings.bytes(Setting.NET_HTTP_BODY_LIMIT)),
        connections(settings, budgets),
        tls);
  }

  private static Optional<TlsConfig> tls(Settings settings) {
    var certificate = settings.pem(Setting.TLS_CERTIFICATE);
    var key = settings.pem(Setting.TLS_KEY);
    var clientCa = settings.pem(Setting.TLS_CLIENT_CA);
    var resp = settings.choice(Setting.TLS_CLIENT_CERTIFICATES, ClientCertificates.class);
    var http = settings.choice(Setting.TLS_HTTP_CLIENT_CERTIFICATES, ClientCertificates.class);
    var versions = settings.read(Setting.TLS_VERSIONS, TlsVersions::from);
    if (certificate.isPresent() && key.isPresent()) {
      return Optional.of(
          new TlsConfig(certificate.get(), key.get(), clientCa, resp, http, versions));
    }
    for (var one : List.of(Setting.TLS_CERTIFICATE, Setting.TLS_KEY, Setting.TLS_CLIENT_CA)) {
      if (settings.pem(one).isPresent()) {
        throw new IllegalArgumentException(
            "%s: %s (expected: tls.certificate and tls.key too)"
                .formatted(one.key(), settings.text(one)));
      }
    }
    if (resp != ClientCertificates.NONE || http != ClientCertificates.NONE) {
      throw new IllegalArgumentException(
          "tls.client-certificates: asked for (expected: tls.certificate and tls.key too)");
    }
    return Optional.empty();
  }

  private static AccessConfig access(Settings settings) {
    return new AccessConfig(
        settings.path(Setting.ACCESS_USERS), settings.text(Setting.ACCESS_REDIS_NAMESPACE));
  }

  private static Optional<AuditConfig> audit(Settings settings) {
    long fileBytes = settings.bytes(Setting.AUDIT_FILE_LIMIT);
    int files = settings.number(Setting.AUDIT_FILES);
    return settings.path(Setting.AUDIT_FILE).map(file -> new AuditConfig(file, fileBytes, files));
  }

  private static ConnectionConfig connections(Settings settings, Budgets budgets) {
    return new ConnectionConfig(
        settings.number(Setting.NET_CONNECTIONS_MAX),
        settings.number(Setting.NET_CONNECTIONS_PER_ADDRESS),
        settings.number(Setting.NET_HTTP_CONNECTIONS_MAX),
        settings.duration(Setting.NET_HANDSHAKE_TIMEOUT),
        settings.duration(Setting.NET_FRAME_TIMEOUT),
        settings.duration(Setting.NET_WRITE_TIMEOUT),
        (int) Math.min(Integer.MAX_VALUE, settings.bytes(Setting.NET_OUTPUT_LIMIT)),
        settings.number(Setting.NET_PUBLISHES_IN_FLIGHT),
        budgets.bufferBytes());
  }

  private static ServiceConfig service(Settings settings, int cores, Budgets budgets) {
    int given = settings.number(Setting.INDEX_LANES);
    int lanes = given == 0 ? Math.min(cores, LANES_DEFAULT_MAX) : given;
    return new ServiceConfig(
        lanes,
        settings.number(Setting.INDEX_LANE_QUEUE),
        Math.max(1, budgets.laneQueueBytes() / Math.max(1, lanes)),
        settings.number(Setting.INDEX_NAMESPACES_MAX),
        budgets.indexBytes(),
        budgets.replyBytes());
  }

  private static StoreOptions store(Settings settings, Budgets budgets) {
    long given = settings.bytes(Setting.STORE_HOST_LIMIT);
    return new StoreOptions(
        given == 0 ? Budgets.poolBytes(Budgets.machineBytes()) : given,
        budgets.storeBytes(),
        settings.choice(Setting.STORE_POLICY, KeepPolicy.class),
        settings.duration(Setting.STORE_READ_LEASE),
        settings.duration(Setting.STORE_VERIFY_AGE),
        settings.duration(Setting.STORE_PUT_TIMEOUT),
        settings.bytes(Setting.STORE_SCRUB_RATE),
        disk(settings),
        durability(settings),
        settings.text(Setting.STORE_OWNER));
  }

  private static Optional<DiskConfig> disk(Settings settings) {
    var directory = settings.path(Setting.STORE_DISK_DIRECTORY);
    long limit = settings.bytes(Setting.STORE_DISK_LIMIT);
    if (directory.isEmpty()) {
      return Optional.empty();
    }
    if (limit < DISK_BYTES_MIN) {
      throw new IllegalArgumentException(
          "store.disk-limit: %d (expected: at least %d)".formatted(limit, DISK_BYTES_MIN));
    }
    return Optional.of(DiskConfig.of(directory.get(), limit));
  }

  private static Durability durability(Settings settings) {
    var durability = settings.choice(Setting.STORE_DURABILITY, Durability.class);
    if (durability == Durability.DISK && settings.path(Setting.STORE_DISK_DIRECTORY).isEmpty()) {
      throw new IllegalArgumentException(
          "store.durability: disk (expected: memory, or a store.disk-directory too)");
    }
    return durability;
  }

  /// The `key=value` pairs of a properties file.
  public static Map<String, String> parse(String properties) {
    var read = new Properties();
    try {
      read.load(new StringReader(properties));
    } catch (IOException impossible) {
      throw new IllegalStateException(impossible);
    }
    var values = new HashMap<String, String>();
    read.stringPropertyNames().forEach(key -> values.put(key, read.getProperty(key)));
    return values;
  }
}
