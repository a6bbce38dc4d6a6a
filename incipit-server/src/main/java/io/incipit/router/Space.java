// SPDX-License-Identifier: Apache-2.0
package io.incipit.router;

import io.incipit.block.Namespace;
import io.incipit.ingest.chain.Naming;
import io.incipit.ingest.chain.StandardChain;
import java.util.Optional;

/// The namespace that a request is about.
///
/// @param namespace its contract
/// @param isFollowed whether engines are followed there
record Space(Namespace namespace, boolean isFollowed) {
  String name() {
    return namespace.name();
  }

  int blockTokens() {
    return namespace.blockTokens();
  }

  /// How engines name blocks, if they are named so.
  Optional<Naming> engineNaming() {
    return Naming.parse(namespace.algorithm()).filter(naming -> !naming.isOwn());
  }

  boolean isStandard() {
    return !isFollowed && namespace.algorithm().equals(StandardChain.ALGORITHM);
  }
}
