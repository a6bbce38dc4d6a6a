// SPDX-License-Identifier: Apache-2.0
package io.incipit.stream;

/// Bugs that tests plant to see that they would be found. Production has [#NONE].
enum OwnerFault {
  NONE,
  /// An answer is believed though a slot was given to another owner meanwhile.
  BELIEVE_OLD_SLOTS
}
