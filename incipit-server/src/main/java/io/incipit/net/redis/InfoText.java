// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.redis;

import io.incipit.env.Build;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/// What `INFO` answers: the fields that Redis' tools read, and our own. For one event loop.
final class InfoText {
  /// What happens when memory runs out: the leaves that nobody asked for longest go.
  static final String MEMORY_POLICY = "allkeys-lru";

  private static final List<String> SECTIONS =
      List.of(
          "server",
          "clients",
          "memory",
          "persistence",
          "stats",
          "replication",
          "cpu",
          "modules",
          "commandstats",
          "errorstats",
          "latencystats",
          "cluster",
          "keyspace");

  /// Sections that are long, and shown only if they are asked for.
  private static final List<String> ASKED_FOR = List.of("commandstats", "latencystats");

  private static final List<String> ALL = List.of("all", "everything");
  private static final String NONE = "0000000000000000000000000000000000000000";
  private static final long SECONDS_PER_DAY = 86_400;
  private static final double NS_PER_SECOND = 1e9;

  /// What does not change while the process runs. To ask for it may take long the first time, so
  /// that is done before there are connections.
  private static final class Facts {
    static final long ID = ProcessHandle.current().pid();
    static final long MEMORY_BYTES =
        ManagementFactory.getOperatingSystemMXBean()
                instanceof com.sun.management.OperatingSystemMXBean system
            ? system.getTotalMemorySize()
            : 0;

    /// 40 hex digits, unlike those of another process of this machine.
    static final String RUN_ID =
        "%016x%016x%08x"
            .formatted(
                ManagementFactory.getRuntimeMXBean().getStartTime(),
                ID,
                ManagementFactory.getRuntimeMXBean().getName().hashCode());
  }

  private final ServerView server;

  /// Requests and the time when `INFO` was asked last, and the rate between the two times before.
  private long lastRequests;
  private long lastNs;
  private long rate;

  InfoText(ServerView server) {
    this.server = server;
    this.lastNs = server.clock().nanoTime();
  }

  /// What tells this process from others: 40 hex digits.
  static String runId() {
    return Facts.RUN_ID;
  }

  /// Asks the system what it may take long to tell.
  static void prepare() {
    Objects.requireNonNull(Facts.RUN_ID);
  }

  /// The sections that are wanted; those without length if none is.
  String text(List<String> wanted) {
    boolean all = wanted.stream().anyMatch(ALL::contains);
    boolean usual = wanted.isEmpty() || wanted.contains("default");
    var text = new StringBuilder();
    for (var section : SECTIONS) {
      if (all || wanted.contains(section) || (usual && !ASKED_FOR.contains(section))) {
        text.append(text.isEmpty() ? "" : "\r\n").append("# ");
        text.append(section.substring(0, 1).toUpperCase(Locale.ROOT)).append(section.substring(1));
        text.append("\r\n");
        section(section, text);
      }
    }
    return text.toString();
  }

  private void section(String section, StringBuilder text) {
    switch (section) {
      case "server" -> server(text);
      case "clients" -> clients(text);
      case "memory" -> memory(text);
      case "persistence" -> persistence(text);
      case "stats" -> stats(text);
      case "replication" -> {
        line(text, "role", "master");
        line(text, "connected_slaves", 0);
        line(text, "master_replid", NONE);
        line(text, "master_repl_offset", 0);
      }
      case "cpu" -> cpu(text);
      case "commandstats" -> commands(text);
      case "errorstats" -> errors(text);
      case "cluster" -> line(text, "cluster_enabled", 0);
      case "keyspace" -> keyspace(text);
      default -> {
        // Modules and latencies: there are none, so it is empty, as in an empty Redis.
      }
    }
  }

  private void server(StringBuilder text) {
    line(text, "redis_version", ServerCommands.REDIS_VERSION);
    line(text, "redis_git_sha1", "00000000");
    line(text, "redis_git_dirty", 0);
    line(text, "redis_build_id", "0");
    line(text, "redis_mode", "standalone");
    line(text, "server_name", "incipit");
    line(text, "incipit_version", Build.ours().version());
    line(text, "java_version", Runtime.version().toString());
    line(
        text,
        "os",
        "%s %s %s"
            .formatted(
                System.getProperty("os.name"),
                System.getProperty("os.version"),
                System.getProperty("os.arch")));
    line(text, "arch_bits", 64);
    line(text, "monotonic_clock", "System.nanoTime");
    line(text, "multiplexing_api", "netty");
    line(text, "process_id", Facts.ID);
    line(text, "process_supervised", "no");
    line(text, "run_id", Facts.RUN_ID);
    line(text, "tcp_port", server.respPort());
    line(text, "server_time_usec", server.clock().wallMillis() * 1_000);
    line(text, "uptime_in_seconds", server.uptimeSeconds());
    line(text, "uptime_in_days", server.uptimeSeconds() / SECONDS_PER_DAY);
    line(text, "hz", 10);
    line(text, "configured_hz", 10);
    line(text, "executable", "java");
    line(text, "config_file", "");
    line(text, "io_threads_active", 0);
  }

  private void clients(StringBuilder text) {
    line(text, "connected_clients", server.clients().size());
    line(text, "cluster_connections", 0);
    line(text, "maxclients", server.connectionsMax());
    line(text, "client_recent_max_input_buffer", 0);
    line(text, "client_recent_max_output_buffer", 0);
    line(text, "blocked_clients", 0);
    line(text, "tracking_clients", 0);
    line(text, "clients_in_timeout_table", 0);
  }

  private void memory(StringBuilder text) {
    long indexBytes = server.stat("index-bytes");
    long engineBytes = server.stat("engine-bytes");
    long storeBytes = server.store().usedBytes();
    bytes(text, "used_memory", storeBytes + indexBytes + engineBytes);
    bytes(text, "used_memory_rss", Runtime.getRuntime().totalMemory());
    bytes(text, "used_memory_dataset", storeBytes + indexBytes);
    bytes(text, "engine_bytes", engineBytes);
    bytes(text, "total_system_memory", Facts.MEMORY_BYTES);
    bytes(text, "maxmemory", server.store().totalBytes());
    bytes(text, "index_limit", server.stat("index-limit-bytes"));
    line(text, "maxmemory_policy", MEMORY_POLICY);
    bytes(text, "java_heap_max", Runtime.getRuntime().maxMemory());
    line(text, "mem_fragmentation_ratio", "1.00");
    line(text, "mem_clients_normal", server.bufferedBytes());
    line(text, "mem_allocator", "java");
    line(text, "buffered_bytes", server.bufferedBytes());
  }

  private void persistence(StringBuilder text) {
    line(text, "loading", 0);
    line(text, "async_loading", 0);
    line(text, "rdb_changes_since_last_save", 0);
    line(text, "rdb_bgsave_in_progress", 0);
    line(text, "rdb_last_bgsave_status", "ok");
    line(text, "aof_enabled", 0);
    line(text, "aof_rewrite_in_progress", 0);
    line(text, "aof_last_write_status", "ok");
  }

  private void stats(StringBuilder text) {
    var totals = server.totals();
    line(text, "total_connections_received", totals.connections());
    line(text, "total_commands_processed", totals.requests());
    line(text, "instantaneous_ops_per_sec", rate(totals.requests()));
    line(text, "total_net_input_bytes", totals.receivedBytes());
    line(text, "total_net_output_bytes", totals.sentBytes());
    line(text, "instantaneous_input_kbps", "0.00");
    line(text, "instantaneous_output_kbps", "0.00");
    line(text, "rejected_connections", totals.refused());
    line(text, "sync_full", 0);
    line(text, "expired_keys", server.stat("store-expired"));
    line(text, "evicted_keys", server.stat("store-evicted"));
    line(text, "keyspace_hits", server.stat("store-hits"));
    line(text, "keyspace_misses", server.stat("store-misses"));
    line(text, "pubsub_channels", 0);
    line(text, "pubsub_patterns", 0);
    line(text, "latest_fork_usec", 0);
    server.stats().forEach(stat -> line(text, stat.name().replace('-', '_'), stat.value()));
    server
        .refusals()
        .forEach(
            (code, count) -> line(text, "refused_" + code.name().toLowerCase(Locale.ROOT), count));
  }

  /// Requests a second since this connection asked last.
  private long rate(long requests) {
    long nowNs = server.clock().nanoTime();
    if (nowNs > lastNs) {
      rate = Math.round((requests - lastRequests) / ((nowNs - lastNs) / NS_PER_SECOND));
      lastNs = nowNs;
      lastRequests = requests;
    }
    return Math.max(0, rate);
  }

  private void keyspace(StringBuilder text) {
    long keys = server.store().keys();
    if (keys > 0) {
      line(text, "db0", "keys=%d,expires=%d,avg_ttl=0".formatted(keys, server.store().expiring()));
    }
  }

  private static void cpu(StringBuilder text) {
    double seconds =
        ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO).toNanos()
            / NS_PER_SECOND;
    line(text, "used_cpu_sys", "0.000000");
    line(text, "used_cpu_user", "%.6f".formatted(seconds));
    line(text, "used_cpu_sys_children", "0.000000");
    line(text, "used_cpu_user_children", "0.000000");
  }

  private void commands(StringBuilder text) {
    for (var totals : server.totals().commands()) {
      if (totals.calls() > 0) {
        long micros = Math.round(totals.seconds() * 1e6);
        line(
            text,
            "cmdstat_" + totals.command().wireName().toLowerCase(Locale.ROOT),
            "calls=%d,usec=%d,usec_per_call=%.2f,rejected_calls=0,failed_calls=0"
                .formatted(totals.calls(), micros, (double) micros / totals.calls()));
      }
    }
  }

  private void errors(StringBuilder text) {
    server
        .refusals()
        .forEach(
            (code, count) -> {
              if (count > 0) {
                line(text, "errorstat_" + code.name(), "count=" + count);
              }
            });
  }

  private static void bytes(StringBuilder text, String name, long bytes) {
    line(text, name, bytes);
    line(text, name + "_human", human(bytes));
  }

  /// A size as Redis writes it: `1.50M`.
  private static String human(long bytes) {
    if (bytes < 1_024) {
      return bytes + "B";
    }
    double size = bytes;
    int unit = -1;
    while (size >= 1_024 && unit < 4) {
      size /= 1_024;
      unit++;
    }
    return "%.2f%c".formatted(size, "KMGTP".charAt(unit));
  }

  private static void line(StringBuilder text, String name, long value) {
    line(text, name, Long.toString(value));
  }

  private static void line(StringBuilder text, String name, String value) {
    text.append(name).append(':').append(value).append("\r\n");
  }
}
