// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.token;

/// Turns text into tokens; what it has read before does not matter. Thread-safe.
public interface Tokenizer {
  /// What reports say of it, such as `counted by o200k_base`.
  String said();

  /// Numbers of the tokens of a text, none of them special: the text of a special token is text.
  int[] tokens(String text);
}
