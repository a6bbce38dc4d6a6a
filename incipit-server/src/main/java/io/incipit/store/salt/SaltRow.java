// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.salt;

/// What a salt has in memory.
///
/// @param salt its bytes, each as a character; [Salts#OTHER] in the row of all that have none
/// @param keys that have a value, parts of blocks included
/// @param bytes of those values
/// @param exact whether that is all that the salt has, and nothing of another
public record SaltRow(String salt, long keys, long bytes, boolean exact) {}
