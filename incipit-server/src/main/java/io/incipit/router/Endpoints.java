// SPDX-License-Identifier: Apache-2.0
package io.incipit.router;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// Where engines may be registered over HTTP: this machine, and what the operator allows. Without
/// such a list, whoever reaches the port could make the server connect to anywhere.
final class Endpoints {
  private static final Pattern TCP =
      Pattern.compile("tcp://(\\[[0-9a-fA-F:.]+\\]|[A-Za-z0-9_.-]+):([0-9]{1,5})");

  /// A name, an address or a range, IPv6 in brackets if a port follows.
  private static final Pattern ENTRY =
      Pattern.compile("(\\*|\\[[^\\[\\]]+\\]|[^:\\[\\]]+|[0-9a-f:./]+)(?::([0-9]{1,5}))?");

  private static final Pattern LITERAL =
      Pattern.compile("[0-9]+(\\.[0-9]+){3}|[0-9a-f.]*:[0-9a-f:.]*");

  /// One that is allowed.
  ///
  /// @param host in lower case; `*` for any
  /// @param bits that count of the address; -1 if all
  /// @param port the only one; empty for any
  private record Entry(String host, int bits, String port) {
    static Entry of(String text) {
      var entry = ENTRY.matcher(text.toLowerCase(Locale.ROOT));
      if (!entry.matches()) {
        throw malformed(text);
      }
      var port = entry.group(2) == null ? "" : entry.group(2);
      var host = bare(entry.group(1));
      int slash = host.indexOf('/');
      if (slash < 0 && host.indexOf(':') >= 0 && literal(host).isEmpty()) {
        throw malformed(text);
      }
      if (slash < 0) {
        return new Entry(host, -1, port);
      }
      var network = literal(host.substring(0, slash)).orElseThrow(() -> malformed(text));
      var digits = host.substring(slash + 1);
      boolean fits =
          digits.matches("[0-9]{1,3}")
              && Integer.parseInt(digits) <= 8 * network.getAddress().length;
      if (!fits) {
        throw malformed(text);
      }
      return new Entry(host.substring(0, slash), Integer.parseInt(digits), port);
    }

    private static IllegalArgumentException malformed(String text) {
      return new IllegalArgumentException(
          ("engines.allowed: %s (expected: a name, an address or a range such as 10.0.0.0/8, with"
                  + " or without :port, or *)")
              .formatted(text));
    }

    boolean admits(String itsHost, String itsPort) {
      if (!port.isEmpty() && !port.equals(itsPort)) {
        return false;
      }
      if (host.equals("*") || host.equals(itsHost)) {
        return true;
      }
      var mine = literal(host);
      var its = literal(itsHost);
      return mine.isPresent() && its.isPresent() && admits(mine.get(), its.get());
    }

    private boolean admits(InetAddress mine, InetAddress its) {
      var a = mine.getAddress();
      var b = its.getAddress();
      if (bits < 0 || a.length != b.length) {
        return Arrays.equals(a, b);
      }
      for (int bit = 0; bit < bits; bit++) {
        int mask = 0x80 >> (bit % 8);
        if (((a[bit / 8] ^ b[bit / 8]) & mask) != 0) {
          return false;
        }
      }
      return true;
    }
  }

  private final List<Entry> allowed;

  /// @param allowed each a name, an address or a range, with or without `:port`, or `*` for all;
  ///     names are compared, not resolved
  Endpoints(List<String> allowed) {
    this.allowed = allowed.stream().map(Entry::of).toList();
  }

  private static String bare(String host) {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  /// An address, if a host is written as one: nothing is looked up.
  private static Optional<InetAddress> literal(String host) {
    try {
      return LITERAL.matcher(host).matches()
          ? Optional.of(InetAddress.ofLiteral(host))
          : Optional.empty();
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /// Refuses an endpoint that is none, or that is not allowed.
  ///
  /// @param name what it is called in the request
  void require(String name, String endpoint) {
    var parts = TCP.matcher(endpoint);
    if (!parts.matches()) {
      throw new RefusalException(
          400, "%s: %s (expected: tcp://host:port)".formatted(name, endpoint));
    }
    var host = bare(parts.group(1)).toLowerCase(Locale.ROOT);
    var port = parts.group(2);
    boolean here =
        host.equals("localhost")
            || literal(host).filter(InetAddress::isLoopbackAddress).isPresent();
    if (!here && !admits(host, port)) {
      throw new RefusalException(
          403,
          "%s: %s:%s (expected: an address of this machine or of engines.allowed)"
              .formatted(name, parts.group(1), port));
    }
  }

  private boolean admits(String host, String port) {
    return allowed.stream().anyMatch(entry -> entry.admits(host, port));
  }

  /// Whether an endpoint is one that is allowed, besides those of this machine.
  boolean admits(String endpoint) {
    var parts = TCP.matcher(endpoint);
    return parts.matches() && admits(bare(parts.group(1)).toLowerCase(Locale.ROOT), parts.group(2));
  }
}
