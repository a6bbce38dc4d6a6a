// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest.chain;

/// What the names of a prompt's blocks cover beside its tokens.
///
/// @param lora name of the adapter; empty if there is none
/// @param loraPath where the engine has loaded the adapter from; empty if it is not known
/// @param salt of the prompt; empty if there is none
public record PromptExtras(String lora, String loraPath, String salt) {
  /// Nothing.
  public static final PromptExtras NONE = new PromptExtras("", "", "");

  /// The same for all blocks but a prompt's first.
  PromptExtras withoutSalt() {
    return salt.isEmpty() ? this : new PromptExtras(lora, loraPath, "");
  }
}
