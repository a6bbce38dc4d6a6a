// SPDX-License-Identifier: Apache-2.0
package io.incipit.service;

import io.incipit.block.BlockChain;
import io.incipit.block.Hint;

/// Is told what becomes of prompts: whoever keeps the bytes of blocks. Called on any thread, also
/// event loops, so it must not wait.
@FunctionalInterface
public interface HintListener {
  /// Keeps nothing.
  HintListener NONE = (_, _, _) -> {};

  /// Somebody said what becomes of a prompt.
  ///
  /// @param path a view that is valid during the call only
  void hinted(String namespace, BlockChain path, Hint hint);
}
