// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.token;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// Tokenizers of one kind, by name. As a service
/// (`META-INF/services/io.incipit.trace.token.TokenizerSource`) it is found on the class path.
public interface TokenizerSource {
  /// The names it knows, or what stands for them, as help shows them.
  List<String> names();

  /// The tokenizer of this name; empty if it knows none.
  ///
  /// @throws IOException if it knows one that cannot be read
  Optional<Tokenizer> open(String name) throws IOException;
}
