// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.http;

/// What the HTTP port answers under one path.
@FunctionalInterface
public interface Route {
  /// The answer to a `GET`; a `HEAD` gets its headers. Called on an event loop: must not block.
  Page page(Ask ask);

  /// What was asked for.
  ///
  /// @param path the path, decoded
  /// @param query what follows the question mark, as it came; may be empty
  record Ask(String path, String query) {}
}
