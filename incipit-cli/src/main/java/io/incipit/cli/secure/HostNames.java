// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli.secure;

import io.incipit.env.Disk;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// The names and addresses by which clients may call a server: what its certificate is for.
/// Immutable; nothing is looked up.
///
/// @param all each once, names in small letters, addresses as literals
public record HostNames(List<String> all) {
  private static final int ALL_MAX = 100;
  private static final String LOOPBACK_6 = "::1";
  private static final Pattern LITERAL =
      Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");
  private static final Pattern NUMBERS = Pattern.compile("[0-9.]+");
  private static final String LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
  private static final Pattern NAME =
      Pattern.compile("(?=.{1,253}$)" + LABEL + "(\\." + LABEL + ")*");
  private static final Path OWN_NAME = Path.of("/proc/sys/kernel/hostname");

  public HostNames {
    all = List.copyOf(all);
  }

  /// Those of this machine, of the addresses that a server listens on, and more.
  ///
  /// @param binds literals or `localhost`; of one that means all addresses, those that the
  ///     machine's interfaces have now
  /// @param more names or addresses; a wrong one is an error
  /// @throws IllegalArgumentException `--name: value (expected: ...)`
  public static HostNames of(List<String> binds, List<String> more, Disk disk) {
    Set<String> names = new LinkedHashSet<>(List.of("localhost", "127.0.0.1", LOOPBACK_6));
    ownName(disk).ifPresent(names::add);
    for (var bind : binds) {
      literal(bind).ifPresent(address -> names.addAll(reached(address)));
    }
    for (var name : more) {
      names.add(checked(name));
    }
    if (names.size() > ALL_MAX) {
      throw new IllegalArgumentException(
          "--name: %d names and addresses in all (expected: at most %d)"
              .formatted(names.size(), ALL_MAX));
    }
    return new HostNames(new ArrayList<>(names));
  }

  private static Optional<String> ownName(Disk disk) {
    try {
      return Optional.of(disk.readText(OWN_NAME).strip().toLowerCase(Locale.ROOT))
          .filter(name -> isName(name) && literal(name).isEmpty());
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  private static String checked(String name) {
    var small = name.toLowerCase(Locale.ROOT);
    var address = literal(small);
    if (address.isPresent() && !address.get().isAnyLocalAddress()) {
      return text(address.get());
    }
    if (address.isPresent() || !isName(small) || NUMBERS.matcher(small).matches()) {
      throw new IllegalArgumentException(
          "--name: %s (expected: a host's name such as cache-1.example, or an IP address)"
              .formatted(name));
    }
    return small;
  }

  private static boolean isName(String small) {
    return NAME.matcher(small).matches();
  }

  /// The address that a text is; a name is none.
  private static Optional<InetAddress> literal(String text) {
    int zone = text.indexOf('%');
    var bare = zone < 0 ? text : text.substring(0, zone);
    if (LITERAL.matcher(bare).matches()) {
      try {
        return Optional.of(InetAddress.getByAddress(InetAddress.getByName(bare).getAddress()));
      } catch (UnknownHostException _) {
        // Digits and dots that are no address.
      }
    }
    return Optional.empty();
  }

  private static List<String> reached(InetAddress bind) {
    if (!bind.isAnyLocalAddress()) {
      return List.of(text(bind));
    }
    try {
      return NetworkInterface.networkInterfaces()
          .flatMap(NetworkInterface::inetAddresses)
          .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
          .map(HostNames::text)
          .sorted()
          .toList();
    } catch (SocketException _) {
      return List.of();
    }
  }

  private static String text(InetAddress address) {
    if (address instanceof Inet6Address && address.isLoopbackAddress()) {
      return LOOPBACK_6;
    }
    var text = address.getHostAddress();
    int zone = text.indexOf('%');
    return zone < 0 ? text : text.substring(0, zone);
  }

  /// The addresses among them, as bytes of IPv4 or IPv6, in their order.
  List<byte[]> addresses() {
    return all.stream()
        .flatMap(text -> literal(text).stream())
        .map(InetAddress::getAddress)
        .toList();
  }

  /// Those that are no addresses, in their order.
  List<String> names() {
    return all.stream().filter(text -> literal(text).isEmpty()).toList();
  }
}
