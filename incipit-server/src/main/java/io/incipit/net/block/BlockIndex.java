// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.block;

import io.incipit.block.Namespace;
import io.incipit.block.Op;
import io.incipit.block.Reply;
import java.util.Optional;
import java.util.function.Consumer;

/// What commands on blocks ask of the index. Thread-safe; nothing waits.
public interface BlockIndex {
  /// What [#ask] returns for a question whose answer comes later.
  int LATER = -1;

  /// Units of work that one question may cost on the thread that asks, if it has no less left.
  int UNITS_MAX = 4_096;

  /// The namespace of a name.
  Optional<Namespace> namespace(String name);

  /// Asks something whose chains own their bytes.
  ///
  /// @param replies is given the answer once: before this returns, or, if it costs more than
  ///     [#UNITS_MAX], later and on any thread
  /// @return units of work that it took, at least 1, or [#LATER]
  int ask(Op question, Consumer<Reply> replies);
}
