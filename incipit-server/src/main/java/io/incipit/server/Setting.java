// SPDX-License-Identifier: Apache-2.0
package io.incipit.server;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Every key of the configuration, with its default. `docs/configuration.md` shows this table.
enum Setting {
  NET_BIND("net.bind", "127.0.0.1", "address"),
  NET_HTTP_BIND("net.http-bind", "", "address"),
  NET_RESP_PORT("net.resp-port", "7379", "port"),
  NET_HTTP_PORT("net.http-port", "7380", "port"),
  NET_EVENT_LOOPS("net.event-loops", "0", "number"),
  NET_TRANSPORT("net.transport", "auto", "auto, epoll or nio"),
  NET_I_ACCEPT("net.i-accept-unauthenticated-network", "false", "true or false"),
  NET_HTTP_HOSTS("net.http-hosts", "", "names, separated by commas"),
  NET_HTTP_BODY_LIMIT("net.http-body-limit", "8MiB", "size"),
  NET_CONNECTIONS_MAX("net.connections-max", "10000", "number"),
  NET_CONNECTIONS_PER_ADDRESS("net.connections-per-address", "10000", "number"),
  NET_HTTP_CONNECTIONS_MAX("net.http-connections-max", "256", "number"),
  NET_HANDSHAKE_TIMEOUT("net.handshake-timeout", "5s", "duration"),
  NET_FRAME_TIMEOUT("net.frame-timeout", "30s", "duration"),
  NET_WRITE_TIMEOUT("net.write-timeout", "10s", "duration"),
  NET_OUTPUT_LIMIT("net.output-limit", "64KiB", "size"),
  NET_PUBLISHES_IN_FLIGHT("net.publishes-in-flight", "256", "number"),
  NET_BUFFER_LIMIT("net.buffer-limit", "0", "size"),
  TLS_CERTIFICATE("tls.certificate", "", "file"),
  TLS_KEY("tls.key", "", "file"),
  TLS_CLIENT_CA("tls.client-ca", "", "file"),
  TLS_CLIENT_CERTIFICATES("tls.client-certificates", "none", "none, optional or required"),
  TLS_HTTP_CLIENT_CERTIFICATES(
      "tls.http-client-certificates", "none", "none, optional or required"),
  TLS_VERSIONS("tls.versions", "1.3", "1.3 or 1.2"),
  ACCESS_USERS("access.users", "", "file"),
  ACCESS_REDIS_NAMESPACE("access.redis-namespace", "redis", "name"),
  ACCESS_QUOTAS("access.quotas", "", "file"),
  AUDIT_FILE("audit.file", "", "file"),
  AUDIT_FILE_LIMIT("audit.file-limit", "64MiB", "size"),
  AUDIT_FILES("audit.files", "8", "number"),
  INDEX_MEMORY_LIMIT("index.memory-limit", "0", "size"),
  INDEX_NAMESPACES_MAX("index.namespaces-max", "65536", "number"),
  INDEX_LANES("index.lanes", "0", "number"),
  INDEX_LANE_QUEUE("index.lane-queue", "1024", "number"),
  INDEX_LANE_QUEUE_LIMIT("index.lane-queue-limit", "0", "size"),
  STORE_HOST_LIMIT("store.host-limit", "0", "size"),
  STORE_SHARE_DIRECTORY("store.share-directory", "", "directory"),
  STORE_METADATA_LIMIT("store.metadata-limit", "0", "size"),
  STORE_POLICY("store.policy", "hzd", "hzd, leaf-lru or s3-fifo"),
  STORE_READ_LEASE("store.read-lease", "30s", "duration"),
  STORE_VERIFY_AGE("store.verify-age", "60s", "duration"),
  STORE_PUT_TIMEOUT("store.put-timeout", "60s", "duration"),
  STORE_SCRUB_RATE("store.scrub-rate", "16MiB", "size"),
  STORE_DISK_DIRECTORY("store.disk-directory", "", "directory"),
  STORE_DISK_LIMIT("store.disk-limit", "32GiB", "size"),
  STORE_OWNER("store.owner", "store", "name"),
  STORE_DURABILITY("store.durability", "memory", "memory or disk"),
  SERVICE_REPLY_LIMIT("service.reply-limit", "0", "size"),
  ENGINES_FOLLOW("engines.follow", "", "engines, separated by spaces"),
  ENGINES_ALLOWED("engines.allowed", "", "addresses, separated by commas"),
  SERVER_STOP_TIMEOUT("server.stop-timeout", "10s", "duration");

  private final String key;
  private final String byDefault;
  private final String kind;

  Setting(String key, String byDefault, String kind) {
    this.key = key;
    this.byDefault = byDefault;
    this.kind = kind;
  }

  String key() {
    return key;
  }

  /// The value of a key that is not given.
  String byDefault() {
    return byDefault;
  }

  /// What values look like, for people.
  String kind() {
    return kind;
  }

  static List<Setting> all() {
    return List.of(values());
  }

  static Optional<Setting> find(String key) {
    return all().stream().filter(setting -> setting.key.equals(key)).findFirst();
  }

  /// The key most like one that does not exist; empty if none is like it.
  static Optional<String> nearest(String key) {
    return Arrays.stream(values())
        .map(Setting::key)
        .min(Comparator.comparingInt(known -> distance(known, key)))
        .filter(known -> 2 * distance(known, key) <= known.length());
  }

  /// Letters to insert, drop or replace to make one of the other (Levenshtein, 1965).
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    Arrays.setAll(row, j -> j);
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
