// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest.discover;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/// Makes of an address at which an engine says that it listens one that can be connected to. May
/// look up names, and so block.
///
/// An engine is believed for its own machine only: whoever answers at its URL could name any
/// address, and the server would connect there.
///
/// @param host of the engine's URL, in brackets if it is an IPv6 address
/// @param admits whether an address elsewhere is allowed
record ToldAddress(String host, Predicate<String> admits) {
  private static final Pattern TCP =
      Pattern.compile("tcp://(\\*|\\[[0-9a-fA-F:.]+]|[A-Za-z0-9_.-]+):([0-9]{1,5})");

  private static final Pattern ANY = Pattern.compile("\\*|0\\.0\\.0\\.0|\\[::]");
  private static final Pattern LITERAL =
      Pattern.compile("[0-9]+(\\.[0-9]+){3}|[0-9a-f.]*:[0-9a-f:.]*");
  private static final int PORT_MAX = 65_535;

  /// The address from here.
  ///
  /// @param name what the engine calls it
  /// @throws UnknownEngineException if nobody can connect to it, or nobody should
  String reachable(String name, String told) throws UnknownEngineException {
    var parts = TCP.matcher(told);
    if (!parts.matches() || !isPort(Integer.parseInt(parts.group(2)))) {
      throw new UnknownEngineException(
          "%s %s (expected: tcp://*:PORT)".formatted(name, EngineAnswers.shown(told)));
    }
    var its = parts.group(1).toLowerCase(Locale.ROOT);
    var address = "tcp://%s:%s".formatted(ANY.matcher(its).matches() ? host : its, parts.group(2));
    if (ANY.matcher(its).matches() || isHost(its) || admits.test(address)) {
      return address;
    }
    throw new UnknownEngineException(
        "%s %s (expected: at %s, or an address of engines.allowed)".formatted(name, told, host));
  }

  private static boolean isPort(int port) {
    return port > 0 && port <= PORT_MAX;
  }

  private boolean isHost(String its) {
    return its.equals(host.toLowerCase(Locale.ROOT))
        || (LITERAL.matcher(bare(its)).matches() && isAddressOfHost(bare(its)));
  }

  private static String bare(String text) {
    return text.startsWith("[") ? text.substring(1, text.length() - 1) : text;
  }

  private boolean isAddressOfHost(String literal) {
    try {
      var its = InetAddress.ofLiteral(literal);
      return Arrays.asList(InetAddress.getAllByName(bare(host))).contains(its);
    } catch (UnknownHostException | IllegalArgumentException _) {
      return false;
    }
  }
}
