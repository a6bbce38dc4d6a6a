// SPDX-License-Identifier: Apache-2.0
package io.incipit.router;

import io.incipit.block.Namespace;
import io.incipit.ingest.chain.StandardChain;

/// The namespace that a request is about.
///
/// @param namespace its contract
/// @param isFollowed whether engines are followed there, and blocks named by our own chain
record Space(Namespace namespace, boolean isFollowed) {
  String name() {
    return namespace.name();
  }

  int blockTokens() {
    return namespace.blockTokens();
  }

  boolean isStandard() {
    return !isFollowed && namespace.algorithm().equals(StandardChain.ALGORITHM);
  }
}
