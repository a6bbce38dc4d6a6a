// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.pool;

/// Why a client asked again.
public enum Retry {
  /// What it read was being written.
  TORN,
  /// Its cache led to a place that is another's now.
  STALE,
  /// It came between the two steps of a split.
  HALF_SPLIT,
  /// Another client had the lock.
  LOCK,
  /// It had guessed a place, and the guess was wrong.
  WRONG_GUESS
}
