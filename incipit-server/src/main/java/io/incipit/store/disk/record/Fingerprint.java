// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.disk.record;

/// The contract under which a value was stored: 16 bytes that nobody here interprets.
public record Fingerprint(long high, long low) {
  /// No contract.
  public static final Fingerprint NONE = new Fingerprint(0, 0);
}
