// SPDX-License-Identifier: Apache-2.0
package io.incipit.env;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.Properties;

/// Which Incipit this is.
///
/// @param version as the build numbers it, such as `0.1.0-SNAPSHOT`
/// @param commit that it was built from, with a `+` if the sources differed; empty if nobody says
public record Build(String version, String commit) {
  private static final Build OURS = new Build(read(), System.getProperty("incipit.commit", ""));

  /// That of this process.
  public static Build ours() {
    return OURS;
  }

  private static String read() {
    var properties = new Properties();
    try (var in = Build.class.getResourceAsStream("build.properties")) {
      properties.load(Objects.requireNonNull(in));
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
    return properties.getProperty("version");
  }

  /// Both, as people write them: `0.1.0 (0dad910)`.
  @Override
  public String toString() {
    return commit.isEmpty() ? version : "%s (%s)".formatted(version, commit);
  }
}
