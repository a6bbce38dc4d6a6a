// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.http;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/// The names by which the HTTP port may be called. A page from elsewhere can make its own name
/// point at this machine (DNS rebinding) and would then be let in by the browser; but it cannot be
/// called by an IP address, by `localhost`, or by a name that the operator gave.
public final class Hosts {
  private static final Pattern PORT = Pattern.compile(":[0-9]{1,5}$");
  private static final Pattern ADDRESS =
      Pattern.compile("[0-9]+(\\.[0-9]+){3}|\\[[0-9a-fA-F:.]+\\]");

  private final List<String> names;

  /// @param names besides those that always hold
  public Hosts(List<String> names) {
    this.names = names.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList();
  }

  /// Whether a request with this header `Host` is for us.
  public boolean accept(String header) {
    var host = PORT.matcher(header).replaceFirst("").toLowerCase(Locale.ROOT);
    return host.equals("localhost") || ADDRESS.matcher(host).matches() || names.contains(host);
  }
}
