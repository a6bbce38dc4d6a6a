// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.block;

import io.incipit.block.Namespace;
import io.incipit.block.Op;
import io.incipit.block.Reply;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// What one connection sees of the index: for a request about what its user may not know of, there
/// are no namespaces.
///
/// @param all what there is
/// @param hides whether the request is such a one
public record VisibleIndex(BlockIndex all, BooleanSupplier hides) implements BlockIndex {
  @Override
  public Optional<Namespace> namespace(String name) {
    return hides.getAsBoolean() ? Optional.empty() : all.namespace(name);
  }

  @Override
  public int ask(Op question, Consumer<Reply> replies) {
    return all.ask(question, replies);
  }
}
