// SPDX-License-Identifier: Apache-2.0
package io.incipit.client;

import io.incipit.env.SecretFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;

/// Who a client is, and the token that proves it. Immutable; nothing prints the token.
public final class Credentials {
  private static final int TOKEN_BYTES_MAX = 4_096;

  private final String user;
  private final byte[] token;

  private Credentials(String user, byte[] token) {
    if (token.length == 0 || token.length > TOKEN_BYTES_MAX) {
      throw new IllegalArgumentException(
          "token: %d bytes (expected: 1 to %d)".formatted(token.length, TOKEN_BYTES_MAX));
    }
    this.user = user;
    this.token = token;
  }

  /// A user and his token.
  ///
  /// @param user empty for whoever has the token
  /// @throws IllegalArgumentException if the token is empty or very long
  public static Credentials of(String user, String token) {
    return new Credentials(user, token.getBytes(StandardCharsets.UTF_8));
  }

  /// A user whose token stands in a file, of which blanks and line ends around it are no part.
  ///
  /// @throws IOException if the file cannot be read, or others may read it; the message says which
  public static Credentials ofFile(String user, Path file) throws IOException {
    return of(user, SecretFile.read(file, TOKEN_BYTES_MAX).strip());
  }

  String user() {
    return user;
  }

  /// Not copied.
  byte[] token() {
    return token;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Credentials same
        && user.equals(same.user)
        && Arrays.equals(token, same.token);
  }

  @Override
  public int hashCode() {
    return Objects.hash(user, Arrays.hashCode(token));
  }

  /// The user's name only.
  @Override
  public String toString() {
    return "user " + user;
  }
}
