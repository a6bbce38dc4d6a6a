// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.retain;

/// Bugs that tests plant to see that they would be found. Production has [#NONE].
enum RetainFault {
  NONE,
  /// Of a family only one member goes.
  HALF_FAMILY,
  /// A block that is pinned hard goes.
  IGNORE_PINS,
  /// What was kept is offered again and again.
  FORGET_KEPT,
  /// What is below a removed block is not preferred.
  KEEP_UNREACHABLE,
  /// Members after the first are not known to belong to their block.
  LOSE_MEMBERS
}
