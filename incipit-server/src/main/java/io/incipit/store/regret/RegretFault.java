// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.regret;

/// Bugs that tests plant to see that they would be found. Production has [#NONE].
enum RegretFault {
  NONE,
  /// The pools of the sample are as large as the store's.
  UNSCALED,
  /// What is older than the window stays in it.
  NEVER_SLIDES,
  /// The head of a path is used before its tail.
  HEAD_FIRST,
  /// The clairvoyant pool is empty when the window begins.
  FORGETS_START
}
