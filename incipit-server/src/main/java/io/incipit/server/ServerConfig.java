// SPDX-License-Identifier: Apache-2.0
package io.incipit.server;

import io.incipit.net.ConnectionConfig;
import io.incipit.net.NetConfig;
import io.incipit.net.Transport;
import io.incipit.service.ServiceConfig;
import java.io.IOException;
import java.io.StringReader;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;

/// How a server is made. Read from one properties file and from `key=value` given beside it.
///
/// @param stopTimeout within which a stop is over, whatever clients do
public record ServerConfig(NetConfig net, ServiceConfig index, Duration stopTimeout) {
  private static final int LANES_DEFAULT_MAX = 4;

  public ServerConfig {
    if (stopTimeout.isNegative()) {
      throw new IllegalArgumentException(
          "server.stop-timeout: %s (expected: not negative)".formatted(stopTimeout));
    }
  }

  /// The configuration of this machine in which only `values` differ from the defaults.
  ///
  /// @param values by key
  /// @throws IllegalArgumentException if a key is unknown or a value does not fit; the message
  ///     names the key
  public static ServerConfig of(Map<String, String> values) {
    var runtime = Runtime.getRuntime();
    return of(new Settings(values), runtime.availableProcessors(), runtime.maxMemory());
  }

  static ServerConfig of(Settings settings, int cores, long heapBytes) {
    return new ServerConfig(
        net(settings, cores),
        index(settings, cores, heapBytes),
        settings.duration(Setting.SERVER_STOP_TIMEOUT));
  }

  private static NetConfig net(Settings settings, int cores) {
    int loops = settings.number(Setting.NET_EVENT_LOOPS);
    return new NetConfig(
        settings.text(Setting.NET_BIND),
        settings.number(Setting.NET_RESP_PORT),
        settings.number(Setting.NET_HTTP_PORT),
        loops == 0 ? cores : loops,
        settings.choice(Setting.NET_TRANSPORT, Transport.class),
        settings.flag(Setting.NET_I_ACCEPT),
        settings.list(Setting.NET_HTTP_HOSTS),
        connections(settings));
  }

  private static ConnectionConfig connections(Settings settings) {
    return new ConnectionConfig(
        settings.number(Setting.NET_CONNECTIONS_MAX),
        settings.number(Setting.NET_CONNECTIONS_PER_ADDRESS),
        settings.duration(Setting.NET_HANDSHAKE_TIMEOUT),
        settings.duration(Setting.NET_FRAME_TIMEOUT),
        settings.duration(Setting.NET_WRITE_TIMEOUT),
        (int) Math.min(Integer.MAX_VALUE, settings.bytes(Setting.NET_OUTPUT_LIMIT)),
        settings.number(Setting.NET_PUBLISHES_IN_FLIGHT),
        settings.bytes(Setting.NET_BUFFER_LIMIT));
  }

  private static ServiceConfig index(Settings settings, int cores, long heapBytes) {
    int lanes = settings.number(Setting.INDEX_LANES);
    long memory = settings.bytes(Setting.INDEX_MEMORY_LIMIT);
    return new ServiceConfig(
        lanes == 0 ? Math.min(cores, LANES_DEFAULT_MAX) : lanes,
        settings.number(Setting.INDEX_LANE_QUEUE),
        settings.bytes(Setting.INDEX_LANE_QUEUE_LIMIT),
        settings.number(Setting.INDEX_NAMESPACES_MAX),
        memory == 0 ? heapBytes / 2 : memory);
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
