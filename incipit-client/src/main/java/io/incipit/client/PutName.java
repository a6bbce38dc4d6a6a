// SPDX-License-Identifier: Apache-2.0
package io.incipit.client;

import io.incipit.block.Namespace;

/// What a put is called: its writers agree on it, and may bring their parts over connections of
/// their own.
///
/// @param namespace in which blocks are put
/// @param name such as the id of a request; at most 128 bytes of UTF-8
public record PutName(String namespace, String name) {
  /// Checks.
  public PutName {
    Namespace.requireName("namespace", namespace);
    Namespace.requireName("put", name);
  }
}
