// SPDX-License-Identifier: Apache-2.0
package io.incipit.block;

/// What the bytes of a namespace's blocks depend on beside their tokens: what a contract about them
/// says. Texts of at most [Namespace#NAME_BYTES_MAX] bytes; empty if not said.
public enum ContractField {
  /// Tokens of a block.
  BLOCKTOKENS,
  /// Bytes of a hash.
  HASHBYTES,
  /// How hashes are made.
  ALGORITHM,
  /// Model and revision.
  MODEL,
  /// Layout of a block's bytes.
  LAYOUT,
  /// Type of an element, or the quantisation.
  DTYPE,
  /// Shape of tensor and pipeline parallelism.
  PARALLEL,
  /// Version of what writes the bytes for the engine.
  ADAPTER,
  /// Build of the engine.
  ENGINE,
  /// Whatever else is to set bytes apart.
  SALT
}
