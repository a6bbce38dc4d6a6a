// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.access;

import io.incipit.protocol.Command;
import io.incipit.protocol.Request;
import java.util.Optional;

/// Words of a request that say who somebody is: `AUTH [name] token`, or `AUTH name token` in a
/// `HELLO`. It holds where they are, not what they are.
public final class Claim {
  private final Request request;
  private final int name;
  private final int token;

  private Claim(Request request, int name, int token) {
    this.request = request;
    this.name = name;
    this.token = token;
  }

  /// The claim in a request; none if it has none, or is no request that its command understands.
  public static Optional<Claim> of(Command command, Request request) {
    if (command == Command.AUTH && (request.count() == 2 || request.count() == 3)) {
      return Optional.of(new Claim(request, request.count() - 2, request.count() - 1));
    }
    boolean versioned =
        command == Command.HELLO
            && request.count() > 2
            && (request.is(1, "2") || request.is(1, "3"));
    return versioned ? ofHello(request) : Optional.empty();
  }

  private static Optional<Claim> ofHello(Request request) {
    Optional<Claim> found = Optional.empty();
    for (int i = 2; i < request.count(); ) {
      int more = request.count() - 1 - i;
      if (request.is(i, "AUTH") && more >= 2) {
        found = Optional.of(new Claim(request, i + 1, i + 2));
        i += 3;
      } else if (request.is(i, "SETNAME") && more >= 1) {
        i += 2;
      } else {
        return Optional.empty();
      }
    }
    return found;
  }

  /// The name that is said, cut to so many bytes; empty if none is.
  public String name(int bytesMax) {
    // Word 0 is the command's name: none was given.
    return name == 0 ? "" : Session.shown(request, name, bytesMax);
  }

  /// Looks whether it is so.
  ///
  /// @param address of who says it, without a port
  public Login login(Access access, String address) {
    // Word 0 is the command's name: none was given.
    return access.login(address, name == 0 ? "" : request.text(name), request.copy(token));
  }
}
