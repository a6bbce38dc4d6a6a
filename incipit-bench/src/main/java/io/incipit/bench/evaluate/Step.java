// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.evaluate;

/// What a request is to a system: operations of these kinds.
enum Step {
  /// A range query: contiguous blocks.
  RANGE,
  /// A point query: a block on its own.
  SEARCH,
  /// All blocks of the prompt, in one question.
  LOOKUP,
  /// A block, or all that a prompt adds, is put.
  PUT
}
