// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.race;

/// What a client can be made to do wrong, so that tests show that they would see it.
enum RaceFault {
  NONE,
  /// A slot is written although another client may have taken it.
  TAKE_BLINDLY,
  /// A claim that failed is believed.
  TRUST_CLAIM,
  /// A value is written before its slot is claimed.
  VALUE_FIRST,
  /// Chained buckets are not asked.
  NO_CHAIN,
  /// An item is the key's if its fingerprint is.
  TRUST_FINGERPRINT
}
