// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.limits;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/// Keeps a server without TLS or without users off the network, unless somebody insists.
public final class BindGuard {
  private static final Pattern LITERAL =
      Pattern.compile("[0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.%a-z]*");

  private BindGuard() {}

  /// Refuses an address that is not loopback.
  ///
  /// @param accepted whether there are both, or somebody insists
  public static void require(String bind, boolean accepted) {
    var address = address("net.bind", bind);
    if (!address.isLoopbackAddress() && !accepted) {
      throw new IllegalArgumentException(
          ("net.bind: %s is reachable from other machines, and this server has no authentication"
                  + " (access.users), or no encryption (tls.certificate): whoever reaches it may"
                  + " read, change and drop all. (expected: both; or 127.0.0.1, ::1 or localhost;"
                  + " or, on a network where everybody may do that,"
                  + " --i-accept-unauthenticated-network)")
              .formatted(bind));
    }
  }

  /// The address of a literal or of `localhost`; nothing else is looked up.
  ///
  /// @param key the setting that it is the value of
  public static InetAddress address(String key, String bind) {
    if (bind.equals("localhost")) {
      return InetAddress.getLoopbackAddress();
    }
    if (LITERAL.matcher(bind).matches()) {
      try {
        return InetAddress.getByName(bind);
      } catch (UnknownHostException notAnAddress) {
        // Refused below, like anything else that is no address.
      }
    }
    throw new IllegalArgumentException(
        "%s: %s (expected: an IP address or localhost)".formatted(key, bind));
  }
}
