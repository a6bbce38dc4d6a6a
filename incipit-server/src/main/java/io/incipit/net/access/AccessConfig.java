// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.access;

import java.nio.file.Path;
import java.util.Optional;

/// Where it stands who may do what.
///
/// @param users the users file; nobody has to say who he is if there is none
/// @param redisNamespace the name under which its rules speak of Redis' keys
public record AccessConfig(Optional<Path> users, String redisNamespace) {
  /// No users.
  public static final AccessConfig NONE = new AccessConfig(Optional.empty(), "redis");

  public AccessConfig {
    if (redisNamespace.isEmpty()) {
      throw new IllegalArgumentException("access.redis-namespace: empty (expected: a name)");
    }
  }
}
