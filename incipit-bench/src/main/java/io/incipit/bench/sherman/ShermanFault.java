// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.sherman;

/// What a client can be made to do wrong, so that tests show that they would see it.
enum ShermanFault {
  NONE,
  /// Front and rear version of a page are not compared.
  TRUST_PAGE,
  /// Front and rear version of an entry are not compared.
  TRUST_ENTRY,
  /// It is not asked whether a leaf is the key's.
  TRUST_LEAF,
  /// Nobody is kept out of a page that is written.
  NO_LOCK,
  /// The lock is given back before what it guards is written.
  UNLOCK_FIRST,
  /// A leaf leads to its new sibling before that is written.
  LEFT_FIRST,
  /// The next client of the node has the lock before its page is written.
  HAND_OVER_FIRST
}
