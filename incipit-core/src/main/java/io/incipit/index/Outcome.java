// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

/// How a question to a [PrefixIndex] ended. Unless it was answered, its answer is empty.
public enum Outcome {
  /// The answer is filled.
  ANSWERED,

  /// The place to go on from is not a place any more: ask again with the whole chain.
  PLACE_GONE,

  /// The question needs more work than its [QuestionBudget] grants: ask again with a larger one.
  OVER_BUDGET,

  /// What the question reads was being changed each time it looked, or a change stands still: ask
  /// again a little later.
  BUSY
}
